using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>
/// Pressure stalls: the share of time in which at least one task waited for a processor, for memory or for a disk, from
/// the running totals of /proc/pressure. NaN where the kernel does not keep them.
/// </summary>
internal sealed class PressureVitals : IDisposable
{
    private const double MicrosecondsPerSecond = 1e6;

    /// <summary>In the order <see cref="Read"/> writes them.</summary>
    public static readonly Channel[] Channels =
    [
        new("pressure_cpu", "1"), new("pressure_memory", "1"), new("pressure_io", "1"),
    ];

    private readonly KernelFile[] _files;
    private readonly Counter[] _totals;

    public PressureVitals(string root)
    {
        _files =
        [
            KernelFile.Open(root, "proc/pressure/cpu"),
            KernelFile.Open(root, "proc/pressure/memory"),
            KernelFile.Open(root, "proc/pressure/io"),
        ];
        _totals = new Counter[_files.Length];
    }

    /// <summary>Writes one value for each of <see cref="Channels"/>, 0 to 1.</summary>
    public void Read(KernelBuffer buffer, double seconds, Span<double> frame)
    {
        for (int i = 0; i < _files.Length; i++)
        {
            // The total, not the kernel's own average over 10 s: that one still tells of a stall long gone.
            double stalled = TryTotal(_files[i].Read(buffer), out ulong total) ? _totals[i].Step(total) : _totals[i].Miss();
            frame[i] = Math.Min(stalled / (seconds * MicrosecondsPerSecond), 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KernelFile file in _files)
        {
            file.Dispose();
        }
    }

    private static bool TryTotal(ReadOnlySpan<byte> text, out ulong total)
    {
        total = 0;
        while (KernelText.TryLine(ref text, out ReadOnlySpan<byte> line))
        {
            if (!KernelText.Word(ref line).SequenceEqual("some"u8))
            {
                continue;
            }

            while (!line.IsEmpty)
            {
                ReadOnlySpan<byte> word = KernelText.Word(ref line);
                if (word.StartsWith("total="u8))
                {
                    ReadOnlySpan<byte> digits = word[6..];
                    return KernelText.TryCounter(ref digits, out total);
                }
            }
        }

        return false;
    }
}
