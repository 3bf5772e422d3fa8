using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Makes what a device needs to watch a feature online, of the windows a model was trained on.</summary>
internal static class OnlineCalibration
{
    // Rows below which a reference says too little of itself.
    private const int FewestRows = 50;
    private const double Safety = 1.25;
    private const double MostEffect = 10;

    /// <summary>Calibrates the detector that a manifest wants; null for a feature with too few values.</summary>
    /// <param name="values">The feature's values, in the order of time.</param>
    /// <param name="runs">Stretches of those in which the machine stayed in one state.</param>
    public static OnlineReference? Calibrate(OnlineSpec wanted, double[] values, IReadOnlyList<Range> runs)
    {
        if (values.Count(double.IsFinite) < FewestRows)
        {
            return null;
        }

        CalibratedDetector made = DetectorCalibration.Calibrate(wanted.Detector, values, new CalibrationOptions
        {
            ExpectedRunSamples = wanted.ExpectedRunSamples,
            MinimumEffect = SmallestEffect(values, runs),
        });
        return new OnlineReference
        {
            Detector = made.Detector,
            ExpectedRunSamples = made.ExpectedRunSamples,
            Mean = Rounded(made.Model.Mean),
            Coefficients = [.. made.Model.Coefficients.Select(Rounded)],
            Deviation = Rounded(made.Model.Deviation),
            Gain = Rounded(made.Model.Gain),
            Clip = made.Clip,
            ReferenceSamples = made.ReferenceSamples,
            Delta = Rounded(made.Delta),
            Thresholds = [.. made.Thresholds.Select(Rounded)],
            Points = [.. made.Points.Select(Rounded)],
        };
    }

    // Eight digits: the file is read by people, and none of this is known better.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G8", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    // A machine may stay in one of its states for ever, though it never did in training: that alone is no change of level.
    private static double SmallestEffect(double[] values, IReadOnlyList<Range> runs)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        double mean = finite.Average();
        double deviation = Math.Sqrt(finite.Average(value => (value - mean) * (value - mean)));
        double furthest = 0;
        foreach (Range run in runs)
        {
            double[] inside = [.. values[run].Where(double.IsFinite)];
            if (inside.Length > 0 && deviation > 0)
            {
                furthest = Math.Max(furthest, Math.Abs(inside.Average() - mean) / deviation);
            }
        }

        double least = new CalibrationOptions().MinimumEffect;
        return runs.Count > 1 ? Math.Clamp(Safety * furthest, least, MostEffect) : least;
    }
}
