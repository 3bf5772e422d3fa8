using System.Globalization;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How the features and predictions looked in training: <c>reference.json</c>, the yardstick for drift.</summary>
public sealed record ReferenceProfile
{
    /// <summary>File name in a package.</summary>
    public const string FileName = "reference.json";

    /// <summary>Rows the profile was made from; at least 1.</summary>
    public required long Rows { get; init; }

    /// <summary>
    /// Rows that are worth one independent observation each: windows overlap and machines have inertia, so the
    /// effective number is lower. At least 1, at most <see cref="Rows"/>. Thresholds use it.
    /// </summary>
    public required double EffectiveRows { get; init; }

    /// <summary>
    /// Share of a live window's samples that count as independent; 0 (exclusive) to 1. Measured on the training data.
    /// </summary>
    public required double EffectiveShare { get; init; }

    /// <summary>Level of the drift test for one feature and one window, before correction for many features. (default: 0.001)</summary>
    public double Level { get; init; } = 0.001;

    /// <summary>Smallest stability index that is worth an alarm, however many samples agree. (default: 0.25)</summary>
    public double MinEffect { get; init; } = 0.25;

    /// <summary>One entry for each feature of the manifest (not for <c>raw</c>), by name.</summary>
    public required IReadOnlyList<ReferenceFeature> Features { get; init; }

    /// <summary>Share of each label in training, in the manifest's order (classification); sums to 1.</summary>
    public IReadOnlyList<double> PredictionShares { get; init; } = [];

    /// <summary>Bins of the value or error (regression and reconstruction); null for classification.</summary>
    public ReferenceFeature? PredictionBins { get; init; }

    /// <summary>How the channels behaved frame by frame, by name; null where it was made of features alone.</summary>
    public IReadOnlyList<ChannelReference>? Channels { get; init; }

    /// <summary>How the frames followed each other; null where they tell no time.</summary>
    public TimingReference? Timing { get; init; }

    /// <summary>How right the model is, as far as it can be told without labels; null where it was not measured.</summary>
    public QualityReference? Quality { get; init; }

    /// <summary>What the model listened to in some of the rows; null where it was not asked.</summary>
    public AttributionReference? Attributions { get; init; }
}

/// <summary>Bins of one feature at quantiles of the training data, before scaling.</summary>
public sealed record ReferenceFeature
{
    /// <summary>Name of the feature.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Strictly ascending edges, 1 to 63 of them. Bin 0 is below the first edge, bin i holds
    /// <c>edge[i-1] &lt;= x &lt; edge[i]</c>, the last is at and above the last edge.
    /// </summary>
    public required IReadOnlyList<double> Edges { get; init; }

    /// <summary>Training rows by bin; one more than there are edges.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Training rows without a value.</summary>
    public long Missing { get; init; }

    /// <summary>
    /// Smallest stability index of this feature that is worth an alarm, in place of the profile's. Calibrated on the
    /// training data where a healthy window shows a single regime of many (an idle machine is not a drifted one).
    /// </summary>
    public double? MinEffect { get; init; }

    /// <summary>Its distribution in figures; null in a reference of before there were any, and where no row had a value.</summary>
    public FeatureSummary? Summary { get; init; }

    /// <summary>What watches it sample by sample; null where the manifest wants no such detector.</summary>
    public OnlineReference? Online { get; init; }

    /// <summary>
    /// What Wasserstein's distance is held against; null where the manifest wants another test, and of a feature with too few values, which
    /// the stability index then judges.
    /// </summary>
    public WassersteinReference? Wasserstein { get; init; }

    /// <summary>
    /// What chance alone makes of the stability index, by the windows' size, at most 16 sizes; none in a reference of before it was told,
    /// whose thresholds are those of the chi-squared form.
    /// </summary>
    public IReadOnlyList<ChanceReference> Chance { get; init; } = [];

    /// <summary>The bins in words, by the numbers of their edges; one more than there are edges.</summary>
    public IReadOnlyList<string> BinLabels()
    {
        string[] edges = Texts("G6");
        if (edges.Distinct().Count() < edges.Length)
        {
            // Edges closer than six digits tell apart are written in full.
            edges = Texts("R");
        }

        List<string> labels = [$"below {edges[0]}"];
        for (int i = 1; i < edges.Length; i++)
        {
            labels.Add($"{edges[i - 1]} to {edges[i]}");
        }

        labels.Add($"{edges[^1]} and above");
        return labels;
    }

    private string[] Texts(string format) => [.. Edges.Select(edge => edge.ToString(format, CultureInfo.InvariantCulture))];
}
