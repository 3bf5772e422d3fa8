namespace EdgeRuntime.Contracts.Messages;

/// <summary>Sums of calibrated probabilities, in parts of 2^-24; see EdgeRuntime.Statistics.Quality.ExpectedScores. Exact to add.</summary>
public sealed record ExpectedTally
{
    /// <summary>Answers on 64 bins of the calibrated probability of the positive label.</summary>
    public required SparseCounts Scores { get; init; }

    /// <summary>Sums of these probabilities on the same bins.</summary>
    public required SparseCounts Parts { get; init; }

    /// <summary>Answers that said the positive label.</summary>
    public required long Selected { get; init; }

    /// <summary>Sum of their probabilities.</summary>
    public required long SelectedParts { get; init; }

    /// <summary>Sum of the probabilities that the answers are right.</summary>
    public required long RightParts { get; init; }

    /// <summary>False where a sender left something out.</summary>
    public bool IsWhole() => Scores is not null && Scores.IsWhole() && Parts is not null && Parts.IsWhole();

    /// <summary>Both together.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static ExpectedTally operator +(ExpectedTally one, ExpectedTally other) => new()
    {
        Scores = one.Scores + other.Scores,
        Parts = one.Parts + other.Parts,
        Selected = checked(one.Selected + other.Selected),
        SelectedParts = checked(one.SelectedParts + other.SelectedParts),
        RightParts = checked(one.RightParts + other.RightParts),
    };
}
