using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Names of the window tests in a manifest.</summary>
internal static class WindowTest
{
    /// <summary>The stability index, which is told whatever test decides.</summary>
    public const string Psi = "psi";

    private static readonly (string Name, ComparisonMethod Method)[] Methods =
    [
        ("js", ComparisonMethod.JensenShannon), ("g", ComparisonMethod.LikelihoodRatio), ("chi_square", ComparisonMethod.ChiSquared),
        ("hellinger", ComparisonMethod.Hellinger), ("total_variation", ComparisonMethod.TotalVariation),
        ("l_infinity", ComparisonMethod.LInfinity), ("ks", ComparisonMethod.KolmogorovSmirnov),
        ("wasserstein", ComparisonMethod.Wasserstein),
    ];

    /// <summary>The method that is to decide, or null for the stability index.</summary>
    public static ComparisonMethod? MethodOf(DriftSpec drift) => drift.Test == Psi ? null
        : Methods.First(method => method.Name == drift.Test).Method;

    /// <summary>Its name.</summary>
    public static string NameOf(ComparisonMethod method) => Methods.First(known => known.Method == method).Name;
}
