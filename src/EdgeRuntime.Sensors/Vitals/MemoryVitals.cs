using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>How memory is used and how fast pages move: /proc/meminfo as shares of the total, /proc/vmstat as rates.</summary>
internal sealed class MemoryVitals : IDisposable
{
    private const double KibiByte = 1024;

    /// <summary>In the order <see cref="Read"/> writes them.</summary>
    public static readonly Channel[] Channels =
    [
        new("memory_used", "1"), new("memory_available", "1"), new("memory_cached", "1"), new("memory_dirty", "1"),
        new("page_faults", "/s"), new("major_faults", "/s"), new("page_allocations", "/s"),
        new("page_in", "By/s"), new("page_out", "By/s"), new("swap_in", "/s"), new("swap_out", "/s"),
    ];

    private readonly KernelFile _meminfo;
    private readonly KernelFile _vmstat;
    private Counter _faults;
    private Counter _majorFaults;
    private Counter _allocations;
    private Counter _in;
    private Counter _out;
    private Counter _swapIn;
    private Counter _swapOut;

    public MemoryVitals(string root)
    {
        _meminfo = KernelFile.Open(root, "proc/meminfo");
        _vmstat = KernelFile.Open(root, "proc/vmstat");
    }

    /// <summary>Writes one value for each of <see cref="Channels"/>; faults and allocations are per core.</summary>
    public void Read(KernelBuffer buffer, double seconds, int cores, Span<double> frame)
    {
        ReadShares(_meminfo.Read(buffer), frame[..4]);
        ReadRates(_vmstat.Read(buffer), seconds, cores, frame[4..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _meminfo.Dispose();
        _vmstat.Dispose();
    }

    private static void ReadShares(ReadOnlySpan<byte> text, Span<double> shares)
    {
        double total = double.NaN, free = double.NaN, available = double.NaN;
        double buffers = 0, cached = 0, reclaimable = 0, dirty = double.NaN, writeback = 0;
        while (KernelText.TryLine(ref text, out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> name = KernelText.Word(ref line);
            if (!KernelText.TryCounter(ref line, out ulong value))
            {
                continue;
            }

            switch (name.Length)
            {
                case 9 when name.SequenceEqual("MemTotal:"u8): total = value; break;
                case 8 when name.SequenceEqual("MemFree:"u8): free = value; break;
                case 13 when name.SequenceEqual("MemAvailable:"u8): available = value; break;
                case 8 when name.SequenceEqual("Buffers:"u8): buffers = value; break;
                case 7 when name.SequenceEqual("Cached:"u8): cached = value; break;
                case 13 when name.SequenceEqual("SReclaimable:"u8): reclaimable = value; break;
                case 6 when name.SequenceEqual("Dirty:"u8): dirty = value; break;
                case 10 when name.SequenceEqual("Writeback:"u8): writeback = value; break;
                default: break;
            }
        }

        double cache = buffers + cached + reclaimable;

        // Kernels before 3.14 do not estimate what is available.
        available = double.IsNaN(available) ? free + cache : available;
        shares[0] = Math.Max(0, total - free - cache) / total;
        shares[1] = available / total;
        shares[2] = cache / total;
        shares[3] = (dirty + writeback) / total;
    }

    private void ReadRates(ReadOnlySpan<byte> text, double seconds, int cores, Span<double> rates)
    {
        double faults = double.NaN, major = double.NaN, allocated = double.NaN;
        double pagedIn = double.NaN, pagedOut = double.NaN, swappedIn = double.NaN, swappedOut = double.NaN;
        bool there = !text.IsEmpty;

        // Allocations are counted by memory zone, and which zones exist depends on the machine.
        ulong allocations = 0;
        while (KernelText.TryLine(ref text, out ReadOnlySpan<byte> line))
        {
            // Every line wanted begins with p; most lines do not.
            if (line.IsEmpty || line[0] != (byte)'p')
            {
                continue;
            }

            ReadOnlySpan<byte> name = KernelText.Word(ref line);
            if (!KernelText.TryCounter(ref line, out ulong value))
            {
                continue;
            }

            if (name.StartsWith("pgalloc_"u8))
            {
                allocations += value;
                continue;
            }

            switch (name.Length)
            {
                case 7 when name.SequenceEqual("pgfault"u8): faults = _faults.Step(value); break;
                case 10 when name.SequenceEqual("pgmajfault"u8): major = _majorFaults.Step(value); break;
                case 6 when name.SequenceEqual("pgpgin"u8): pagedIn = _in.Step(value); break;
                case 7 when name.SequenceEqual("pgpgout"u8): pagedOut = _out.Step(value); break;
                case 6 when name.SequenceEqual("pswpin"u8): swappedIn = _swapIn.Step(value); break;
                case 7 when name.SequenceEqual("pswpout"u8): swappedOut = _swapOut.Step(value); break;
                default: break;
            }
        }

        if (there)
        {
            allocated = _allocations.Step(allocations);
        }
        else
        {
            Forget();
        }

        double perCore = seconds * cores;
        rates[0] = faults / perCore;
        rates[1] = major / perCore;
        rates[2] = allocated / perCore;
        rates[3] = pagedIn * KibiByte / seconds;
        rates[4] = pagedOut * KibiByte / seconds;

        // Kernels without swap have no such lines, and then nothing is swapped.
        rates[5] = there && double.IsNaN(swappedIn) ? 0 : swappedIn / seconds;
        rates[6] = there && double.IsNaN(swappedOut) ? 0 : swappedOut / seconds;
    }

    private void Forget()
    {
        _faults.Miss();
        _majorFaults.Miss();
        _allocations.Miss();
        _in.Miss();
        _out.Miss();
        _swapIn.Miss();
        _swapOut.Miss();
    }
}
