using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Lets one thread sleep until another has something for it. Setting it never waits and costs the kernel nothing unless
/// the other sleeps; neither side allocates.
/// </summary>
/// <remarks>
/// A POSIX semaphore: .NET's own events take a lock that the whole process shares. The sleeper says that it goes to
/// sleep, looks once more whether there is something to do, and only then sleeps; so nothing is missed in between.
/// </remarks>
internal sealed unsafe partial class WakeSignal : IDisposable
{
    // sizeof(sem_t) is 32 on 64-bit glibc and 16 on 32-bit; room for others.
    private const int SemaphoreBytes = 64;

    private const int MonotonicClock = 1;
    private const int Interrupted = 4;

    private readonly void* _semaphore = NativeMemory.AllocZeroed(SemaphoreBytes);
    private int _asleep;

    /// <exception cref="IOException">The system has no semaphore to give.</exception>
    public WakeSignal()
    {
        if (Init(_semaphore, 0, 0) != 0)
        {
            throw new IOException($"sem_init failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Wakes the sleeper, or keeps it from falling asleep. For any thread.</summary>
    public void Set()
    {
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
        {
            _ = Post(_semaphore);
        }
    }

    /// <summary>Says that the sleeper is about to sleep. It must look for work once more before <see cref="Sleep()"/>.</summary>
    public void Announce() => Interlocked.Exchange(ref _asleep, 1);

    /// <summary>Takes the announcement back: there was something to do after all.</summary>
    public void StayAwake()
    {
        if (Interlocked.Exchange(ref _asleep, 0) == 0)
        {
            // Somebody has set it meanwhile: the post is on its way and must not wake a later sleep.
            Sleep();
        }
    }

    /// <summary>Sleeps until <see cref="Set"/> is called, or was since <see cref="Announce"/>.</summary>
    public void Sleep()
    {
        // Interrupted by a signal, it goes on sleeping.
        while (Wait(_semaphore) != 0)
        {
        }
    }

    /// <summary>As <see cref="Sleep()"/>, but not for longer than this.</summary>
    /// <param name="longest">0 or more.</param>
    public void Sleep(TimeSpan longest)
    {
        // On the monotonic clock, which nobody sets.
        TimeSpec until = new();
        _ = GetTime(MonotonicClock, ref until);
        long nanoseconds = until.Nanoseconds + (longest.Ticks * 100);
        until.Seconds += (nint)(nanoseconds / 1_000_000_000);
        until.Nanoseconds = (nint)(nanoseconds % 1_000_000_000);
        while (WaitUntil(_semaphore, MonotonicClock, in until) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                StayAwake();
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Destroy(_semaphore);
        NativeMemory.Free(_semaphore);
    }

    [LibraryImport("libc", EntryPoint = "sem_init", SetLastError = true)]
    private static partial int Init(void* semaphore, int shared, uint value);

    [LibraryImport("libc", EntryPoint = "sem_post")]
    private static partial int Post(void* semaphore);

    [LibraryImport("libc", EntryPoint = "sem_wait")]
    private static partial int Wait(void* semaphore);

    [LibraryImport("libc", EntryPoint = "sem_clockwait", SetLastError = true)]
    private static partial int WaitUntil(void* semaphore, int clock, in TimeSpec until);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, ref TimeSpec now);

    [LibraryImport("libc", EntryPoint = "sem_destroy")]
    private static partial int Destroy(void* semaphore);

    // time_t and long are machine words on every 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
