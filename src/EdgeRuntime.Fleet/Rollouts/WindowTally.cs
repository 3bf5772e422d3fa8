using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Adds windows up, exactly: the same sum whatever their order. Not thread-safe.</summary>
public sealed class WindowTally
{
    private readonly LatencyHistogram _infer = new();
    private readonly List<string> _labels = [];
    private readonly List<long> _counts = [];
    private int _windows;
    private int _drifting;
    private long _samples;
    private long _failed;

    /// <summary>Adds one window.</summary>
    /// <exception cref="FormatException">The window's latency counts are no histogram.</exception>
    public void Add(WindowMessage window, bool drifting)
    {
        _windows++;
        _drifting += drifting ? 1 : 0;
        _samples += window.Samples;
        _failed += window.Failed;
        AddCounts(window.Predictions.Labels, window.Predictions.Counts);
        _infer.AddSparse(window.Infer.Buckets, window.Infer.Counts, Nanoseconds(window.Infer.MaxMicroseconds));
    }

    /// <summary>Adds what was summed before.</summary>
    public void Add(WindowSum sum)
    {
        _windows += sum.Windows;
        _drifting += sum.Drifting;
        _samples += sum.Samples;
        _failed += sum.Failed;
        AddCounts(sum.Labels, sum.Counts);
        _infer.AddSparse(sum.Buckets, sum.BucketCounts, sum.MaxNanoseconds);
    }

    /// <summary>The sum so far.</summary>
    public WindowSum ToSum()
    {
        Span<int> buckets = stackalloc int[LatencyHistogram.BucketCount];
        long[] counts = new long[LatencyHistogram.BucketCount];
        int used = _infer.CopySparse(buckets, counts);
        return new WindowSum
        {
            Windows = _windows,
            Drifting = _drifting,
            Samples = _samples,
            Failed = _failed,
            Labels = [.. _labels],
            Counts = [.. _counts],
            Buckets = buckets[..used].ToArray(),
            BucketCounts = counts[..used],
            MaxNanoseconds = _infer.Max,
        };
    }

    /// <summary>The sum of several.</summary>
    public static WindowSum Sum(IEnumerable<WindowSum> sums)
    {
        WindowTally tally = new();
        foreach (WindowSum sum in sums)
        {
            tally.Add(sum);
        }

        return tally.ToSum();
    }

    /// <summary>The inference times of a sum.</summary>
    public static LatencyHistogram Latency(WindowSum sum)
    {
        LatencyHistogram histogram = new();
        histogram.AddSparse(sum.Buckets, sum.BucketCounts, sum.MaxNanoseconds);
        return histogram;
    }

    /// <summary>
    /// A largest value of the wire in nanoseconds, as the device recorded it: the wire's microseconds are a double, and
    /// one nanosecond less could lie in another bucket.
    /// </summary>
    public static long Nanoseconds(double microseconds) => (long)Math.Round(microseconds * 1000);

    // By name: a newer package may know one label more, or list them in another order.
    private void AddCounts(IReadOnlyList<string> labels, IReadOnlyList<long> counts)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            int at = _labels.IndexOf(labels[i]);
            if (at < 0)
            {
                _labels.Add(labels[i]);
                _counts.Add(counts[i]);
            }
            else
            {
                _counts[at] += counts[i];
            }
        }
    }
}
