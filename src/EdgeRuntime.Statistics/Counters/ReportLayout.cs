namespace EdgeRuntime.Statistics.Counters;

/// <summary>What the reports of one package count: found once, so that reports are added up place by place and no name is looked up.</summary>
public sealed class ReportLayout
{
    private readonly FeatureLayout[] _features;
    private readonly int[] _starts;

    /// <summary>Creates a layout.</summary>
    /// <param name="features">In the order of the package's reference.</param>
    public ReportLayout(IReadOnlyList<FeatureLayout> features)
    {
        _features = [.. features];
        _starts = new int[_features.Length];
        for (int i = 0; i < _features.Length; i++)
        {
            _starts[i] = Cells;

            // Behind the bins the missing and the infinite values.
            Cells += _features[i].Bins + 2;
        }
    }

    /// <summary>The features, in the order of the package's reference.</summary>
    public IReadOnlyList<FeatureLayout> Features => _features;

    /// <summary>Counts of one report.</summary>
    internal int Cells { get; }

    /// <summary>True when reports of the two may be added.</summary>
    public bool IsSame(ReportLayout other) => ReferenceEquals(this, other) || _features.AsSpan().SequenceEqual(other._features);

    /// <summary>Where the counts of a feature begin.</summary>
    internal int StartOf(int feature) => _starts[feature];
}

/// <summary>What is counted of one feature.</summary>
/// <param name="Bins">Bins of the reference, below and above included.</param>
/// <param name="Scale">What one whole number of its moments is worth.</param>
/// <param name="HasSketch">True where the manifest asks for quantiles: a <see cref="Sketches.DDSketch"/> of the default accuracy and size.</param>
public readonly record struct FeatureLayout(int Bins, MomentScale Scale, bool HasSketch = false);
