using System.Runtime.CompilerServices;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Samples that never reached the model, by cause.</summary>
public struct DropCounts
{
    private const int Causes = (int)DropCause.Stopped + 1;

    // As they stand in a window message, by the number of their cause.
    private static readonly string[] Names =
    [
        "sensor_error", "missing_value", "skipped_nth", "queue_full_oldest", "queue_full_newest", "superseded", "late", "gated",
        "stopped",
    ];

    private Buffer _counts;

    /// <summary>Samples of one cause.</summary>
    public long this[DropCause cause]
    {
        readonly get => _counts[(int)cause];
        set => _counts[(int)cause] = value;
    }

    /// <summary>All of them.</summary>
    public readonly long Total
    {
        get
        {
            long total = 0;
            for (int i = 0; i < Causes; i++)
            {
                total += _counts[i];
            }

            return total;
        }
    }

    /// <summary>The sum, cause by cause.</summary>
    public static DropCounts operator +(in DropCounts left, in DropCounts right)
    {
        DropCounts sum = left;
        for (int i = 0; i < Causes; i++)
        {
            sum._counts[i] += right._counts[i];
        }

        return sum;
    }

    /// <summary>The difference, cause by cause: what was dropped since an earlier count.</summary>
    public static DropCounts operator -(in DropCounts left, in DropCounts right)
    {
        DropCounts difference = left;
        for (int i = 0; i < Causes; i++)
        {
            difference._counts[i] -= right._counts[i];
        }

        return difference;
    }

    /// <summary>As in a window message: the causes that occurred, by name.</summary>
    public readonly IReadOnlyDictionary<string, long> ByName()
    {
        Dictionary<string, long> counts = [];
        for (int i = 0; i < Causes; i++)
        {
            if (_counts[i] != 0)
            {
                counts[Names[i]] = _counts[i];
            }
        }

        return counts;
    }

    [InlineArray(Causes)]
    private struct Buffer
    {
        private long _first;
    }
}
