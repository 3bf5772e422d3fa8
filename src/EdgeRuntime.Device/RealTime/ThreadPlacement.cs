using System.Globalization;
using System.Runtime;
using System.Runtime.CompilerServices;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.RealTime;

/// <summary>
/// Gives every thread of the device its cores, its scheduling and its memory, as the profile asks. Each <c>Enter</c> method is
/// called once on the thread it is about; what the kernel refuses stands in <see cref="Report"/>, and the thread goes on without.
/// </summary>
/// <param name="options">What the profile asks for.</param>
internal sealed class ThreadPlacement(RealTimeOptions options)
{
    private const int StackBytes = 256 * 1024;
    private const int PageBytes = 4096;
    private const int FewCores = 2;

    // The shortest that Linux takes.
    private const ulong SliceNanoseconds = 100_000;

    // Ten times the share of what stands at 0: enough to be due whenever a frame is, and a tenth of the core is left to others.
    private const int PathNice = -10;
    private const string LoaderName = "loader";

    private List<int> _all = [];
    private IReadOnlyList<int> _others = [];
    private ThreadStarter? _starter;

    /// <summary>What became of every setting.</summary>
    public RealTimeReport Report { get; } = new();

    /// <summary>What the profile asks for.</summary>
    public RealTimeOptions Options => options;

    /// <summary>Longest wait of a sample path. (default: <see cref="PathWait.Longest"/>; shorter under an impatient watchdog)</summary>
    public TimeSpan LongestWait { get; init; } = PathWait.Longest;

    /// <summary>Sets what holds for the whole process. On the main thread, before others are started: they inherit its cores.</summary>
    public void EnterProcess()
    {
        ChooseCollection();
        if (options.LockMemory != MemoryLock.None)
        {
            LockMemory();
        }

        if (options.Cores.Count > 0)
        {
            LeaveThePathsCores();
        }
    }

    /// <summary>
    /// Gives the calling thread back the cores that the process had at its start: it is about to make the process another program,
    /// which is to find the machine as this one did. The thread must be one of <see cref="Start"/>.
    /// </summary>
    public void LeaveProcess()
    {
        if (_all.Count > 0)
        {
            _ = Kernel.SetCores(0, _all);
        }
    }

    /// <summary>Makes the calling thread a sample path's.</summary>
    /// <param name="reads">
    /// For a thread that reads a sensor: it goes before those that infer, which may share its core, or a long inference
    /// would delay the reading that the queue between them is there to keep on time.
    /// </param>
    public void EnterPath(bool reads = false)
    {
        Kernel.NameThread(Thread.CurrentThread.Name ?? "path");
        TouchStack();
        if (options.Cores.Count > 0)
        {
            PinPath();
        }

        if (options.PreciseWait)
        {
            Note("timer_slack", Kernel.SetTimerSlack(1), "1 ns", "the kernel keeps its 50 µs of timer slack", "");
        }

        if (options.Scheduler == PathScheduler.Fifo)
        {
            int priority = options.Priority + (reads ? 1 : 0);
            int error = Kernel.SetPolicy(0, Kernel.Policy.Fifo, priority);
            Note("scheduler", error, $"fifo, priority {priority}", $"SCHED_FIFO with priority {priority}", FifoRemedy(priority));
        }
        else
        {
            // Nothing to tell of what is not had: nobody asked for it.
            if (TryPrefer(0))
            {
                Note("nice", 0, $"{PathNice}: the paths have a larger share than other programs", "", "");
            }

            if (Kernel.TrySetSlice(0, SliceNanoseconds))
            {
                Note("slice", 0, "0.1 ms: the paths wake before programs with longer ones", "", "");
            }
        }
    }

    /// <summary>Makes the calling thread the loader's.</summary>
    public void EnterLoader()
    {
        Kernel.NameThread(LoaderName);
        if (options.IsolateLoader)
        {
            Note("loader", Kernel.SetPolicy(0, Kernel.Policy.Idle, 0), "idle priority", "SCHED_IDLE for the loader", "");
        }
    }

    /// <summary>
    /// Makes the threads that ONNX Runtime has started for its operators equals of the sample path, which waits for them. On the
    /// loader's thread, after every model: they inherit its name, its cores and its priority.
    /// </summary>
    public void PlaceOperatorThreads()
    {
        bool fifo = options.Scheduler == PathScheduler.Fifo;
        bool isAsked = fifo || options.IsolateLoader || options.Cores.Count > 0;
        int error = 0;
        int placed = 0;
        foreach (int thread in Tasks().Where(thread => thread != Kernel.ThreadId && NameOf(thread) == LoaderName))
        {
            int refused = isAsked ? Kernel.SetPolicy(thread, fifo ? Kernel.Policy.Fifo : Kernel.Policy.Other, fifo ? options.Priority : 0) : 0;
            if (options.Cores.Count > 0 && refused == 0)
            {
                refused = Kernel.SetCores(thread, options.Cores);
            }

            if (!fifo)
            {
                TryPrefer(thread);
            }

            error = refused == 0 ? error : refused;
            placed++;
        }

        if (placed > 0 && isAsked)
        {
            Note(
                "operator_threads", error, $"{placed} as the sample paths", "the sample paths' priority and cores for threads of operators",
                "set LimitNICE=+0 and LimitRTPRIO= in the unit, or \"intra_op_threads\": 1 in the profile");
        }
    }

    /// <summary>
    /// Makes the calling thread telemetry's: the agent's. Those that it starts, the link's among them, inherit that, but for
    /// those of <see cref="Start"/>.
    /// </summary>
    public void EnterTelemetry()
    {
        if (options.IsolateTelemetry)
        {
            _starter ??= new ThreadStarter();
            Note("telemetry", Kernel.SetPolicy(0, Kernel.Policy.Idle, 0), "idle priority", "SCHED_IDLE for telemetry", "");
        }
    }

