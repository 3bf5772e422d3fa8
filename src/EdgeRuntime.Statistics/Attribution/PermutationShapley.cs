namespace EdgeRuntime.Statistics.Attribution;

/// <summary>
/// Shapley values estimated over random orders, each followed by its reverse: a player's value is the mean of what it adds when
/// the players come in one by one (J. Castro et al., Computers and Operations Research 36 (2009); antithetic pairs as in R. Mitchell
/// et al., JMLR 23 (2022)). One pair is exact for models without interactions of more than two players.
/// </summary>
/// <remarks>
/// Each order goes from f(baseline) to f(x), so its contributions sum to the difference: the completeness error is that of rounding,
/// however few orders there are.
/// </remarks>
public static class PermutationShapley
{
    /// <summary>Evaluations that so many pairs of orders take; f(x) and f(baseline) are asked once.</summary>
    public static long Cost(int players, int pairs) => 2 + (2L * pairs * (players - 1));

    /// <summary>Pairs that a budget is enough for; 0 for none.</summary>
    /// <param name="players">At least 2.</param>
    /// <param name="evaluations">Most evaluations.</param>
    public static int PairsWithin(int players, int evaluations) => Math.Max(0, (evaluations - 2) / (2 * (players - 1)));

    /// <summary>Divides an answer.</summary>
    /// <param name="players">At least 2.</param>
    /// <param name="pairs">Pairs of orders; at least 1.</param>
    /// <param name="random">Draws the orders.</param>
    public static Attributions Explain(CoalitionValue game, int players, int pairs, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        bool[] present = new bool[players];
        Array.Fill(present, true);
        double whole = game(present);
        Array.Clear(present);
        double nothing = game(present);
        int[] order = [.. Enumerable.Range(0, players)];
        double[] means = new double[players];
        double[] squares = new double[players];
        double[] pair = new double[players];
        for (int n = 1; n <= pairs; n++)
        {
            random.Shuffle(order);
            Array.Clear(pair);
            Walk(game, order, nothing, whole, present, pair);
            Array.Reverse(order);
            Walk(game, order, nothing, whole, present, pair);
            for (int i = 0; i < players; i++)
            {
                // Welford's recurrence: the squares of large answers would swallow a small spread.
                double value = pair[i] / 2;
                double difference = value - means[i];
                means[i] += difference / n;
                squares[i] += difference * (value - means[i]);
            }
        }

        return new Attributions
        {
            Method = AttributionMethod.PermutationShapley,
            Values = means,
            StandardErrors = pairs == 1 ? null : [.. squares.Select(square => Math.Sqrt(square / (pairs - 1) / pairs))],
            Whole = whole,
            Nothing = nothing,
            Evaluations = (int)Cost(players, pairs),
        };
    }

    private static void Walk(CoalitionValue game, int[] order, double nothing, double whole, bool[] present, double[] pair)
    {
        Array.Clear(present);
        double before = nothing;
        for (int i = 0; i < order.Length; i++)
        {
            present[order[i]] = true;
            double after = i == order.Length - 1 ? whole : game(present);
            pair[order[i]] += after - before;
            before = after;
        }
    }
}
