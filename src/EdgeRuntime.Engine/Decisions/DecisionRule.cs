using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Decisions;

/// <summary>Turns what a model says, sample by sample, into a decision that does not flap.</summary>
/// <remarks>
/// <para>
/// Classification: a label comes into force with a probability of at least the threshold; against another label in force
/// it must also lead it by the hysteresis. The initial decision, unless it is itself a label, yields to the first label
/// that reaches the threshold.
/// </para>
/// <para>
/// Regression and reconstruction: at or above the threshold the decision is <c>above</c>, which ends below
/// <c>threshold - hysteresis</c>; the first sample decides at the threshold alone.
/// </para>
/// <para>An invalid answer changes nothing. Allocates nothing once made. Not thread-safe.</para>
/// </remarks>
public sealed class DecisionRule
{
    private const int Below = 0;
    private const int Above = 1;

    private readonly string[] _names;
    private readonly int _initial;
    private readonly bool _isClassification;
    private readonly double _threshold;
    private readonly double _hysteresis;

    /// <summary>Makes a rule with its initial decision in force.</summary>
    public DecisionRule(DecisionSpec spec, OutputSpec output)
    {
        _isClassification = output.Kind == "classification";
        List<string> names = _isClassification ? [.. output.Labels] : [spec.Below, spec.Above];
        _initial = names.IndexOf(spec.Initial);
        if (_initial < 0)
        {
            _initial = names.Count;
            names.Add(spec.Initial);
        }

        _names = [.. names];
        _threshold = spec.Threshold;
        _hysteresis = spec.Hysteresis;
        Current = _initial;
    }

    /// <summary>Names of all decisions: the labels (or below, above), then the initial one if it is none of them.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Number of the decision in force, in <see cref="Names"/>.</summary>
    public int Current { get; private set; }

    /// <summary>Name of the decision in force.</summary>
    public string CurrentName => _names[Current];

    /// <summary>Takes one answer. Allocates nothing.</summary>
    /// <returns>True when this answer changed the decision; <see cref="Current"/> is then the new one.</returns>
    public bool Step(in Decoded decoded)
    {
        int before = Current;
        if (decoded.IsValid)
        {
            Current = _isClassification ? NextLabel(decoded) : NextLevel(decoded.Score);
        }

        return Current != before;
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

    /// <summary>Puts the initial decision in force again.</summary>
    public void Reset() => Current = _initial;

    private int NextLabel(in Decoded decoded)
    {
        if (decoded.Label == Current || decoded.Score < _threshold)
        {
            return Current;
        }

        // The initial decision has no probability of its own to be led by.
        bool leads = Current >= decoded.Scores.Length || decoded.Score - decoded.Scores[Current] >= _hysteresis;
        return leads ? decoded.Label : Current;
    }

    private int NextLevel(double value) =>
        Current == Above && value >= _threshold - _hysteresis ? Above : Side(value);

    private int Side(double value) => value >= _threshold ? Above : Below;
}
