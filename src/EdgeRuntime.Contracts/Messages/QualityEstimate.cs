namespace EdgeRuntime.Contracts.Messages;

/// <summary>One metric of quality as it is expected without labels. It never decides alone: it knows nothing of a change in what is true.</summary>
public sealed record QualityEstimate
{
    /// <summary>
    /// <c>accuracy</c>, <c>f1</c> and <c>auc</c> by calibrated probabilities (CBPE); <c>error</c>, the share of wrong answers, and
    /// <c>absolute</c>, the mean magnitude of a value's error, by where the inputs lie (DLE).
    /// </summary>
    public required string Metric { get; init; }

    /// <summary>The estimate.</summary>
    public required double Value { get; init; }

    /// <summary>Lower end of the band that chance keeps it in; null where the reference does not say how right the model was.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end; null as <see cref="Low"/>.</summary>
    public double? High { get; init; }

    /// <summary>Answers that it is of.</summary>
    public required long Answers { get; init; }

    /// <summary>How it did for the answers whose labels came in this window; null where none came.</summary>
    public EstimateError? Labelled { get; init; }
}

/// <summary>An estimate held against the truth, on the same answers.</summary>
/// <param name="Answers">Labelled answers.</param>
/// <param name="Estimated">What was expected of them.</param>
/// <param name="Actual">What they came to.</param>
public sealed record EstimateError(long Answers, double Estimated, double Actual)
{
    /// <summary>How much too high the estimate was.</summary>
    public double Error => Estimated - Actual;
}
