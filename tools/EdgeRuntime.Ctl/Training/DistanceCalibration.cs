using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Makes what a device needs to hold a feature's windows against its reference by Wasserstein's distance.</summary>
internal static class DistanceCalibration
{
    // Values below which a reference says too little of itself.
    private const int FewestValues = 50;
    private const double LeastEffect = 0.1;
    private const double Safety = 1.25;

    // The same rows make the same reference.
    private const int Seed = 1;

    /// <summary>Calibrates it; null for a feature with too few values, or always the same one.</summary>
    /// <param name="values">The feature's values, in the order of time.</param>
    /// <param name="stretches">Of these, what a healthy device may judge together.</param>
    public static WassersteinReference? Calibrate(double[] values, IEnumerable<Range> stretches)
    {
        WeightedValues reference = Sketched(values);
        if (reference.Total < FewestValues || !(reference.Deviation > 0))
        {
            return null;
        }

        (IReadOnlyList<double> sizes, IReadOnlyList<double> thresholds) = WassersteinCalibration.Calibrate(reference, new Random(Seed));
        double furthest = stretches.Select(stretch => Sketched(values[stretch])).Where(stretch => stretch.Total > 0)
            .Max(stretch => (double?)WassersteinTest.Distance(reference, stretch)) ?? 0;
        return new WassersteinReference
        {
            Values = reference.Values.ToArray(),
            Counts = reference.Counts.ToArray(),
            Sizes = sizes,
            Thresholds = [.. thresholds.Select(Rounded)],
            MinEffect = Rounded(Math.Max(LeastEffect, Safety * furthest / reference.Deviation)),
        };
    }

    private static WeightedValues Sketched(double[] values)
    {
        DDSketch sketch = new();
        Array.ForEach(values, sketch.Record);
        return WeightedValues.Of(sketch);
    }

    // Six digits: ten thousand deals know no threshold better.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
