using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Counts of a model's answers: by label for a classification, on the reference's bins for a value or an error.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class PredictionBins
{
    private const int ConfidenceBins = 10;

    private readonly ReferenceProfile _profile;
    private readonly IReadOnlyList<string> _labels;
    private readonly long[] _counts;
    private readonly long[] _confidence;

    // Of a classification: counts of each label in training; empty when the reference does not say.
    private readonly long[] _reference;

    // Of the other kinds; null when the reference has no bins, and then all answers share the one count.
    private readonly ReferenceBins? _bins;

    /// <summary>Creates empty counts.</summary>
    /// <exception cref="ArgumentException">The reference does not fit the labels.</exception>
    public PredictionBins(OutputSpec output, ReferenceProfile profile)
    {
        _profile = profile;
        _confidence = [];
        _reference = [];
        if (output.HasLabels())
        {
            if (profile.PredictionShares.Count != 0 && profile.PredictionShares.Count != output.Labels.Count)
            {
                throw new ArgumentException(
                    $"the reference has shares of {profile.PredictionShares.Count} labels and the manifest has {output.Labels.Count}");
            }

            _labels = output.Labels;
            _counts = new long[output.Labels.Count];
            _confidence = new long[ConfidenceBins];
            _reference = [.. profile.PredictionShares.Select(share => (long)Math.Round(share * profile.Rows))];
        }
        else
        {
            _bins = profile.PredictionBins is null ? null : new ReferenceBins(profile.PredictionBins);
            _labels = profile.PredictionBins?.BinLabels() ?? ["all"];
            _counts = _bins is null ? new long[1] : [];
        }
    }

    /// <summary>Answers by label or bin.</summary>
    public ReadOnlySpan<long> Counts => _bins is null ? _counts : _bins.Live.Counts;

    /// <summary>Counts a valid answer. Allocates nothing.</summary>
    public void Record(in Decoded decoded)
    {
        if (_bins is not null)
        {
            _bins.Record(decoded.Score);
            return;
        }

        _counts[decoded.Label]++;
        if (_confidence.Length > 0)
        {
            // Rounding may put a probability a hair outside 0 to 1.
            _confidence[Math.Clamp((int)(decoded.Score * ConfidenceBins), 0, ConfidenceBins - 1)]++;
        }
    }

    /// <summary>True when counts of the two may be added.</summary>
    public bool HasBinsOf(PredictionBins other) => _labels.SequenceEqual(other._labels)
        && (_bins is null ? other._bins is null : other._bins is not null && _bins.HasBinsOf(other._bins));

    /// <summary>Adds counts made for the same package, exactly.</summary>
    public void Add(PredictionBins other)
    {
        _bins?.Add(other._bins!);
        AddInto(_counts, other._counts);
        AddInto(_confidence, other._confidence);
    }

    /// <summary>Adds counts as they stand on the wire, exactly. False when they were made for other labels or bins; then nothing was added.</summary>
    public bool TryAdd(PredictionCounts told)
    {
        if (!told.Labels.SequenceEqual(_labels) || told.Counts.Count != Counts.Length || told.Confidence.Count != _confidence.Length
            || told.Counts.Concat(told.Confidence).Any(count => count < 0))
        {
            return false;
        }

        _bins?.Live.Add([.. told.Counts], 0);
        AddInto(_counts, _bins is null ? [.. told.Counts] : []);
        AddInto(_confidence, [.. told.Confidence]);
        return true;
    }

    /// <summary>Forgets all counts.</summary>
    public void Clear()
    {
        _bins?.Clear();
        Array.Clear(_counts);
        Array.Clear(_confidence);
    }

    /// <summary>Compares the answers with the reference; null when it does not say how they were distributed.</summary>
    public StabilityVerdict? Judge()
    {
        if (_bins is not null)
        {
            return _bins.Judge(_profile, _profile.Level);
        }

        if (_reference.Length == 0)
        {
            return null;
        }

        BinnedSample live = new(_counts, 0, 0);
        return PopulationStability.Judge(
            new BinnedSample(_reference, 0, _profile.EffectiveRows),
            new BinnedSample(_counts, 0, _profile.EffectiveShare * live.Total),
            new StabilityLimits(_profile.Level, _profile.MinEffect, WindowCounters.SmallestSample));
    }

    /// <summary>The counts as they go on the wire.</summary>
    public PredictionCounts ToCounts(StabilityVerdict? verdict) => new()
    {
        Labels = _labels,
        Counts = Counts.ToArray(),
        Confidence = [.. _confidence],
        Psi = verdict?.Index ?? 0,
        Threshold = verdict?.Threshold ?? _profile.MinEffect,
    };

    private static void AddInto(long[] counts, long[] others)
    {
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] += others[i];
        }
    }
}
