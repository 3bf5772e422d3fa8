namespace EdgeRuntime.Device.Verbs;

/// <summary>
/// Exit codes, after sysexits.h. RestartPreventExitStatus= of <c>edge-device.service</c> lists those that a restart would not mend:
/// 64, 69 and 78; the help lists all. Killed by the watchdog, the process ends with SIGABRT.
/// </summary>
internal static class ExitCode
{
    /// <summary>A clean stop, or the verb did what it was asked.</summary>
    public const int Done = 0;

    /// <summary>EX_USAGE: the command line is wrong.</summary>
    public const int BadUsage = 64;

    /// <summary>EX_DATAERR: a model, a package or an input is not what it should be.</summary>
    public const int BadData = 65;

    /// <summary>EX_UNAVAILABLE: a library is missing, or for top the device does not run.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a self-test failed, doctor found a problem, or the program met a state it holds impossible.</summary>
    public const int Failed = 70;

    /// <summary>EX_TEMPFAIL: another process holds the state directory; a later start may find it free.</summary>
    public const int TryAgain = 75;

    /// <summary>EX_CONFIG: a file that a person wrote is wrong.</summary>
    public const int BadConfiguration = 78;

    /// <summary>
    /// The code of a program on trial: whatever it has to say against a restart, the next start is another program's, which may be
    /// able to do what this one was not.
    /// </summary>
    public static int OnTrial(int code) => code is BadUsage or Unavailable or BadConfiguration ? Failed : code;
}
