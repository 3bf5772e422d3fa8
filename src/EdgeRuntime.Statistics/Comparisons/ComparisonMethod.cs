namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>How counts of two samples on the same cells are compared. With p the current shares and q those of the reference:</summary>
public enum ComparisonMethod
{
    /// <summary>Population stability index, <c>sum (p - q) ln(p / q)</c> in nats over shares smoothed by Jeffreys' prior.</summary>
    PopulationStability,

    /// <summary>Jensen-Shannon divergence in bits, 0 to 1; the effect is the distance, its square root.</summary>
    JensenShannon,

    /// <summary>Likelihood ratio, <c>G = 2 sum O ln(O / E)</c>, on merged cells; the effect is Cramer's V.</summary>
    LikelihoodRatio,

    /// <summary>Pearson's <c>sum (O - E)^2 / E</c> on merged cells; the effect is Cramer's V.</summary>
    ChiSquared,

    /// <summary>Hellinger distance, <c>|sqrt p - sqrt q| / sqrt 2</c>, 0 to 1.</summary>
    Hellinger,

    /// <summary>Total variation, <c>sum |p - q| / 2</c>, 0 to 1: one minus the histograms' intersection.</summary>
    TotalVariation,

    /// <summary>L-infinity distance, the largest <c>|p - q|</c>, 0 to 1.</summary>
    LInfinity,

    /// <summary>Kolmogorov-Smirnov: the largest difference of the cumulated shares, 0 to 1. Never more than that of the raw values.</summary>
    KolmogorovSmirnov,

    /// <summary>
    /// Wasserstein-1 distance by the reference's standard deviation, of sketches: <see cref="WassersteinTest"/>. Bins do not do; they
    /// say nothing of how far values went beyond the last edge.
    /// </summary>
    Wasserstein,
}
