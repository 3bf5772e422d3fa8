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

    /// <summary>For mel spectra; used by this feature alone.</summary>
    public MelSpectrum? Mel { get; init; }

    /// <summary>For a cross: places of its features among the values.</summary>
    public int[] Crossed { get; init; } = [];

    /// <summary>What it keeps of earlier samples, or null.</summary>
    public SampleHistory? History { get; init; }

    /// <summary>How it becomes a category, or null when it is a number.</summary>
    public CategoryRule? Category { get; init; }

    /// <summary>True when its category fills one element for each category there is.</summary>
    public bool IsOneHot { get; init; }

    /// <summary>Place among the values before scaling; -1 when it has several elements, which are not among them.</summary>
    public required int ValueIndex { get; init; }

    /// <summary>First place in the model's input.</summary>
    public required int InputIndex { get; init; }

    /// <summary>Elements of the model's input.</summary>
    public required int Elements { get; init; }

    /// <summary>Transform and scaling.</summary>
    public required FeatureScaling Scaling { get; init; }

    /// <summary>What stands for a missing value.</summary>
    public required MissingPolicy Policy { get; init; }

    /// <summary>For the policy mean, before scaling.</summary>
    public double Mean { get; init; }

    /// <summary>For the policy hold: the last value there was; NaN before any.</summary>
    public double Held { get; set; } = double.NaN;

    /// <summary>What stands for a value, be it missing or not; NaN for the constant.</summary>
    public double Substituted(double value)
    {
        if (!double.IsNaN(value))
        {
            Held = value;
            return value;
        }

        return Policy switch
        {
            MissingPolicy.Hold => Held,
            MissingPolicy.Mean => Mean,
            _ => double.NaN,
        };
    }
}

/// <summary>What stands for a missing value.</summary>
internal enum MissingPolicy
{
    Constant,
    Hold,
    Mean,
    Drop,
}

/// <summary>How a statistic becomes a feature, and a feature an element of the model's input.</summary>
internal readonly struct FeatureScaling
{
    private readonly FeatureTransform _transform;
    private readonly double _low;
    private readonly double _high;
    private readonly double _center;
    private readonly double _scale;
    private readonly double _clip;
    private readonly float _missing;

    public FeatureScaling(FeatureSpec spec, FeatureTransform transform)
    {
        _transform = transform;
        _low = spec.ClipLow ?? double.MinValue;
        _high = spec.ClipHigh ?? double.MaxValue;
        _center = spec.Center;
        _scale = spec.Scale;
        _missing = (float)spec.Missing;

        // No clip is the clip at the largest float: an infinity in the input would make every output NaN.
        _clip = Math.Min(spec.Clip ?? float.MaxValue, float.MaxValue);
    }

    /// <summary>The constant that stands for a missing value.</summary>
    public float Missing => _missing;

    /// <summary>The feature: the statistic, transformed. NaN when there is none, or when it left the range of a double.</summary>
    public double Transformed(double statistic)
    {
        double value = _transform switch
        {
            FeatureTransform.Log1P => Math.CopySign(LogOnePlus(Math.Abs(statistic)), statistic),
            FeatureTransform.Sqrt => Math.CopySign(Math.Sqrt(Math.Abs(statistic)), statistic),
            FeatureTransform.Log => Math.Log(statistic),
            FeatureTransform.Log10 => Math.Log10(statistic),
            _ => statistic,
        };
        return double.IsFinite(value) ? value : double.NaN;
    }

    /// <summary>A feature within its bounds; NaN stays NaN.</summary>
    public double Clipped(double feature) => Math.Clamp(feature, _low, _high);

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
    Log,
    Log10,
}
