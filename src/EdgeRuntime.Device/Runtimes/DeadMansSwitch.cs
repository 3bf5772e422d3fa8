using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>
/// A timer of the kernel that ends the process (SIGALRM) unless it is set anew. It stays when the process becomes another program, so
/// that one which hangs from its first moment is ended too, with no supervisor to watch it.
/// </summary>
internal static partial class DeadMansSwitch
{
    /// <summary>How long a program on trial may take until it serves.</summary>
    public static readonly TimeSpan ToServe = TimeSpan.FromMinutes(2);

    /// <summary>How long the agent of one that serves on trial may stand still.</summary>
    public static readonly TimeSpan ToTurn = TimeSpan.FromSeconds(30);

    private const int RealTime = 0; // ITIMER_REAL

    /// <summary>Sets it; zero takes it away.</summary>
    public static void Arm(TimeSpan after)
    {
        Timer timer = new() { Seconds = (nint)after.TotalSeconds };
        _ = SetITimer(RealTime, in timer, 0);
    }

    [LibraryImport("libc", EntryPoint = "setitimer", SetLastError = true)]
    private static partial int SetITimer(int which, in Timer timer, nint before);

    // struct itimerval: interval, then value, each of seconds and microseconds.
    [StructLayout(LayoutKind.Sequential)]
    private struct Timer
    {
        public nint IntervalSeconds;
        public nint IntervalMicroseconds;
        public nint Seconds;
        public nint Microseconds;
    }
}
