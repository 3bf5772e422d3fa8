namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// What a score is worth as a probability: a table of at most 64 knots, straight between them and level beyond, that never
/// falls. It travels in a package's <c>reference.json</c>.
/// </summary>
public sealed class CalibrationTable
{
    /// <summary>Knots at most.</summary>
    public const int MostKnots = 64;

    private readonly double[] _scores;
    private readonly double[] _probabilities;

    /// <summary>Creates a table.</summary>
    /// <param name="scores">1 to 64, strictly ascending within 0 to 1; copied.</param>
    /// <param name="probabilities">The same shape, never falling within 0 to 1; copied.</param>
    /// <exception cref="ArgumentException">They are not as said; the message says why.</exception>
    public CalibrationTable(IReadOnlyList<double> scores, IReadOnlyList<double> probabilities)
    {
        if (Mistake(scores, probabilities) is string mistake)
        {
            throw new ArgumentException(mistake);
        }

        _scores = [.. scores];
        _probabilities = [.. probabilities];
    }

    /// <summary>The table of a model whose scores are probabilities already.</summary>
    public static CalibrationTable Identity { get; } = new([0, 1], [0, 1]);

    /// <summary>The knots' scores, ascending.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>The knots' probabilities, never falling.</summary>
    public ReadOnlySpan<double> Probabilities => _probabilities;

    /// <summary>The probability that a score stands for, 0 to 1. Allocates nothing.</summary>
    /// <param name="score">Finite.</param>
    public double Of(double score)
    {
        int above = BinCounter.BinOf(_scores, score);
        if (above == 0)
        {
            return _probabilities[0];
        }

        if (above == _scores.Length)
        {
            return _probabilities[^1];
        }

        double share = (score - _scores[above - 1]) / (_scores[above] - _scores[above - 1]);
        return _probabilities[above - 1] + (share * (_probabilities[above] - _probabilities[above - 1]));
    }

    /// <summary>Why these knots are no table, as a sentence; null when they are one.</summary>
    public static string? Mistake(IReadOnlyList<double> scores, IReadOnlyList<double> probabilities)
    {
        if (scores.Count is < 1 or > MostKnots || probabilities.Count != scores.Count)
        {
            return $"a calibration has 1 to {MostKnots} scores and as many probabilities, not {scores.Count} and {probabilities.Count}";
        }

        for (int i = 0; i < scores.Count; i++)
        {
            if (!(scores[i] is >= 0 and <= 1) || !(probabilities[i] is >= 0 and <= 1))
            {
                return $"knot {i} ({scores[i]}, {probabilities[i]}) is not within 0 to 1";
            }

            if (i > 0 && (!(scores[i] > scores[i - 1]) || probabilities[i] < probabilities[i - 1]))
            {
                return $"knot {i} ({scores[i]}, {probabilities[i]}) does not rise from the one before ({scores[i - 1]}, {probabilities[i - 1]})";
            }
        }

        return null;
    }
}
