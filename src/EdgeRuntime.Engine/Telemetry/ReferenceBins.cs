using System.Runtime.CompilerServices;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Live counts of one quantity on the bins of its reference.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class ReferenceBins
{
    // Windows and the sums over them are of the same reference, and may well share what is only read.
    private static readonly ConditionalWeakTable<ReferenceFeature, StabilityChance> Shared = [];

    private readonly long[] _reference;
    private readonly long _referenceMissing;
    private readonly double? _minEffect;
    private readonly CalibratedWasserstein? _wasserstein;
    private readonly double _wassersteinEffect;
    private readonly StabilityChance? _chance;

    // Number of the category that all values share which the manifest does not list; NaN, which equals nothing, where there is none.
    private readonly double _unseen;

    /// <summary>Creates empty counts.</summary>
    /// <param name="moments">True to sum up moments too.</param>
    /// <param name="quantiles">True to keep quantiles too.</param>
    /// <param name="unseen">Number of the category of values that are not listed; NaN for none.</param>
    /// <exception cref="ArgumentException">The reference does not have one count more than edges, or the edges do not ascend.</exception>
    public ReferenceBins(ReferenceFeature reference, bool moments = false, bool quantiles = false, double unseen = double.NaN)
    {
        if (reference.Counts.Count != reference.Edges.Count + 1)
        {
            throw new ArgumentException(
                $"reference '{reference.Name}' has {reference.Counts.Count} counts for {reference.Edges.Count} edges; one more is needed");
        }

        Name = reference.Name;
        Live = new BinCounter([.. reference.Edges]);
        Moments = moments ? new ExactMoments(MomentScale.Of(Live.Edges)) : null;
        Quantiles = quantiles ? new DDSketch() : null;
        _unseen = unseen;
        _reference = [.. reference.Counts];
        _referenceMissing = reference.Missing;
        _minEffect = reference.MinEffect;
        if (quantiles && reference.Wasserstein is WassersteinReference made)
        {
            _wasserstein = new CalibratedWasserstein(new WeightedValues([.. made.Values], [.. made.Counts]), made.Sizes, made.Thresholds);
            _wassersteinEffect = made.MinEffect;
        }
        _chance = reference.Chance.Count == 0 ? null : Shared.GetValue(reference, ChanceOf);
    }

    /// <summary>Name of the quantity.</summary>
    public string Name { get; }

    /// <summary>The live counts.</summary>
    public BinCounter Live { get; }

    /// <summary>Moments of the live values; null where none are summed up.</summary>
    public ExactMoments? Moments { get; }

    /// <summary>Quantiles of the live values; null where none are kept.</summary>
    public DDSketch? Quantiles { get; }

    /// <summary>Values of a category that the manifest does not list.</summary>
    public long Unseen { get; private set; }

    /// <summary>Counts one value. Allocates nothing.</summary>
    public void Record(double value)
    {
        Live.Record(value);
        Quantiles?.Record(value);
        Unseen += value == _unseen ? 1 : 0;
        if (Moments is null)
        {
            return;
        }

        if (double.IsFinite(value))
        {
            Moments.Record(value);
        }
        else
        {
            Moments.Break();
        }
    }

    /// <summary>Continues the stream that the counts of the window before were of. Allocates nothing.</summary>
    public void Follow(ReferenceBins before)
    {
        if (before.Moments is not null)
        {
            Moments?.Follow(before.Moments);
        }
    }

    /// <summary>Adds counts on the same bins, exactly; moments where both have them.</summary>
    public void Add(ReferenceBins other)
    {
        Live.Add(other.Live);
        Unseen = checked(Unseen + other.Unseen);
        if (other.Quantiles is not null)
        {
            Quantiles?.Add(other.Quantiles);
        }

        if (other.Moments is not null)
        {
            Moments?.Add(other.Moments);
        }
    }

    /// <summary>What is wrong with quantiles that were told; null when they can be added, and where none are kept.</summary>
    public string? ComplaintOf(QuantileCounts? told) => Quantiles is not DDSketch kept ? null
        : told is null ? "it tells none"
        : told.Accuracy != kept.Accuracy || told.Classes != kept.Classes ? "they are of another size"
        : FeatureReport.SketchOf(told).Complaint(kept.Classes);

    /// <summary>Adds what was told of the counts, and of quantiles where they are kept; moments are left out.</summary>
    public void Add(FeatureCounts told)
    {
        Live.Add([.. told.Counts], told.Missing);
        if (Quantiles is not null)
        {
            FeatureReport.SketchOf(told.Quantiles!).AddTo(Quantiles);
        }
    }

    /// <summary>Forgets all counts.</summary>
    public void Clear()
    {
        Live.Clear();
        Unseen = 0;
        Quantiles?.Clear();
        Moments?.Clear();
    }

    /// <summary>True when counts of the two may be added.</summary>
    public bool HasBinsOf(ReferenceBins other) => Name == other.Name && Live.Edges.SequenceEqual(other.Live.Edges);

    /// <summary>Compares the live counts with the reference.</summary>
    /// <param name="level">After correction for the number of quantities judged together.</param>
    public StabilityVerdict Judge(ReferenceProfile profile, double level)
    {
        double effective = profile.EffectiveShare * (Live.Total + Live.Missing);
        return PopulationStability.Judge(
            new BinnedSample(_reference, _referenceMissing, profile.EffectiveRows),
            new BinnedSample(Live.Counts, Live.Missing, effective),
            new StabilityLimits(level, _minEffect ?? profile.MinEffect, WindowCounters.SmallestSample),
            _chance);
    }

    /// <summary>Compares the live counts with the reference by another test than the stability index.</summary>
    /// <param name="minEffect">Smallest effect worth an alarm; null for the method's own.</param>
    /// <param name="level">As in <see cref="Judge"/>.</param>
    /// <returns>Null where the reference has nothing to compare with by this method.</returns>
    public ComparisonResult? Compare(ComparisonMethod method, ReferenceProfile profile, double? minEffect, double level)
    {
        if (method != ComparisonMethod.Wasserstein)
        {
            return CountComparison.Compare(
                method,
                new BinnedSample(_reference, _referenceMissing, profile.EffectiveRows),
                new BinnedSample(Live.Counts, Live.Missing, profile.EffectiveShare * (Live.Total + Live.Missing)),
                ComparedCells.OwnQuantiles,
                new ComparisonLimits(level, minEffect ?? ComparisonLimits.For(method).MinEffect, WindowCounters.SmallestSample));
        }

        // Of values alone: how far a missing one is from the others nobody can say.
        return _wasserstein?.Compare(
            Quantiles!, profile.EffectiveRows, profile.EffectiveShare * Live.Total,
            new ComparisonLimits(level, minEffect ?? _wassersteinEffect, WindowCounters.SmallestSample));
    }

    private static StabilityChance ChanceOf(ReferenceFeature reference) => new([.. reference.Chance.Select(chance =>
        new StabilityMoments(chance.Samples, chance.Mean, chance.Variance, chance.Skewness, chance.Kurtosis))]);
}
