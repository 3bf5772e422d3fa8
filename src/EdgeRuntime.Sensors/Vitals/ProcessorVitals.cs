using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>
/// What the processors do: shares of time, switches, interrupts, new processes and the run queue, from /proc/stat and
/// /proc/loadavg. Rates are per core, so that they mean the same on two cores and on sixty-four.
/// </summary>
internal sealed class ProcessorVitals : IDisposable
{
    private const int MostCores = 4096;
    private const int FewestCores = 64;

    // Order of the numbers on a cpu line; guest time is counted in user already.
    private const int User = 0, Nice = 1, Kernel = 2, Idle = 3, Iowait = 4, Irq = 5, Softirq = 6, Steal = 7, Fields = 8;

    // Order of the shares in the frame; each has a mean and a maximum over cores.
    private const int Busy = 0, Shares = 6;

    // Order of the numbers on the softirq line: the total, then one for each kind.
    private const int SoftirqTotal = 0, SoftirqNetSend = 3, SoftirqNetReceive = 4, SoftirqBlock = 5, SoftirqFields = 6;

    /// <summary>In the order <see cref="Read"/> writes them.</summary>
    public static readonly Channel[] Channels =
    [
        new("cpu_busy", "1"), new("cpu_busy_max", "1"),
        new("cpu_user", "1"), new("cpu_user_max", "1"),
        new("cpu_system", "1"), new("cpu_system_max", "1"),
        new("cpu_interrupt", "1"), new("cpu_interrupt_max", "1"),
        new("cpu_iowait", "1"), new("cpu_iowait_max", "1"),
        new("cpu_steal", "1"), new("cpu_steal_max", "1"),
        new("context_switches", "/s"), new("interrupts", "/s"), new("forks", "/s"),
        new("softirqs", "/s"), new("softirqs_network", "/s"), new("softirqs_block", "/s"),
        new("run_queue", "1"), new("blocked", "1"), new("load_1", "1"),
    ];

    private readonly KernelFile _stat;
    private readonly KernelFile _load;

    // Per core: its eight times when last seen, and the number of the reading that saw it.
    private ulong[] _times;
    private long[] _seen;
    private long _reading;
    private Counter _switches;
    private Counter _interrupts;
    private Counter _forks;
    private Counter _softirqs;
    private Counter _softirqsNetwork;
    private Counter _softirqsBlock;

    public ProcessorVitals(string root)
    {
        _stat = KernelFile.Open(root, "proc/stat");
        _load = KernelFile.Open(root, "proc/loadavg");
        _times = new ulong[FewestCores * Fields];
        _seen = new long[FewestCores];
    }

    /// <summary>Cores online at the last reading; at least 1.</summary>
    public int Cores { get; private set; } = 1;

