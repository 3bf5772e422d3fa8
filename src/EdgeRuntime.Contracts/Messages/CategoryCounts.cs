namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// The values of one channel of categories that the package's reference does not list: how many there were, how many different ones, how
/// often each came at most, and which came most. Of fixed size; all but <see cref="Heaviest"/> adds up exactly.
/// </summary>
/// <remarks>
/// A category is the number that <see cref="Packages.CategoryCode"/> makes of it. EdgeRuntime.Statistics.Counters.UnseenCategories reads and
/// adds them. Frames are counted, whether the model was asked about them or not.
/// </remarks>
public sealed record CategoryCounts
{
    /// <summary>Name of the channel in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>The 256 registers of a HyperLogLog, those that are not empty: how many different values there were. Of two the larger counts.</summary>
    public required SparseCounts Registers { get; init; }

    /// <summary>The four rows of 32 places of a count-min sketch: how often each value came at most. Each row holds every value once.</summary>
    public required SparseCounts Places { get; init; }

    /// <summary>Values that came most, the most frequent first; at most 64.</summary>
    public required IReadOnlyList<HeavyCategory> Heaviest { get; init; }

    /// <summary>False where a sender left something out.</summary>
    public bool IsWhole() => Name is not null && Heaviest is not null && Registers is not null && Registers.IsWhole() && Places is not null && Places.IsWhole();
}

/// <summary>A category that came often.</summary>
/// <param name="Code">Its number.</param>
/// <param name="AtLeast">How often it came at least; 1 or more.</param>
public readonly record struct HeavyCategory(double Code, long AtLeast);
