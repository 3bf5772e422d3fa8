namespace EdgeRuntime.Device.Verbs;

/// <summary>Exit codes, after sysexits.h; the unit file lists those that a restart would not mend.</summary>
internal static class ExitCode
{
    /// <summary>A clean stop, or the verb did what it was asked.</summary>
    public const int Done = 0;

    /// <summary>EX_USAGE: the command line is wrong.</summary>
    public const int BadUsage = 64;

    /// <summary>EX_UNAVAILABLE: a library is missing.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a self-test failed, or the program met a state it holds impossible.</summary>
    public const int Failed = 70;

    /// <summary>EX_CONFIG: a file that a person wrote is wrong.</summary>
    public const int BadConfiguration = 78;
}
