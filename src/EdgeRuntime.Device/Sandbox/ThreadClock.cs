using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Sandbox;

/// <summary>
/// Time that the calling thread was on a processor: what a computation costs, whatever else the machine does meanwhile.
/// </summary>
internal sealed partial class ThreadClock : TimeProvider
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        _ = ClockGetTime(ThreadCpuTime, out TimeSpec time);
        return ((long)time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
