using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>The rule of thumb that a manifest's <c>baseline</c> declares, beside the model on the sample path.</summary>
/// <remarks>Allocates nothing once made.</remarks>
public sealed class BaselineRule
{
    private readonly int _source;
    private readonly double _at;
    private readonly double _above;
    private readonly double _below;
    private readonly bool _isLastTruth;
    private readonly bool _isFeature;
    private int _newestTruth = -1;

    /// <summary>Binds a rule to the pipeline's values.</summary>
    /// <param name="answers">What a truth may be; empty for a regression.</param>
    /// <param name="values">Names of the pipeline's values, in their order.</param>
    public BaselineRule(BaselineSpec spec, IReadOnlyList<string> answers, IReadOnlyList<string> values)
    {
        _source = spec.Feature is null ? -1 : IndexOf(values, spec.Feature);
        _at = spec.At ?? double.NegativeInfinity;
        _above = spec.Kind switch
        {
            "majority" => IndexOf(answers, spec.Label),
            "constant" => spec.Value ?? double.NaN,
            _ => IndexOf(answers, spec.Above),
        };
        _below = IndexOf(answers, spec.Below);
        _isLastTruth = spec.Kind == "last" && answers.Count > 0;
        _isFeature = spec.Kind == "last" && answers.Count == 0;
    }

    /// <summary>What it says of a sample: the number of a label, or a value; NaN where it can say nothing.</summary>
    /// <param name="values">The pipeline's values, before scaling.</param>
    public double Answer(ReadOnlySpan<double> values)
    {
        if (_isLastTruth)
        {
            int newest = Volatile.Read(ref _newestTruth);
            return newest < 0 ? double.NaN : newest;
        }

        double value = _source < 0 ? 0 : values[_source];
        return _isFeature || double.IsNaN(value) ? value : value >= _at ? _above : _below;
    }

    /// <summary>Tells the newest truth. From any thread.</summary>
    public void Know(int label) => Volatile.Write(ref _newestTruth, label);

    private static int IndexOf(IReadOnlyList<string> names, string? name)
    {
        int i = 0;
        while (i < names.Count && names[i] != name)
        {
            i++;
        }

        return i < names.Count ? i : -1;
    }
}
