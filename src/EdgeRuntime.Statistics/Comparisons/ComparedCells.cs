namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>What the cells are on which two samples are counted: it says which cells may merge, and what chance can do.</summary>
public enum ComparedCells
{
    /// <summary>Classes, in no order. Rare ones become one; no Kolmogorov-Smirnov.</summary>
    Categories,

    /// <summary>Bins side by side at places that do not come of the values. Rare ones join their neighbours.</summary>
    Bins,

    /// <summary>
    /// Bins between quantiles of the reference itself (<see cref="QuantileEdges"/>): its counts are what they were made to be, chance
    /// has only the window's.
    /// </summary>
    OwnQuantiles,
}
