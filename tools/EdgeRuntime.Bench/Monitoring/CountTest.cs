using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>A test of a window's counts against those of a reference, as it is measured.</summary>
/// <param name="Name">As the rows call it.</param>
/// <param name="IsCalibrated">Whether it shall alarm at the level; others at most.</param>
/// <param name="Every">It is tried on every so-many-th window: some tests take long.</param>
/// <param name="PValue">Chance of such counts, or more extreme ones.</param>
internal sealed record CountTest(string Name, bool IsCalibrated, int Every, Func<BinCounter, BinCounter, double> PValue)
{
    private static readonly ComparisonLimits Strict = new(Level: 0.05, MinEffect: 0, MinSample: 0);

    /// <summary>The stability index as a device judges it: what <c>edgectl reference</c> worked out of the reference is read off.</summary>
    public static CountTest Device { get; } = new("psi of a device", true, 1, (reference, window) =>
    {
        BinnedSample expected = new(reference.Counts, 0, reference.Total);
        BinnedSample actual = new(window.Counts, 0, window.Total);

        // Only those between which the window lies are read off.
        long[] sizes = [StabilityChance.Sizes.Last(size => size <= window.Total), StabilityChance.Sizes.First(size => size > window.Total)];
        StabilityChance chance = new(StabilityChance.Of(reference.Counts.ToArray(), sizes));
        return PopulationStability.Judge(expected, actual, new StabilityLimits(0.05, MinEffect: 0, MinSample: 0), chance).PValue;
    });

    /// <summary>All that are measured.</summary>
    public static IReadOnlyList<CountTest> All { get; } =
    [
        Of("PSI", true, 1, ComparisonMethod.PopulationStability),
        Of("G", true, 1, ComparisonMethod.LikelihoodRatio),
        Of("chi-square", true, 1, ComparisonMethod.ChiSquared),
        Of("JS", true, 1, ComparisonMethod.JensenShannon),
        Device,
        Of("KS", false, 8, ComparisonMethod.KolmogorovSmirnov),
        Of("Hellinger", false, 4, ComparisonMethod.Hellinger),
        Of("total variation", false, 4, ComparisonMethod.TotalVariation),
        Of("L-infinity", false, 8, ComparisonMethod.LInfinity),
    ];

    private static CountTest Of(string name, bool isCalibrated, int every, ComparisonMethod method) => new(
        name, isCalibrated, every, (reference, window) =>
            CountComparison.Compare(method, reference.Counts, window.Counts, ComparedCells.OwnQuantiles, Strict).PValue);
}
