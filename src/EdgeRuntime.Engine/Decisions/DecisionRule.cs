using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Decisions;

/// <summary>Turns what a model says, sample by sample, into a decision that does not flap.</summary>
/// <remarks>
/// <para>Every valid answer goes through these stages, of which the manifest declares those it wants:</para>
/// <list type="number">
/// <item>Staleness: more than <c>stale_ms</c> after the last valid answer the fail-safe decision comes into force, whatever
/// the other stages say; votes and debounce begin anew. <see cref="Tick"/> notices it where no sample comes at all. The
/// next valid answers lead out of it as out of any decision.</item>
/// <item>Confidence: an answer below <c>min_confidence</c> speaks for <c>uncertain</c>, or where that is absent for the
/// decision in force.</item>
/// <item>Threshold and hysteresis. Classification: a label needs a probability of at least its threshold, and against
/// another label in force it must also lead it by the hysteresis. Regression and reconstruction: at or above the threshold
/// the answer speaks for <c>above</c>, which once in force ends below <c>threshold - hysteresis</c>.</item>
/// <item>Votes: k of the newest n answers must speak for a decision (<see cref="VoteWindow"/>).</item>
/// <item>Debounce: what is left must be the same for so many answers in a row and so long (<see cref="Persistence"/>).</item>
/// <item>Refractory time: so many answers and so long after a change nothing changes but to the fail-safe decision; votes
/// and debounce go on counting, so that what held all along comes into force with the first answer after it.</item>
/// </list>
/// <para>
/// An invalid answer changes nothing: it is no vote, does not break a debounce, and does not keep the decision from going
/// stale. Allocates nothing once made. Not thread-safe.
/// </para>
/// </remarks>
public sealed class DecisionRule
{
    private const int Below = 0;
    private const int Above = 1;

    private readonly string[] _names;
    private readonly int _initial;
    private readonly int _uncertain;
    private readonly int _stale;
    private readonly bool _isClassification;
    private readonly double _threshold;
    private readonly double[] _thresholds;
    private readonly double _hysteresis;
    private readonly double _minConfidence;
    private readonly double _staleMs;
    private readonly VoteWindow? _votes;
    private readonly Persistence? _debounce;
    private readonly int _refractorySamples;
    private readonly double _refractoryMs;
    private bool _hasChanged;
    private long _samplesSinceChange;
    private long _changedMs;
    private bool _hasHeard;
    private long _heardMs;

    /// <summary>Makes a rule with its initial decision in force.</summary>
    public DecisionRule(DecisionSpec spec, OutputSpec output)
    {
        _isClassification = output.HasLabels();
        List<string> names = _isClassification ? [.. output.Labels] : [spec.Below, spec.Above];
        _initial = NumberOf(names, spec.Initial);
        _uncertain = spec.Uncertain is null ? -1 : NumberOf(names, spec.Uncertain);
        _stale = spec.Stale is null ? -1 : NumberOf(names, spec.Stale);
        _names = [.. names];
        _threshold = spec.Threshold;
        _thresholds = [.. output.Labels.Select(label => Threshold(spec, label))];
        _hysteresis = spec.Hysteresis;
        _minConfidence = spec.MinConfidence ?? 0;
        _staleMs = spec.StaleMs ?? double.PositiveInfinity;
        _votes = spec.Vote is { } vote ? new VoteWindow(vote, names.Count, _isClassification ? -1 : Above) : null;
        _debounce = spec.Debounce is { } debounce ? new Persistence(debounce) : null;
        _refractorySamples = spec.Refractory?.Samples ?? 0;
        _refractoryMs = spec.Refractory?.Ms ?? 0;
        Current = _initial;
    }

    /// <summary>
    /// Names of all decisions: the labels (or below, above), then the initial, the uncertain and the fail-safe one, as far
    /// as they are none of those before.
    /// </summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Number of the decision in force, in <see cref="Names"/>.</summary>
    public int Current { get; private set; }

    /// <summary>Name of the decision in force.</summary>
    public string CurrentName => _names[Current];

