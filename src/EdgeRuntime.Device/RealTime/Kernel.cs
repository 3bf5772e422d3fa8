using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.RealTime;

/// <summary>
/// What the C library offers for scheduling, memory and waiting on 64-bit Linux. One system call by its number, and no structure
/// whose layout differs between processors: a core set is bytes, a time is two machine words.
/// </summary>
/// <remarks>Methods that return an <see cref="int"/> named error return 0 or an errno.</remarks>
internal static partial class Kernel
{
    /// <summary>EPERM.</summary>
    public const int NotPermitted = 1;

    /// <summary>ENOMEM.</summary>
    public const int NoMemory = 12;

    /// <summary>EINVAL.</summary>
    public const int Invalid = 22;

    /// <summary>RLIMIT_MEMLOCK.</summary>
    public const int LockedMemory = 8;

    /// <summary>RLIMIT_RTPRIO.</summary>
    public const int RealTimePriority = 14;

    /// <summary>A limit that is none.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    private const int CoreSetBytes = 128;
    private const int OneThread = 0; // PRIO_PROCESS, which means a thread on Linux
    private const int MonotonicClock = 1;
    private const int AbsoluteTime = 1;
    private const int SetTimerSlackOption = 29;
    private const int PollIn = 1;
    private const int CloseOnExec = 0x80000;

    /// <summary>Scheduling policies, numbered as Linux does.</summary>
    public enum Policy
    {
        /// <summary>SCHED_OTHER.</summary>
        Other = 0,

        /// <summary>SCHED_FIFO.</summary>
        Fifo = 1,

        /// <summary>SCHED_IDLE.</summary>
        Idle = 5,
    }

    /// <summary>The calling thread's id, as in /proc/self/task.</summary>
    public static int ThreadId => GetTid();

    /// <summary>Names the calling thread for ps and /proc, which a natively compiled program on .NET 9 does not do by itself.</summary>
    /// <param name="name">At most 15 bytes are shown.</param>
    public static unsafe void NameThread(string name)
    {
        const int SetName = 15;
        byte[] bytes = new byte[16];
        System.Text.Encoding.UTF8.GetEncoder().Convert(name, bytes.AsSpan(0, 15), flush: true, out _, out _, out _);
        fixed (byte* text = bytes)
        {
            _ = PrCtl(SetName, (nuint)text, 0, 0, 0);
        }
    }

    /// <summary>Sets policy and priority of a thread.</summary>
    /// <param name="thread">0 for the calling one.</param>
    public static int SetPolicy(int thread, Policy policy, int priority) => Error(SetScheduler(thread, (int)policy, in priority));

    /// <summary>The policy of a thread as a number; below 0 where it cannot be asked.</summary>
    public static int PolicyOf(int thread) => GetScheduler(thread);

    /// <summary>Sets the nice value, -20 to 19, of one thread.</summary>
    /// <param name="thread">0 for the calling one.</param>
    /// <param name="nice">Below what it is now only with CAP_SYS_NICE, or within RLIMIT_NICE.</param>
    public static int SetNice(int thread, int nice) => Error(SetPriority(OneThread, (uint)thread, nice));

    /// <summary>The nice value of one thread, -20 to 19; 0 for the calling one.</summary>
    public static int NiceOf(int thread) => GetPriority(OneThread, (uint)thread);

    /// <summary>
    /// Asks for a share of the processor in slices of this length, at the nice value that the thread has. A thread with a short slice
    /// goes before those with longer ones when it wakes, and gets no more of the processor for it: Linux 6.12 and newer, for SCHED_OTHER.
    /// </summary>
    /// <param name="thread">0 for the calling one.</param>
    /// <param name="nanoseconds">100,000 to 100,000,000.</param>
    /// <returns>Whether the kernel took it; an older one does nothing.</returns>
    public static bool TrySetSlice(int thread, ulong nanoseconds)
    {
        (nint set, nint get) = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (314, 315) : (274, 275);
        SchedulingAttributes attributes = new();
        if (SystemCall(get, thread, ref attributes, SchedulingAttributes.Bytes, 0) != 0 || attributes.Policy != (uint)Policy.Other)
        {
            return false;
        }

        attributes.Flags = 0;
        attributes.Runtime = nanoseconds;
        return SystemCall(set, thread, ref attributes, 0, 0) == 0
            && SystemCall(get, thread, ref attributes, SchedulingAttributes.Bytes, 0) == 0 && attributes.Runtime == nanoseconds;
    }

