namespace EdgeRuntime.Contracts.Messages;

/// <summary>Answers against what was true: of labels three counts each, of values sums of their errors. Exact to add.</summary>
public sealed record AnswerTally
{
    /// <summary>How often each label was true, in the manifest's order; of a reconstruction the decisions below and above. Empty for values.</summary>
    public IReadOnlyList<long> WasTrue { get; init => field = value ?? []; } = [];

    /// <summary>How often each was said.</summary>
    public IReadOnlyList<long> Said { get; init => field = value ?? []; } = [];

    /// <summary>How often each was said rightly.</summary>
    public IReadOnlyList<long> Right { get; init => field = value ?? []; } = [];

    /// <summary>Errors of values; null for labels.</summary>
    public ErrorTally? Errors { get; init; }

    /// <summary>False where a sender left something out.</summary>
    public bool IsWhole() => WasTrue is not null && Said is not null && Right is not null;

    /// <summary>True when they count the same things, so that they may be added.</summary>
    public bool IsLike(AnswerTally other) =>
        WasTrue.Count == other.WasTrue.Count && Said.Count == other.Said.Count && Right.Count == other.Right.Count
        && Errors?.Exponent == other.Errors?.Exponent;

    /// <summary>Both together.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static AnswerTally operator +(AnswerTally one, AnswerTally other) => new()
    {
        WasTrue = Sum(one.WasTrue, other.WasTrue),
        Said = Sum(one.Said, other.Said),
        Right = Sum(one.Right, other.Right),
        Errors = one.Errors is { } errors && other.Errors is { } more ? errors + more : null,
    };

    private static long[] Sum(IReadOnlyList<long> one, IReadOnlyList<long> other) =>
        [.. one.Zip(other, (left, right) => checked(left + right))];
}
