namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// What labels that came in a window said of answers, of this window and of earlier ones of the same package. Exact to add:
/// a fleet sums it over windows and devices.
/// </summary>
public sealed record QualityCounts
{
    /// <summary>Labels that came and could be read.</summary>
    public required long Received { get; init; }

    /// <summary>Of these, those that were joined with their answer.</summary>
    public required long Joined { get; init; }

    /// <summary>
    /// The others by cause: <c>duplicate</c> (it was labelled already), <c>too_late</c> (its answer is forgotten),
    /// <c>unknown</c> (there was no such answer), <c>other_boot</c> (of an earlier run of the program, whose answers are not
    /// kept), <c>other_package</c> (an earlier package answered), <c>unfit</c> (no truth that this model could have met).
    /// </summary>
    public IReadOnlyDictionary<string, long> Unjoined { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();

    /// <summary>
    /// Joined labels by how long after their sample they came: bin 0 below a second, bin i from 2^(i-1) to 2^i seconds.
    /// </summary>
    public required SparseCounts LagSeconds { get; init; }

    /// <summary>The model's answers against the truth.</summary>
    public required AnswerTally Model { get; init; }

    /// <summary>What the baseline said of the same samples; null without one.</summary>
    public AnswerTally? Baseline { get; init; }

    /// <summary>The label that <see cref="Positives"/> are of; null for values.</summary>
    public string? Positive { get; init; }

    /// <summary>Scores of what was the positive label, on 64 bins; null for values.</summary>
    public SparseCounts? Positives { get; init; }

    /// <summary>Scores of what was not; null for values.</summary>
    public SparseCounts? Negatives { get; init; }

    /// <summary>Whether the model is as often right as it is sure; null for values and reconstructions.</summary>
    public ReliabilityTally? Reliability { get; init; }

    /// <summary>What the estimate without labels said of the same answers; null where the reference has no calibration.</summary>
    public ExpectedTally? Expected { get; init; }

    /// <summary>What the estimate by where inputs lie said of the same answers; null where the reference has no expected loss.</summary>
    public LossTally? Loss { get; init; }

    /// <summary>The same answers as a stream of errors; null where nothing watches that.</summary>
    public ErrorCounts? Errors { get; init; }

    /// <summary>False where a sender left something out.</summary>
    public bool IsWhole() => Unjoined is not null && LagSeconds is not null && LagSeconds.IsWhole()
        && Model is not null && Model.IsWhole() && (Baseline?.IsWhole() ?? true)
        && (Positives?.IsWhole() ?? true) && (Negatives?.IsWhole() ?? true)
        && (Reliability?.IsWhole() ?? true) && (Expected?.IsWhole() ?? true) && (Loss is null || Loss.Kind is not null)
        && (Errors is null || Errors.Detector is not null);

    /// <summary>Both together.</summary>
    /// <returns>Null when they do not count the same things.</returns>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static QualityCounts? TryAdd(QualityCounts one, QualityCounts other)
    {
        if (!one.Model.IsLike(other.Model) || one.Positive != other.Positive || one.Baseline is null != other.Baseline is null
            || (one.Baseline is not null && !one.Baseline.IsLike(other.Baseline!))
            || one.Positives is null != other.Positives is null || one.Negatives is null != other.Negatives is null
            || one.Reliability is null != other.Reliability is null || one.Expected is null != other.Expected is null
            || one.Loss?.Kind != other.Loss?.Kind || one.Errors?.Detector != other.Errors?.Detector)
        {
            return null;
        }

        SortedDictionary<string, long> unjoined = new(one.Unjoined.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach ((string cause, long count) in other.Unjoined)
        {
            unjoined[cause] = checked(unjoined.GetValueOrDefault(cause) + count);
        }

        return one with
        {
            Received = checked(one.Received + other.Received),
            Joined = checked(one.Joined + other.Joined),
            Unjoined = unjoined,
            LagSeconds = one.LagSeconds + other.LagSeconds,
            Model = one.Model + other.Model,
            Baseline = one.Baseline is null ? null : one.Baseline + other.Baseline!,
            Positives = one.Positives is null ? null : one.Positives + other.Positives!,
            Negatives = one.Negatives is null ? null : one.Negatives + other.Negatives!,
            Reliability = one.Reliability is null ? null : one.Reliability + other.Reliability!,
            Expected = one.Expected is null ? null : one.Expected + other.Expected!,
            Loss = one.Loss is null ? null : LossTally.TryAdd(one.Loss, other.Loss!),
            Errors = one.Errors is null ? null : ErrorCounts.TryAdd(one.Errors, other.Errors!),
        };
    }
}

/// <summary>Confidence against right answers on fifteen equal bins.</summary>
public sealed record ReliabilityTally
{
    /// <summary>Answers by bin of the confidence.</summary>
    public required SparseCounts Answers { get; init; }

    /// <summary>Right answers by bin.</summary>
    public required SparseCounts Right { get; init; }

    /// <summary>Sums of the confidences by bin, in parts of 2^-24.</summary>
    public required SparseCounts Parts { get; init; }

    internal bool IsWhole() => Answers is not null && Answers.IsWhole() && Right is not null && Right.IsWhole()
        && Parts is not null && Parts.IsWhole();

    /// <summary>Both together.</summary>
    public static ReliabilityTally operator +(ReliabilityTally one, ReliabilityTally other) => new()
    {
        Answers = one.Answers + other.Answers,
        Right = one.Right + other.Right,
        Parts = one.Parts + other.Parts,
    };
}
