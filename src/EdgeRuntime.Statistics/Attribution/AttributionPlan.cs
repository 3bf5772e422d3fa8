namespace EdgeRuntime.Statistics.Attribution;

/// <summary>Which method divides an answer, and how often the model is asked for it; never more often than allowed.</summary>
/// <param name="Players">At least 1.</param>
/// <param name="Pairs">Of <see cref="AttributionMethod.PermutationShapley"/>: pairs of orders; else 0.</param>
public readonly record struct AttributionPlan(AttributionMethod Method, int Players, int Pairs)
{
    /// <summary>Players up to which all coalitions are tried where the budget allows it.</summary>
    public const int ExactPlayers = 10;

    /// <summary>Pairs of orders beyond which the values gain little.</summary>
    public const int MostPairs = 32;

    /// <summary>Evaluations that it takes.</summary>
    public int Cost => Method switch
    {
        AttributionMethod.ExactShapley => ExactShapley.Cost(Players),
        AttributionMethod.PermutationShapley => (int)PermutationShapley.Cost(Players, Pairs),
        _ => Occlusion.Cost(Players),
    };

    /// <summary>Evaluations without which there is no explanation.</summary>
    /// <param name="players">At least 1.</param>
    /// <param name="wanted">The method that must be taken; null for any.</param>
    public static int Least(int players, AttributionMethod? wanted) => wanted switch
    {
        AttributionMethod.ExactShapley => ExactShapley.Cost(Math.Min(players, ExactShapley.MostPlayers)),
        AttributionMethod.PermutationShapley => (int)PermutationShapley.Cost(players, 1),
        _ => Occlusion.Cost(players),
    };

    /// <summary>The best that a budget allows: exact Shapley values, else estimated ones, else occlusion.</summary>
    /// <param name="players">At least 1.</param>
    /// <param name="evaluations">Most evaluations.</param>
    /// <param name="wanted">The method that must be taken; null for the best.</param>
    /// <returns>Null where the budget is not enough.</returns>
    public static AttributionPlan? Within(int players, int evaluations, AttributionMethod? wanted = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        if (wanted is null or AttributionMethod.ExactShapley)
        {
            int most = wanted is null ? ExactPlayers : ExactShapley.MostPlayers;
            if (players <= most && ExactShapley.Cost(players) <= evaluations)
            {
                return new AttributionPlan(AttributionMethod.ExactShapley, players, 0);
            }
        }

        if (wanted is null or AttributionMethod.PermutationShapley && players > 1)
        {
            int pairs = Math.Min(PermutationShapley.PairsWithin(Math.Max(players, 2), evaluations), MostPairs);
            if (pairs > 0)
            {
                return new AttributionPlan(AttributionMethod.PermutationShapley, players, pairs);
            }
        }

        return wanted is null or AttributionMethod.Occlusion && Occlusion.Cost(players) <= evaluations
            ? new AttributionPlan(AttributionMethod.Occlusion, players, 0)
            : null;
    }

    /// <summary>Divides an answer.</summary>
    /// <param name="random">Draws the orders of <see cref="AttributionMethod.PermutationShapley"/>.</param>
    public Attributions Explain(CoalitionValue game, Random random) => Method switch
    {
        AttributionMethod.ExactShapley => ExactShapley.Explain(game, Players),
        AttributionMethod.PermutationShapley => PermutationShapley.Explain(game, Players, Pairs, random),
        _ => Occlusion.Explain(game, Players),
    };
}
