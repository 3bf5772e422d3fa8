namespace EdgeRuntime.Statistics.Attribution;

/// <summary>
/// What a model says of a coalition: the players that are present keep the sample's value, the others have the baseline's. A
/// player is a feature, a channel or a region of a picture. All methods ask about all players first.
/// </summary>
/// <param name="present">Shape [players]; valid for the call alone.</param>
public delegate double CoalitionValue(ReadOnlySpan<bool> present);

/// <summary>How one answer of a model is divided among the players.</summary>
public enum AttributionMethod
{
    /// <summary>What is lost when one player is absent; see <see cref="Occlusion"/>.</summary>
    Occlusion,

    /// <summary>Shapley values over all coalitions; see <see cref="ExactShapley"/>.</summary>
    ExactShapley,

    /// <summary>Shapley values estimated over pairs of opposite orders; see <see cref="PermutationShapley"/>.</summary>
    PermutationShapley,
}

/// <summary>One answer of a model, divided among the players.</summary>
public sealed record Attributions
{
    /// <summary>How it was divided.</summary>
    public required AttributionMethod Method { get; init; }

    /// <summary>What each player adds to the answer, in the answer's unit; shape [players].</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>
    /// Standard error of each value, shape [players]; 0 where the values are exact, null where a single pair of orders says
    /// nothing about it.
    /// </summary>
    public IReadOnlyList<double>? StandardErrors { get; init; }

    /// <summary>The answer with all players present, f(x).</summary>
    public required double Whole { get; init; }

    /// <summary>The answer with none present, f(baseline).</summary>
    public required double Nothing { get; init; }

    /// <summary>How often the model was asked.</summary>
    public required int Evaluations { get; init; }

    /// <summary>
    /// By how much the values miss what they explain: their sum minus (f(x) - f(baseline)). Rounding alone for Shapley values;
    /// for occlusion it measures how much the players act together.
    /// </summary>
    public double CompletenessError
    {
        get
        {
            double sum = 0;
            foreach (double value in Values)
            {
                sum += value;
            }

            return sum - (Whole - Nothing);
        }
    }
}