    /// <summary>Binds a thread to cores.</summary>
    public static int SetCores(int thread, IReadOnlyList<int> cores)
    {
        Span<byte> set = stackalloc byte[CoreSetBytes];
        set.Clear();
        foreach (int core in cores)
        {
            set[core / 8] |= (byte)(1 << (core % 8));
        }

        return Error(SetAffinity(thread, CoreSetBytes, ref MemoryMarshal.GetReference(set)));
    }

    /// <summary>The cores a thread may run on, ascending; empty where they cannot be asked.</summary>
    public static List<int> CoresOf(int thread)
    {
        Span<byte> set = stackalloc byte[CoreSetBytes];
        set.Clear();
        List<int> cores = [];
        if (GetAffinity(thread, CoreSetBytes, ref MemoryMarshal.GetReference(set)) < 0)
        {
            return cores;
        }

        for (int core = 0; core < CoreSetBytes * 8; core++)
        {
            if ((set[core / 8] & (1 << (core % 8))) != 0)
            {
                cores.Add(core);
            }
        }

        return cores;
    }

    /// <summary>Locks the memory of the process, present and future.</summary>
    /// <param name="onFault">True to lock pages only once they were touched.</param>
    public static int LockMemory(bool onFault)
    {
        const int Current = 1, Future = 2, OnFault = 4;
        return Error(MLockAll(Current | Future | (onFault ? OnFault : 0)));
    }

    /// <summary>Lets the calling thread's timers be late by at most so many nanoseconds; at least 1.</summary>
    public static int SetTimerSlack(nuint nanoseconds) => Error(PrCtl(SetTimerSlackOption, nanoseconds, 0, 0, 0));

    /// <summary>The soft and the hard limit of a resource of this process.</summary>
    public static (ulong Soft, ulong Hard) Limit(int resource) =>
        GetRLimit(resource, out ResourceLimit limit) == 0 ? (limit.Soft, limit.Hard) : (0, 0);

    /// <summary>Whether this process may read and write a file.</summary>
    public static bool MayReadAndWrite(string path)
    {
        const int ReadAndWrite = 6;
        return Access(path, ReadAndWrite) == 0;
    }

    /// <summary>Sleeps until a moment of CLOCK_MONOTONIC, nanoseconds. Allocates nothing; a signal may end it early.</summary>
    public static void SleepUntil(long nanoseconds)
    {
        TimeSpec at = new() { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };
        _ = ClockNanoSleep(MonotonicClock, AbsoluteTime, in at, 0);
    }

    /// <summary>Makes a descriptor that another thread can make readable; below 0 when there is none left.</summary>
    public static int NewWakeUp() => EventFd(0, CloseOnExec);

    /// <summary>Makes it readable for good.</summary>
    public static void WakeUp(int descriptor)
    {
        ulong one = 1;
        _ = Write(descriptor, in one, sizeof(ulong));
    }

    /// <summary>Waits until the descriptor is readable.</summary>
    /// <returns>False when it was not within so many milliseconds.</returns>
    public static bool AwaitWakeUp(int descriptor, int milliseconds)
    {
        PollDescriptor one = new() { Descriptor = descriptor, Events = PollIn };
        return Poll(ref one, 1, milliseconds) > 0;
    }

    /// <summary>Whether nobody reads the other end of a pipe any more. .NET swallows what is written to such a one.</summary>
    public static bool IsReaderGone(int descriptor)
    {
        const short Fault = 8; // POLLERR
        PollDescriptor one = new() { Descriptor = descriptor };
        return Poll(ref one, 1, 0) > 0 && (one.Returned & Fault) != 0;
    }

    /// <summary>Gives a descriptor back.</summary>
    public static void CloseDescriptor(int descriptor) => _ = Close(descriptor);

    private static int Error(int result) => result >= 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetTid();

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    private static partial int GetScheduler(int thread);

    // sched_setattr and sched_getattr, which the C library has no functions for before 2.41.
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint thread, ref SchedulingAttributes attributes, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int nice);

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, uint who);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint bytes, ref byte set);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint bytes, ref byte set);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int MLockAll(int flags);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetRLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanoSleep(int clock, int flags, in TimeSpec at, nint remaining);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, in ulong value, nuint bytes);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    // time_t and long are machine words on every 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    // struct sched_attr of the kernel, in its first version.
    [StructLayout(LayoutKind.Sequential)]
    private struct SchedulingAttributes
    {
        public const int Bytes = 48;

        public uint Size = Bytes;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;

        public SchedulingAttributes()
        {
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
