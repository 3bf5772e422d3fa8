using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Counters;

/// <summary>
/// The counts of one window, or of any number of them added up: over devices and time, in whatever order, the sum is that of all
/// samples together, to the last bit.
/// </summary>
/// <remarks>Only what is valid becomes a report, so that adding needs no look at single counts. Not thread-safe.</remarks>
public sealed class WindowReport
{
    private readonly long[] _cells;
    private readonly MomentSums[] _moments;
    private readonly DDSketch?[] _sketches;

    /// <summary>Creates an empty report.</summary>
    public WindowReport(ReportLayout layout)
    {
        Layout = layout;
        _cells = new long[layout.Cells];
        _moments = new MomentSums[layout.Features.Count];
        _moments.AsSpan().Fill(MomentSums.None);
        _sketches = [.. layout.Features.Select(feature => feature.HasSketch ? new DDSketch() : null)];
    }

    /// <summary>What it counts.</summary>
    public ReportLayout Layout { get; }

    /// <summary>Windows added up.</summary>
    public long Windows { get; private set; }

    /// <summary>Samples that reached the model.</summary>
    public long Samples { get; private set; }

    /// <summary>Of these, inferences that failed.</summary>
    public long Failed { get; private set; }

    /// <summary>Makes a report of one window.</summary>
    /// <param name="samples">Samples that reached the model.</param>
    /// <param name="failed">Of these, inferences that failed.</param>
    /// <param name="features">One entry for each feature of the layout, in its order.</param>
    /// <param name="complaint">What is wrong, when the answer is null.</param>
    public static WindowReport? Of(
        ReportLayout layout, long samples, long failed, IReadOnlyList<FeatureReading> features, out string complaint)
    {
        complaint = samples is < 0 or > MomentSums.LargestCount || failed < 0 || failed > samples
            ? "samples or failed are impossible"
            : features.Count != layout.Features.Count ? $"it has {features.Count} features, the package {layout.Features.Count}"
            : "";
        WindowReport report = new(layout) { Windows = 1, Samples = samples, Failed = failed };
        for (int i = 0; complaint.Length == 0 && i < features.Count; i++)
        {
            string? wrong = report.Fill(i, features[i]);
            complaint = wrong is null ? "" : $"feature {i + 1}: {wrong}";
        }

        return complaint.Length == 0 ? report : null;
    }

    /// <summary>Values of a feature by bin.</summary>
    public ReadOnlySpan<long> CountsOf(int feature) => _cells.AsSpan(Layout.StartOf(feature), Layout.Features[feature].Bins);

    /// <summary>Values of a feature that were NaN or infinite.</summary>
    public long MissingOf(int feature) => _cells[Layout.StartOf(feature) + Layout.Features[feature].Bins];

    /// <summary>Of the missing, values that were infinite.</summary>
    public long InfiniteOf(int feature) => _cells[Layout.StartOf(feature) + Layout.Features[feature].Bins + 1];

    /// <summary>Sums over the values of a feature; of windows that brought none it knows nothing.</summary>
    public MomentSums SumsOf(int feature) => _moments[feature];

    /// <summary>Mean, spread and the like of a feature.</summary>
    public ExactMoments MomentsOf(int feature)
    {
        ExactMoments moments = new(Layout.Features[feature].Scale);
        moments.Add(_moments[feature]);
        return moments;
    }

    /// <summary>Quantiles of a feature; of windows that brought none it knows nothing. Null where the layout has none.</summary>
    public DDSketch? SketchOf(int feature) => _sketches[feature];

    /// <summary>Adds another report, exactly. Allocates nothing.</summary>
    /// <exception cref="ArgumentException">It counts something else; nothing was added.</exception>
    /// <exception cref="OverflowException">The samples are more than sums hold; nothing was added.</exception>
    public void Add(WindowReport other)
    {
        if (!Layout.IsSame(other.Layout))
        {
            throw new ArgumentException("reports of another layout cannot be added", nameof(other));
        }

        // Every other count and sum is bounded by the samples, and stays in its range where they do.
        if (other.Samples > MomentSums.LargestCount - Samples)
        {
            throw new OverflowException($"{Samples} and {other.Samples} samples are more than {MomentSums.LargestCount}");
        }

        Windows += other.Windows;
        Samples += other.Samples;
        Failed += other.Failed;
        for (int i = 0; i < _cells.Length; i++)
        {
            _cells[i] += other._cells[i];
        }

        for (int i = 0; i < _moments.Length; i++)
        {
            _moments[i] += other._moments[i];
            if (other._sketches[i] is DDSketch sketch)
            {
                _sketches[i]!.Add(sketch);
            }
        }
    }

    private string? Fill(int feature, in FeatureReading reading)
    {
        FeatureLayout layout = Layout.Features[feature];
        if (reading.Counts.Count != layout.Bins)
        {
            return $"it has {reading.Counts.Count} bins, the package's {layout.Bins}";
        }

        int start = Layout.StartOf(feature);
        long values = 0;
        for (int bin = 0; bin < layout.Bins; bin++)
        {
            long count = reading.Counts[bin];
            if (count < 0 || count > Samples - values)
            {
                return "a count is negative, or there are more values than samples";
            }

            _cells[start + bin] = count;
            values += count;
        }

        if (reading.Missing < 0 || reading.Missing > Samples - values || reading.Infinite < 0 || reading.Infinite > reading.Missing)
        {
            return "the missing values are impossible";
        }

        _cells[start + layout.Bins] = reading.Missing;
        _cells[start + layout.Bins + 1] = reading.Infinite;
        if (reading.Sketch is SketchCounts sketch && _sketches[feature] is DDSketch quantiles)
        {
            if ((sketch.Complaint(quantiles.Classes) ?? Complaint(sketch, values)) is string complaint)
            {
                return complaint;
            }

            sketch.AddTo(quantiles);
        }

        if (reading.Moments is not MomentSums moments)
        {
            return null;
        }

        _moments[feature] = moments;
        return moments.Count == values ? moments.Complaint() : $"its moments are of {moments.Count} values, its bins hold {values}";
    }

    private static string? Complaint(SketchCounts sketch, long values) =>
        sketch.Missing == 0 && sketch.Zeros + sketch.PositiveCounts.Sum() + sketch.NegativeCounts.Sum() == values
            ? null
            : $"its quantiles are not of the {values} values in its bins";
}

/// <summary>What a window tells of one feature.</summary>
/// <param name="Counts">Values by bin.</param>
/// <param name="Missing">Values that were NaN or infinite.</param>
/// <param name="Infinite">Of these, infinite.</param>
/// <param name="Moments">Sums over the values of the bins; null where the device does not tell.</param>
/// <param name="Sketch">The quantiles of these values; null where the device does not tell, and left out where the layout has none.</param>
public readonly record struct FeatureReading(
    IReadOnlyList<long> Counts, long Missing, long Infinite, MomentSums? Moments, SketchCounts? Sketch = null);