    /// <summary>Writes one value for each of <see cref="Channels"/>.</summary>
    /// <param name="seconds">Time since the last reading; greater than 0.</param>
    /// <returns>False when /proc/stat could not be read.</returns>
    public bool Read(KernelBuffer buffer, double seconds, Span<double> frame)
    {
        frame[..Channels.Length].Fill(double.NaN);
        ReadOnlySpan<byte> text = _stat.Read(buffer);
        if (text.IsEmpty)
        {
            Forget();
            return false;
        }

        _reading++;
        Span<double> shareSums = stackalloc double[Shares];
        Span<double> shareMaxima = stackalloc double[Shares];
        shareSums.Clear();
        shareMaxima.Clear();
        int cores = 0;
        int measured = 0;
        double switches = double.NaN, interrupts = double.NaN, forks = double.NaN, running = double.NaN, blocked = double.NaN;
        double softirqs = double.NaN, softirqsNetwork = double.NaN, softirqsBlock = double.NaN;
        Span<ulong> numbers = stackalloc ulong[Math.Max(Fields, SoftirqFields)];
        while (KernelText.TryLine(ref text, out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> name = KernelText.Word(ref line);
            if (name.StartsWith("cpu"u8))
            {
                ReadOnlySpan<byte> digits = name[3..];
                if (KernelText.TryCounter(ref digits, out ulong core) && core < MostCores)
                {
                    cores++;
                    KernelText.Counters(ref line, numbers[..Fields]);
                    measured += AddCore((int)core, numbers, shareSums, shareMaxima) ? 1 : 0;
                }
            }
            else if (name.SequenceEqual("intr"u8) && KernelText.TryCounter(ref line, out ulong total))
            {
                interrupts = _interrupts.Step(total);
            }
            else if (name.SequenceEqual("ctxt"u8) && KernelText.TryCounter(ref line, out total))
            {
                switches = _switches.Step(total);
            }
            else if (name.SequenceEqual("processes"u8) && KernelText.TryCounter(ref line, out total))
            {
                forks = _forks.Step(total);
            }
            else if (name.SequenceEqual("procs_running"u8) && KernelText.TryCounter(ref line, out total))
            {
                // This reader runs while it reads, and would lift an idle machine with one core to a full queue.
                running = Math.Max(0, (double)total - 1);
            }
            else if (name.SequenceEqual("procs_blocked"u8) && KernelText.TryCounter(ref line, out total))
            {
                blocked = total;
            }
            else if (name.SequenceEqual("softirq"u8) && KernelText.Counters(ref line, numbers[..SoftirqFields]) == SoftirqFields)
            {
                softirqs = _softirqs.Step(numbers[SoftirqTotal]);
                softirqsNetwork = _softirqsNetwork.Step(numbers[SoftirqNetSend] + numbers[SoftirqNetReceive]);
                softirqsBlock = _softirqsBlock.Step(numbers[SoftirqBlock]);
            }
        }

        Cores = Math.Max(cores, 1);
        for (int share = 0; share < Shares && measured > 0; share++)
        {
            frame[2 * share] = shareSums[share] / measured;
            frame[(2 * share) + 1] = shareMaxima[share];
        }

        double perCore = seconds * Cores;
        frame[12] = switches / perCore;
        frame[13] = interrupts / perCore;
        frame[14] = forks / perCore;
        frame[15] = softirqs / perCore;
        frame[16] = softirqsNetwork / perCore;
        frame[17] = softirqsBlock / perCore;
        frame[18] = running / Cores;
        frame[19] = blocked / Cores;

        text = _load.Read(buffer);
        frame[20] = KernelText.TryNumber(text, out double load) ? load / Cores : double.NaN;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stat.Dispose();
        _load.Dispose();
    }

    // Adds one core's shares since it was last seen. False when that was not the last reading: it came online since.
    private bool AddCore(int core, ReadOnlySpan<ulong> now, Span<double> sums, Span<double> maxima)
    {
        Reserve(core + 1);
        Span<ulong> last = _times.AsSpan(core * Fields, Fields);
        bool known = _seen[core] == _reading - 1 && _reading > 1;
        _seen[core] = _reading;
        Span<double> spent = stackalloc double[Fields];
        double total = 0;
        for (int field = 0; field < Fields; field++)
        {
            spent[field] = Counter.Grown(last[field], now[field]);
            total += spent[field];
            last[field] = now[field];
        }

        if (!known)
        {
            return false;
        }

        // A core in deep sleep may not have been charged a single tick; it was idle.
        double scale = total > 0 ? 1 / total : 0;
        double busy = total - spent[Idle] - spent[Iowait];
        ReadOnlySpan<double> shares =
        [
            busy * scale, (spent[User] + spent[Nice]) * scale, spent[Kernel] * scale,
            (spent[Irq] + spent[Softirq]) * scale, spent[Iowait] * scale, spent[Steal] * scale,
        ];
        for (int share = Busy; share < Shares; share++)
        {
            sums[share] += shares[share];
            maxima[share] = Math.Max(maxima[share], shares[share]);
        }

        return true;
    }

    // Grows for cores that were not there at the start; the only allocation after it, and bounded by MostCores.
    private void Reserve(int cores)
    {
        if (cores > _seen.Length)
        {
            int room = Math.Max(cores, _seen.Length * 2);
            Array.Resize(ref _seen, room);
            Array.Resize(ref _times, room * Fields);
        }
    }

    private void Forget()
    {
        _reading = 0;
        _seen.AsSpan().Clear();
        _switches.Miss();
        _interrupts.Miss();
        _forks.Miss();
        _softirqs.Miss();
        _softirqsNetwork.Miss();
        _softirqsBlock.Miss();
    }
}
