namespace EdgeRuntime.Contracts.Messages;

/// <summary>What a model listens to of late, held against what it listened to in its reference.</summary>
public sealed record AttributionShift
{
    /// <summary>Whether it is something else: another order of the groups, and more than chance.</summary>
    public required bool Drifted { get; init; }

    /// <summary>Agreement of the two orders, 0 to 1; below 0.9 they differ for practical purposes.</summary>
    public required double Ndcg { get; init; }

    /// <summary>Chance of such a difference, or a larger one, in which groups matter most.</summary>
    public required double PValue { get; init; }

    /// <summary>Explanations that it rests on.</summary>
    public required long Samples { get; init; }

    /// <summary>The group that matters most now.</summary>
    public required string Now { get; init; }

    /// <summary>The group that mattered most in the reference.</summary>
    public required string Before { get; init; }
}
