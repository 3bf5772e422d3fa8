using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What the reference knows of how right the model is: what estimates of quality without labels are made from.</summary>
public sealed record QualityReference
{
    /// <summary>What the score of the positive label is worth as a probability; null for no estimate.</summary>
    public CalibrationKnots? Calibration { get; init; }

    /// <summary>
    /// What the best label's probability is worth as the probability that the answer is right; null where <see cref="Calibration"/>
    /// says it, as of two labels.
    /// </summary>
    public CalibrationKnots? Confidence { get; init; }

    /// <summary>What an answer is expected to cost by the bins of its features; null for no estimate.</summary>
    public ExpectedLoss? Loss { get; init; }

    /// <summary>How right the model was where the truth is known; null for estimates without a band.</summary>
    public MeasuredReference? Measured { get; init; }

    internal static QualityReference Read(JsonObjectReader quality) => new()
    {
        Calibration = quality.Object("calibration", CalibrationKnots.Read),
        Confidence = quality.Object("confidence", CalibrationKnots.Read),
        Loss = quality.Object("loss", ExpectedLoss.Read),
        Measured = quality.Object("measured", MeasuredReference.Read),
    };

    /// <summary>Notes losses whose bins are not the reference's.</summary>
    internal static void Check(JsonObjectReader root, ReferenceProfile profile)
    {
        foreach ((string feature, IReadOnlyList<double> amounts) in profile.Quality?.Loss?.Features ?? new Dictionary<string, IReadOnlyList<double>>())
        {
            ReferenceFeature? bins = profile.Features.FirstOrDefault(known => known.Name == feature);
            if (bins is null || amounts.Count != bins.Counts.Count + 1)
            {
                root.Mistake("quality", bins is null
                    ? $"the loss has a feature \"{feature}\" that the reference has not{Spelling.Hint(feature, profile.Features.Select(known => known.Name))}"
                    : $"the loss has {amounts.Count} amounts for \"{feature}\"; its bins and the one of missing values make {bins.Counts.Count + 1}");
            }
        }
    }
}

/// <summary>A table from scores to probabilities, straight between its knots and level beyond them.</summary>
public sealed record CalibrationKnots
{
    /// <summary>1 to 64, strictly ascending within 0 to 1. Required.</summary>
    public required IReadOnlyList<double> Scores { get; init; }

    /// <summary>As many, never falling within 0 to 1. Required.</summary>
    public required IReadOnlyList<double> Probabilities { get; init; }

    internal static CalibrationKnots Read(JsonObjectReader table)
    {
        const int MostKnots = 64;
        CalibrationKnots knots = new()
        {
            Scores = table.Doubles("scores", 1, MostKnots, 0, 1),
            Probabilities = table.Doubles("probabilities", 1, MostKnots, 0, 1),
        };
        if (knots.Scores.Count != knots.Probabilities.Count)
        {
            table.Mistake("probabilities", $"has {knots.Probabilities.Count} entries for {knots.Scores.Count} scores");
        }

        for (int i = 1; i < knots.Scores.Count; i++)
        {
            if (!(knots.Scores[i] > knots.Scores[i - 1]))
            {
                table.Mistake("scores", i, null, $"{knots.Scores[i]} is not above the one before, {knots.Scores[i - 1]}");
            }
        }

        for (int i = 1; i < knots.Probabilities.Count; i++)
        {
            if (knots.Probabilities[i] < knots.Probabilities[i - 1])
            {
                table.Mistake("probabilities", i, null, $"{knots.Probabilities[i]} is below the one before, {knots.Probabilities[i - 1]}");
            }
        }

        return knots;
    }
}

/// <summary>What an answer is expected to cost: a constant, and an amount for each bin of each feature.</summary>
public sealed record ExpectedLoss
{
    private const double Largest = 1e12;

    /// <summary><c>error</c>: 1 for a wrong answer. <c>absolute</c>: the magnitude of a regression's error. Required.</summary>
    public required string Kind { get; init; }

    /// <summary>Mean over the reference. Required.</summary>
    public required double Constant { get; init; }

    /// <summary>By feature of the reference: an amount for each of its bins, and last that of missing values. Required.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Features { get; init; }

    internal static ExpectedLoss Read(JsonObjectReader loss) => new()
    {
        Kind = loss.RequiredChoice("kind", ["error", "absolute"]),
        Constant = loss.RequiredDouble("constant", -Largest, Largest),
        Features = loss.Map("features", (features, name) => features.Doubles(name, 3, 65, -Largest, Largest)),
    };
}
