namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// Values in classes that grow with their magnitude, so that quantiles of any range are known to a relative accuracy: sparse, exact to
/// add.
/// </summary>
/// <remarks>
/// A DDSketch: class k holds <c>g^(k-1) &lt; |x| &lt;= g^k</c> with <c>g = (1 + accuracy) / (1 - accuracy)</c>. Each sign keeps so many
/// classes apart; what lies further below its largest shares the lowest. EdgeRuntime.Statistics.Sketches.DDSketch reads it.
/// </remarks>
public sealed record QuantileCounts
{
    /// <summary>Largest relative error of a quantile.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Classes that each sign keeps apart; a power of two.</summary>
    public required int Classes { get; init; }

    /// <summary>Classes of positive values that are not empty, ascending.</summary>
    public IReadOnlyList<int> PositiveKeys { get; init => field = value ?? []; } = [];

    /// <summary>Counts of those classes.</summary>
    public IReadOnlyList<long> PositiveCounts { get; init => field = value ?? []; } = [];

    /// <summary>Classes of the magnitudes of negative values that are not empty, ascending.</summary>
    public IReadOnlyList<int> NegativeKeys { get; init => field = value ?? []; } = [];

    /// <summary>Counts of those classes.</summary>
    public IReadOnlyList<long> NegativeCounts { get; init => field = value ?? []; } = [];

    /// <summary>Values that were zero.</summary>
    public long Zeros { get; init; }

    /// <summary>Positive values that share the lowest class.</summary>
    public long PositiveCollapsed { get; init; }

    /// <summary>Negative values that share the lowest class.</summary>
    public long NegativeCollapsed { get; init; }
}
