namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// How much each group of inputs mattered to the answers that were explained: sums of |attribution|, and how often each mattered most.
/// Exact to add; EdgeRuntime.Statistics.Attribution.AttributionCounters reads them.
/// </summary>
public sealed record AttributionCounts
{
    /// <summary><c>shapley</c>, exact ones among them, or <c>occlusion</c>: what the two say is not the same.</summary>
    public required string Method { get; init; }

    /// <summary>Names of the groups, in the order of the model's input.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Explanations that were counted.</summary>
    public required long Samples { get; init; }

    /// <summary>Explanations that were not: by the other method, of a neighbour of the one before, or with a value that is no number.</summary>
    public long Skipped { get; init; }

    /// <summary>Sum of |attribution| of each group, in 2^-32 of the answer's unit.</summary>
    public required IReadOnlyList<Int128> Sums { get; init; }

    /// <summary>How often each mattered most.</summary>
    public required IReadOnlyList<long> Tops { get; init; }

    /// <summary>False where a sender left something out.</summary>
    public bool IsWhole() => Method is not null && Groups is not null && Sums is not null && Tops is not null
        && Sums.Count == Groups.Count && Tops.Count == Groups.Count;

    /// <summary>Whether two count the same.</summary>
    public static bool AreAlike(AttributionCounts? one, AttributionCounts? other) =>
        one is null || other is null || (one.Method == other.Method && one.Groups.SequenceEqual(other.Groups));

    /// <summary>Both together; they are alike and whole.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static AttributionCounts? Sum(AttributionCounts? one, AttributionCounts? other) => one is null ? other : other is null ? one : one with
    {
        Samples = checked(one.Samples + other.Samples),
        Skipped = checked(one.Skipped + other.Skipped),
        Sums = [.. one.Sums.Zip(other.Sums, (left, right) => checked(left + right))],
        Tops = [.. one.Tops.Zip(other.Tops, (left, right) => checked(left + right))],
    };
}
