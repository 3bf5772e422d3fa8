namespace EdgeRuntime.Ctl;

/// <summary>Exit codes, after sysexits.h, and two of a rollout that is watched.</summary>
internal static class ExitCode
{
    /// <summary>Done; of a watched rollout: completed.</summary>
    public const int Done = 0;

    /// <summary>Metadata or a target was refused; 1, as tuf-conformance asks of clients.</summary>
    public const int Refused = 1;

    /// <summary>A watched rollout ended otherwise: halted, reverted or aborted.</summary>
    public const int RolloutFailed = 3;

    /// <summary>EX_USAGE: the command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>EX_DATAERR: a file holds something wrong, or the fleet refused what it was sent.</summary>
    public const int Data = 65;

    /// <summary>EX_NOINPUT: a file is not there or may not be read.</summary>
    public const int NoInput = 66;

    /// <summary>EX_UNAVAILABLE: the fleet does not answer, or a library is missing.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_CANTCREAT: a file cannot be written.</summary>
    public const int CannotCreate = 73;

    /// <summary>EX_CONFIG: a key or a setting is wrong.</summary>
    public const int Config = 78;

    /// <summary>Ended by Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}

/// <summary>A verb cannot do what it was asked. The program prints the lines and ends with the code.</summary>
internal sealed class CommandException(int exitCode, params IReadOnlyList<string> lines)
    : Exception(string.Join('\n', lines))
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Sentences for people.</summary>
    public IReadOnlyList<string> Lines { get; } = lines;
}