    /// <summary>Starts a thread that is not telemetry's, whichever thread calls.</summary>
    public void Start(Thread thread)
    {
        if (_starter is null)
        {
            thread.Start();
        }
        else
        {
            _starter.Start(thread);
        }
    }

    /// <summary>What mends a refused SCHED_FIFO, from the limits of this process.</summary>
    /// <param name="priority">That was asked for.</param>
    public static string FifoRemedy(int priority)
    {
        (ulong soft, _) = Kernel.Limit(Kernel.RealTimePriority);
        return soft >= (ulong)priority
            ? "the control group has no real-time budget (cpu.rt_runtime_us), or seccomp forbids it"
            : $"RLIMIT_RTPRIO is {soft}; set LimitRTPRIO={priority} in the unit, or give the program CAP_SYS_NICE";
    }

    /// <summary>What mends a refused mlockall, from the limits of this process.</summary>
    public static string MemoryRemedy()
    {
        (ulong soft, _) = Kernel.Limit(Kernel.LockedMemory);
        string limit = soft == Kernel.Unlimited ? "unlimited" : string.Create(CultureInfo.InvariantCulture, $"{soft} bytes");
        return $"RLIMIT_MEMLOCK is {limit}; set LimitMEMLOCK=infinity in the unit (address space counts, not use), or give CAP_IPC_LOCK";
    }

    // Whoever chose a nice value for the process keeps it.
    private static bool TryPrefer(int thread) => Kernel.NiceOf(thread) == 0 && Kernel.SetNice(thread, PathNice) == 0;

    private static string Names(IEnumerable<int> cores) => string.Join(',', cores);

    // The collector's choice can be changed while running, so one program fits every board: it is built to be concurrent, and
    // the latency mode Batch switches that off before the collector ever starts its thread.
    private void ChooseCollection()
    {
        bool blocking = options.Collection == CollectorMode.Blocking
            || (options.Collection == CollectorMode.ByCores && Environment.ProcessorCount <= FewCores);
        GCSettings.LatencyMode = blocking ? GCLatencyMode.Batch : GCLatencyMode.Interactive;
        Report.Add(new RealTimeSetting(
            "collection", true, $"{(blocking ? "blocking" : "concurrent")}, {Environment.ProcessorCount} cores"));
    }

    private void LockMemory()
    {
        bool touched = options.LockMemory == MemoryLock.Touched;
        Note(
            "lock_memory", Kernel.LockMemory(touched), touched ? "every page stays once touched" : "every page is resident",
            "mlockall", MemoryRemedy());
    }

    private void LeaveThePathsCores()
    {
        List<int> mine = Kernel.CoresOf(0);
        _all = mine;
        _others = [.. mine.Except(options.Cores)];
        if (_others.Count == 0)
        {
            Report.Add(new RealTimeSetting(
                "other_cores", false,
                $"loader and telemetry share core {Names(mine)} with the sample paths: the profile leaves them no other"));
            return;
        }

        int error = 0;
        foreach (int thread in Tasks())
        {
            int refused = Kernel.SetCores(thread, _others);
            error = refused == 0 ? error : refused;
        }

        Note("other_cores", error, $"loader and telemetry on {Names(_others)}", $"cores {Names(_others)} for loader and telemetry", "");
    }

    private void PinPath()
    {
        int error = Kernel.SetCores(0, options.Cores);
        List<int> got = Kernel.CoresOf(0);
        int[] missing = error == 0 ? [.. options.Cores.Except(got)] : [.. options.Cores];
        string isolated = IsolatedCores();
        Report.Add(missing.Length == 0
            ? new RealTimeSetting(
                "cores", true,
                $"{Names(options.Cores)}; {(isolated.Length == 0 ? "not isolated from other programs" : $"the kernel isolates {isolated}")}")
            : new RealTimeSetting(
                "cores", false,
                $"core {Names(missing)} is not there or not allowed; this process may use {Names(_others.Concat(got).Distinct().Order())}: "
                    + "change realtime.cores in the profile, or AllowedCPUs= of the unit"));
    }

    private static IEnumerable<int> Tasks() => Directory.EnumerateDirectories("/proc/self/task")
        .Select(task => int.TryParse(Path.GetFileName(task), CultureInfo.InvariantCulture, out int thread) ? thread : 0)
        .Where(thread => thread > 0);

    private static string NameOf(int thread)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/comm")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    /// <summary>The cores that the kernel keeps free of ordinary programs, such as <c>2-3</c>; empty for none.</summary>
    internal static string IsolatedCores()
    {
        const string Path = "/sys/devices/system/cpu/isolated";
        try
        {
            return File.Exists(Path) ? File.ReadAllText(Path).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Note(string name, int error, string granted, string refused, string remedy) => Report.Add(error == 0
        ? new RealTimeSetting(name, true, granted)
        : new RealTimeSetting(
            name, false, $"{refused} was refused ({ErrorName(error)}){(remedy.Length == 0 ? "" : $": {remedy}")}"));

    private static string ErrorName(int error) => error switch
    {
        Kernel.NotPermitted => "not permitted",
        Kernel.NoMemory => "over the limit",
        Kernel.Invalid => "not valid here",
        _ => string.Create(CultureInfo.InvariantCulture, $"error {error}"),
    };

    // The path's first deep call must not wait for a page; never inlined, so that the memory is below the caller's frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TouchStack()
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        for (int i = 0; i < stack.Length; i += PageBytes)
        {
            Volatile.Write(ref stack[i], 1);
        }
    }
}
