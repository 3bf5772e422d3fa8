using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>How many values a side of a comparison has.</summary>
internal readonly record struct ColumnSize(long Values, long Missing);

/// <summary>One column of two tables, compared by everything that fits it.</summary>
internal sealed record ComparedColumn
{
    /// <summary>As the reference names it.</summary>
    public required string Name { get; init; }

    /// <summary><c>numbers</c> or <c>categories</c>.</summary>
    public required string Kind { get; init; }

    public required ColumnSize Reference { get; init; }

    public required ColumnSize Current { get; init; }

    /// <summary>Edges of the bins of numbers; empty for categories.</summary>
    public IReadOnlyList<double> Edges { get; init; } = [];

    /// <summary>What the cells of categories stand for; empty for numbers.</summary>
    public IReadOnlyList<string> Cells { get; init; } = [];

    /// <summary>Statistics of counts, as a device makes them.</summary>
    public required IReadOnlyList<ComparisonResult> Counts { get; init; }

    /// <summary>Statistics of the values themselves, by name; NaN where there is none.</summary>
    public IReadOnlyList<(string Name, TestResult Result)> Tests { get; init; } = [];

    /// <summary>Distances without a p-value, by name; NaN where there is none.</summary>
    public IReadOnlyList<(string Name, double Value)> Distances { get; init; } = [];

    /// <summary>More than chance, over all columns together.</summary>
    public bool Significant { get; init; }

    /// <summary>The result of one method; null where it does not fit the column.</summary>
    public ComparisonResult? Of(ComparisonMethod method)
    {
        foreach (ComparisonResult result in Counts)
        {
            if (result.Method == method)
            {
                return result;
            }
        }

        return null;
    }

    /// <summary>What decides about it: the method asked for, or the stability index where that does not fit.</summary>
    public ComparisonResult Deciding(ComparisonMethod method) =>
        Of(method) ?? Of(ComparisonMethod.PopulationStability)!.Value;

    /// <summary>The verdict in words, and whether it is drift.</summary>
    public (string Words, bool Drifted) Verdict(ComparisonMethod method)
    {
        ComparisonResult deciding = Deciding(method);
        return !deciding.Enough ? ("too few values", false)
            : !Significant ? ("as the reference", false)
            : deciding.Effect < deciding.Limits.MinEffect ? ("differs, too little to matter", false)
            : ("drifted", true);
    }
}
