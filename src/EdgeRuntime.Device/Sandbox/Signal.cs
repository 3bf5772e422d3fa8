namespace EdgeRuntime.Device.Sandbox;

/// <summary>Signals that end a process, numbered as Linux does on x64 and arm64, and what they mean for a candidate.</summary>
internal static class Signal
{
    public const int Kill = 9;
    public const int CpuLimit = 24;

    /// <summary>Those that a processor raises, or a library that gives itself up.</summary>
    public static IReadOnlyList<int> OfCrashes { get; } = [4, 6, 7, 8, 11];

    /// <summary>Such as <c>SIGSEGV</c>.</summary>
    public static string Name(int number) => number switch
    {
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        Kill => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        CpuLimit => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {number}",
    };

    /// <summary>What happened, for people.</summary>
    public static string Meaning(int number) => number switch
    {
        4 => "it crashed in native code, on an instruction that this processor does not have",
        6 => "it crashed in native code, which gave itself up",
        7 => "it crashed in native code, on memory that is not there",
        8 => "it crashed in native code, in arithmetic",
        Kill => "it was killed from outside, most likely because the memory of the machine ran out",
        11 => "it crashed in native code, on memory that is not its own",
        25 => "it tried to write a file",
        31 => "it asked the kernel for something that is forbidden to it",
        _ => "it was ended",
    };
}
