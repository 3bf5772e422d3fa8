namespace EdgeRuntime.Statistics.Attribution;

/// <summary>
/// Shapley values over all coalitions: <c>sum over S without i of |S|! (n - |S| - 1)! / n! (v(S with i) - v(S))</c>
/// (L. Shapley, A value for n-person games, 1953).
/// </summary>
public static class ExactShapley
{
    /// <summary>Most players: 65,536 coalitions.</summary>
    public const int MostPlayers = 16;

    /// <summary>Evaluations it takes: one for each coalition.</summary>
    /// <param name="players">1 to <see cref="MostPlayers"/>.</param>
    public static int Cost(int players) => 1 << players;

    /// <summary>Divides an answer.</summary>
    /// <param name="players">1 to <see cref="MostPlayers"/>.</param>
    public static Attributions Explain(CoalitionValue game, int players)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(players, MostPlayers);
        double[] worth = Worth(game, players);
        double[] weights = Weights(players);
        double[] values = new double[players];
        for (int player = 0; player < players; player++)
        {
            int bit = 1 << player;
            for (int coalition = 0; coalition < worth.Length; coalition++)
            {
                if ((coalition & bit) == 0)
                {
                    double added = worth[coalition | bit] - worth[coalition];
                    values[player] += weights[System.Numerics.BitOperations.PopCount((uint)coalition)] * added;
                }
            }
        }

        return new Attributions
        {
            Method = AttributionMethod.ExactShapley,
            Values = values,
            StandardErrors = new double[players],
            Whole = worth[^1],
            Nothing = worth[0],
            Evaluations = worth.Length,
        };
    }

    // By the coalition's bits: bit i is set where player i is present.
    private static double[] Worth(CoalitionValue game, int players)
    {
        double[] worth = new double[Cost(players)];
        bool[] present = new bool[players];
        for (int coalition = worth.Length - 1; coalition >= 0; coalition--)
        {
            for (int player = 0; player < players; player++)
            {
                present[player] = (coalition & (1 << player)) != 0;
            }

            worth[coalition] = game(present);
        }

        return worth;
    }

    // |S|! (n - |S| - 1)! / n! is 1 / (n C(n - 1, |S|)), by the size of the coalition; the binomials are exact in double.
    private static double[] Weights(int players)
    {
        double[] weights = new double[players];
        double binomial = 1;
        for (int size = 0; size < players; size++)
        {
            weights[size] = 1 / (players * binomial);
            binomial = binomial * (players - 1 - size) / (size + 1);
        }

        return weights;
    }
}
