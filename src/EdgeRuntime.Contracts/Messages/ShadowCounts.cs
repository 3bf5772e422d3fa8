namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// How a model did beside the one that answers, on the same live input: a candidate before it answers, or the model before while a new one
/// is on trial. Whole numbers only: the counts of two spans or two devices add up exactly.
/// </summary>
public sealed record ShadowCounts
{
    /// <summary>Classes of <see cref="Distance"/>, each as wide as the next.</summary>
    public const int DistanceBins = 20;

    /// <summary>Nothing counted yet.</summary>
    public static ShadowCounts None { get; } = new() { Samples = 0, Agreed = 0, Distance = new long[DistanceBins] };

    /// <summary>Samples on which both answered.</summary>
    public required long Samples { get; init; }

    /// <summary>Of these, those on which they said the same.</summary>
    public required long Agreed { get; init; }

    /// <summary>Samples on which the model beside failed, or answered NaN.</summary>
    public long Failed { get; init; }

    /// <summary>Samples for which it had no processor time left.</summary>
    public long Skipped { get; init; }

    /// <summary>Samples that it answered and the other did not.</summary>
    public long Unpaired { get; init; }

    /// <summary>Frames that it did not see, because it was busy.</summary>
    public long DroppedFrames { get; init; }

    /// <summary>
    /// Samples by the distance of the two scores, 0 to 1 in <see cref="DistanceBins"/> classes: of a classification the difference
    /// of the probabilities of the label that counts, of values their difference relative to the larger.
    /// </summary>
    public required IReadOnlyList<long> Distance { get; init; }

    /// <summary>Processor time it used, microseconds.</summary>
    public long CpuMicroseconds { get; init; }

    /// <summary>Both together.</summary>
    public static ShadowCounts operator +(ShadowCounts one, ShadowCounts other) => new()
    {
        Samples = checked(one.Samples + other.Samples),
        Agreed = checked(one.Agreed + other.Agreed),
        Failed = checked(one.Failed + other.Failed),
        Skipped = checked(one.Skipped + other.Skipped),
        Unpaired = checked(one.Unpaired + other.Unpaired),
        DroppedFrames = checked(one.DroppedFrames + other.DroppedFrames),
        Distance = [.. Enumerable.Range(0, DistanceBins).Select(i => checked(At(one, i) + At(other, i)))],
        CpuMicroseconds = checked(one.CpuMicroseconds + other.CpuMicroseconds),
    };

    /// <summary>What came since an earlier look at the same counters.</summary>
    public static ShadowCounts operator -(ShadowCounts later, ShadowCounts earlier) => new()
    {
        Samples = later.Samples - earlier.Samples,
        Agreed = later.Agreed - earlier.Agreed,
        Failed = later.Failed - earlier.Failed,
        Skipped = later.Skipped - earlier.Skipped,
        Unpaired = later.Unpaired - earlier.Unpaired,
        DroppedFrames = later.DroppedFrames - earlier.DroppedFrames,
        Distance = [.. Enumerable.Range(0, DistanceBins).Select(i => At(later, i) - At(earlier, i))],
        CpuMicroseconds = later.CpuMicroseconds - earlier.CpuMicroseconds,
    };

    // Another program may have written fewer classes, or none.
    private static long At(ShadowCounts counts, int bin) => counts.Distance is { } bins && bin < bins.Count ? bins[bin] : 0;
}
