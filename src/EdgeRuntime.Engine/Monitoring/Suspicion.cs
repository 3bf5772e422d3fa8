namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What a sudden change of a channel may mean.</summary>
internal enum SuspicionKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its values are told in another unit: a known one.</summary>
    Unit,

    /// <summary>They are told on another scale, that no known unit has.</summary>
    Scale,

    /// <summary>It and another channel have changed places.</summary>
    Swap,
}

/// <summary>
/// What the frames after a sudden change of one channel say about a suspicion. Reset by assigning a new one; counting allocates
/// nothing.
/// </summary>
internal struct Suspicion
{
    /// <summary>What is suspected.</summary>
    public SuspicionKind Kind { get; init; }

    /// <summary>The other unit (<see cref="SuspicionKind.Unit"/>).</summary>
    public UnitMap Map { get; init; }

    /// <summary>The other channel (<see cref="SuspicionKind.Swap"/>).</summary>
    public int Partner { get; init; }

    /// <summary>When it began, UTC milliseconds.</summary>
    public long SinceUnixMs { get; init; }

    /// <summary>The last value before it.</summary>
    public double Before { get; init; }

    /// <summary>Mean step before it.</summary>
    public double StepBefore { get; init; }

    /// <summary>Chance that another change of its size would have ended where this one did.</summary>
    public double Chance { get; init; }

    /// <summary>Frames since, this one included.</summary>
    public int Frames { get; set; }

    /// <summary>Of these, frames outside what is known of the channel.</summary>
    public int Outside { get; set; }

    /// <summary>Of these, frames that are known once what is suspected is undone.</summary>
    public int Explained { get; set; }

    /// <summary>Of these, frames back at the value before.</summary>
    public int Returned { get; set; }

    /// <summary>Whether values lay beside the grid of the reference when it was confirmed.</summary>
    public bool IsBesideGrid { get; set; }

    /// <summary>Sum of the steps after the first frame.</summary>
    public double Steps { get; set; }

    /// <summary>Times the mean step has grown: what the scale of values has become.</summary>
    public readonly double StepRatio => Steps / Math.Max(1, Frames - 1) / StepBefore;
}
