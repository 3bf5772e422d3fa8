using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>One feature, resolved: what to compute, how to scale it and where it goes.</summary>
internal sealed class FeaturePlan
{
    /// <summary>What is computed.</summary>
    public required StatisticKind Kind { get; init; }

    /// <summary>For a quantile: which, 0 to 1.</summary>
    public double Quantile { get; init; }

    /// <summary>For a band: its first spectral line.</summary>
    public int FirstLine { get; init; }

    /// <summary>For a band: the line after its last.</summary>
    public int EndLine { get; init; }

    /// <summary>Place among the values before scaling; -1 for raw windows, which are not among them.</summary>
    public required int ValueIndex { get; init; }

    /// <summary>First place in the model's input.</summary>
    public required int InputIndex { get; init; }

    /// <summary>Transform and scaling.</summary>
    public required FeatureScaling Scaling { get; init; }
}

/// <summary>How a statistic becomes a feature, and a feature an element of the model's input.</summary>
internal readonly struct FeatureScaling
{
    private readonly FeatureTransform _transform;
    private readonly double _center;
    private readonly double _scale;
    private readonly double _clip;
    private readonly float _missing;

    public FeatureScaling(FeatureSpec spec, FeatureTransform transform)
    {
        _transform = transform;
        _center = spec.Center;
        _scale = spec.Scale;
        _missing = (float)spec.Missing;

        // No clip is the clip at the largest float: an infinity in the input would make every output NaN.
        _clip = Math.Min(spec.Clip ?? float.MaxValue, float.MaxValue);
    }

    /// <summary>The feature: the statistic, transformed. NaN when there is none, or when it left the range of a double.</summary>
    public double Transformed(double statistic)
    {
        double value = _transform switch
        {
            FeatureTransform.Log1P => Math.CopySign(LogOnePlus(Math.Abs(statistic)), statistic),
            FeatureTransform.Sqrt => Math.CopySign(Math.Sqrt(Math.Abs(statistic)), statistic),
            _ => statistic,
        };
        return double.IsFinite(value) ? value : double.NaN;
    }

    /// <summary>The element of the model's input for a feature.</summary>
    public float Scaled(double feature) =>
        double.IsNaN(feature) ? _missing : (float)Math.Clamp((feature - _center) / _scale, -_clip, _clip);

    // ln(1 + x) without losing the digits of a small x (W. Kahan's correction of the rounded sum).
    private static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 || double.IsPositiveInfinity(sum) ? x : Math.Log(sum) * (x / (sum - 1));
    }
}

/// <summary>Transforms of a manifest's features.</summary>
internal enum FeatureTransform
{
    None,
    Log1P,
    Sqrt,
}
