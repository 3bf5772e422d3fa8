namespace EdgeRuntime.Contracts.Messages;

/// <summary>The stream of labelled answers' errors, and what the detector of the manifest's <c>monitoring.labels</c> made of it. Exact to add.</summary>
public sealed record ErrorCounts
{
    /// <summary>Its name in the manifest, such as <c>hddm_a</c>.</summary>
    public required string Detector { get; init; }

    /// <summary>Labelled answers it saw.</summary>
    public required long Answers { get; init; }

    /// <summary>Of these, wrong ones; values are wrong beyond the manifest's tolerance.</summary>
    public required long Wrong { get; init; }

    /// <summary>How often it signalled that errors have become more.</summary>
    public long Signals { get; init; }

    /// <summary>When the label came at which it did first, UTC milliseconds; null where it did not.</summary>
    public long? FirstUnixMs { get; init; }

    /// <summary>Both together; null when they are of two detectors.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static ErrorCounts? TryAdd(ErrorCounts one, ErrorCounts other) => one.Detector != other.Detector ? null : one with
    {
        Answers = checked(one.Answers + other.Answers),
        Wrong = checked(one.Wrong + other.Wrong),
        Signals = checked(one.Signals + other.Signals),
        FirstUnixMs = one.FirstUnixMs is long first && other.FirstUnixMs is long second ? Math.Min(first, second) : one.FirstUnixMs ?? other.FirstUnixMs,
    };
}
