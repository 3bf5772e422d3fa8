using System.Runtime.CompilerServices;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

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

    /// <summary>The bounds within which a statistic is its own feature; null where it is transformed.</summary>
    public (double Low, double High)? Plain => _transform == FeatureTransform.None ? (_low, _high) : null;

    /// <summary>What makes an element of a feature: see <see cref="Scaled"/>.</summary>
    public (double Center, double Scale, double Clip) Numbers => (_center, _scale, _clip);

    /// <summary>The feature: the statistic, transformed. NaN when there is none, or when it left the range of a double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Transformed(double statistic)
    {
        double value = _transform == FeatureTransform.None ? statistic : Transform(statistic);
        return double.IsFinite(value) ? value : double.NaN;
    }

    /// <summary>A feature within its bounds; NaN stays NaN.</summary>
    public double Clipped(double feature) => Within(feature, _low, _high);

    /// <summary>The element of the model's input for a feature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scaled(double feature) =>
        double.IsNaN(feature) ? _missing : (float)Within((feature - _center) / _scale, -_clip, _clip);

    /// <summary>The feature of a statistic, within its bounds: both steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Feature(double statistic) => Clipped(Transformed(statistic));

    // Math.Clamp without its check that the bounds are in order, which the manifest's reader has made: this is run for every
    // value of every frame. NaN stays NaN.
    private static double Within(double value, double low, double high) => value < low ? low : value > high ? high : value;

    private double Transform(double statistic) => _transform switch
    {
        FeatureTransform.Log1P => Math.CopySign(LogOnePlus(Math.Abs(statistic)), statistic),
        FeatureTransform.Sqrt => Math.CopySign(Math.Sqrt(Math.Abs(statistic)), statistic),
        FeatureTransform.Log => Math.Log(statistic),
        _ => Math.Log10(statistic),
    };

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