    /// <summary>Whether a decision can grow stale at all, so that <see cref="Tick"/> is worth calling.</summary>
    public bool CanGrowStale => double.IsFinite(_staleMs);

    /// <summary>True from the moment the fail-safe decision came into force until the next valid answer.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Takes one answer. Allocates nothing.</summary>
    /// <param name="milliseconds">The sample's own time, from any start; never less than before.</param>
    /// <returns>True when this answer changed the decision; <see cref="Current"/> is then the new one.</returns>
    public bool Step(in Decoded decoded, long milliseconds)
    {
        int before = Current;
        Tick(milliseconds);
        if (decoded.IsValid)
        {
            IsStale = false;
            _hasHeard = true;
            _heardMs = milliseconds;
            _samplesSinceChange++;
            int next = Spoken(decoded);
            next = _votes?.Next(next, Current) ?? next;
            next = _debounce?.Next(next, Current, milliseconds) ?? next;
            if (next != Current && !IsRefractory(milliseconds))
            {
                Change(next, milliseconds);
            }
        }

        return Current != before;
    }

    /// <summary>Notices that no valid answer has come for too long. Allocates nothing.</summary>
    /// <param name="milliseconds">Now, on the clock of <see cref="Step"/>; the first call begins the wait for the first answer.</param>
    /// <returns>True when this changed the decision to the fail-safe one.</returns>
    public bool Tick(long milliseconds)
    {
        if (!_hasHeard)
        {
            _hasHeard = true;
            _heardMs = milliseconds;
        }

        if (IsStale || !(milliseconds - _heardMs > _staleMs))
        {
            return false;
        }

        IsStale = true;
        _votes?.Clear();
        _debounce?.Clear();
        bool changes = Current != _stale;
        if (changes)
        {
            Change(_stale, milliseconds);
        }

        return changes;
    }

    /// <summary>What one answer says by itself, without hysteresis: its label, or the side of the threshold. "" for an invalid one.</summary>
    public string LabelOf(in Decoded decoded)
    {
        if (!decoded.IsValid)
        {
            return "";
        }

        return _names[_isClassification ? decoded.Label : Side(decoded.Score)];
    }

    /// <summary>Puts the initial decision in force again and forgets every sample.</summary>
    public void Reset()
    {
        Current = _initial;
        IsStale = false;
        _hasHeard = false;
        _hasChanged = false;
        _samplesSinceChange = 0;
        _votes?.Clear();
        _debounce?.Clear();
    }

    private static int NumberOf(List<string> names, string name)
    {
        int number = names.IndexOf(name);
        if (number < 0)
        {
            number = names.Count;
            names.Add(name);
        }

        return number;
    }

    private static double Threshold(DecisionSpec spec, string label) =>
        spec.Thresholds is { } own && own.TryGetValue(label, out double threshold) ? threshold : spec.Threshold;

    private int Spoken(in Decoded decoded)
    {
        if (!_isClassification)
        {
            return Current == Above && decoded.Score >= _threshold - _hysteresis ? Above : Side(decoded.Score);
        }

        if (decoded.Score < _minConfidence)
        {
            return _uncertain >= 0 ? _uncertain : Current;
        }

        if (decoded.Label == Current || decoded.Score < _thresholds[decoded.Label])
        {
            return Current;
        }

        // A decision that is no label has no probability of its own to be led by.
        bool leads = Current >= decoded.Scores.Length || decoded.Score - decoded.Scores[Current] >= _hysteresis;
        return leads ? decoded.Label : Current;
    }

    private bool IsRefractory(long milliseconds) =>
        _hasChanged && (_samplesSinceChange <= _refractorySamples || milliseconds - _changedMs < _refractoryMs);

    private void Change(int next, long milliseconds)
    {
        Current = next;
        _hasChanged = true;
        _samplesSinceChange = 0;
        _changedMs = milliseconds;
        _debounce?.Clear();
    }

    private int Side(double value) => value >= _threshold ? Above : Below;
}
