using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>How two tables are compared.</summary>
internal sealed record CompareOptions
{
    /// <summary>What each method is called, on the command line, in JSON and in a manifest.</summary>
    public static IReadOnlyDictionary<string, ComparisonMethod> Methods { get; } = new Dictionary<string, ComparisonMethod>
    {
        ["psi"] = ComparisonMethod.PopulationStability,
        ["js"] = ComparisonMethod.JensenShannon,
        ["g"] = ComparisonMethod.LikelihoodRatio,
        ["chi_square"] = ComparisonMethod.ChiSquared,
        ["hellinger"] = ComparisonMethod.Hellinger,
        ["total_variation"] = ComparisonMethod.TotalVariation,
        ["l_infinity"] = ComparisonMethod.LInfinity,
        ["ks"] = ComparisonMethod.KolmogorovSmirnov,
        ["wasserstein"] = ComparisonMethod.Wasserstein,
    };

    /// <summary>Quantile bins of a number between the reference's smallest and largest value.</summary>
    public required int Bins { get; init; }

    /// <summary>Bins of one width for the statistics that other programs take over the range of both.</summary>
    public required int WidthBins { get; init; }

    /// <summary>Classes of a category that have a cell of their own.</summary>
    public int Vocabulary { get; init; } = 100;

    /// <summary>What decides.</summary>
    public required ComparisonMethod Method { get; init; }

    /// <summary>Chance of a false alarm over all columns.</summary>
    public required double Level { get; init; }

    /// <summary>Smallest effect that matters, for the method that decides; null for its default.</summary>
    public double? MinEffect { get; init; }

    /// <summary>Values that a verdict needs.</summary>
    public required double MinSample { get; init; }

    /// <summary>Independent observations that one row is worth, above 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Of the permutations.</summary>
    public required int Seed { get; init; }

    /// <summary>Columns of numbers that are classes.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>What a method must show.</summary>
    public ComparisonLimits LimitsOf(ComparisonMethod method)
    {
        ComparisonLimits limits = ComparisonLimits.For(method) with { Level = Level, MinSample = MinSample };
        return method == Method && MinEffect is { } effect ? limits with { MinEffect = effect } : limits;
    }

    /// <summary>What a method is called.</summary>
    public static string NameOf(ComparisonMethod method) => Methods.First(each => each.Value == method).Key;
}
