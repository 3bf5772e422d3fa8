namespace EdgeRuntime.Statistics.Attribution;

/// <summary>
/// Attribution by leaving one player out: <c>f(x) - f(x with the player at its baseline)</c> (M. Zeiler and R. Fergus, ECCV 2014;
/// Captum's feature ablation). The cheapest method, exact for additive models.
/// </summary>
public static class Occlusion
{
    /// <summary>Evaluations it takes: each player left out, f(x) and f(baseline).</summary>
    public static int Cost(int players) => players + 2;

    /// <summary>Divides an answer.</summary>
    /// <param name="players">At least 1.</param>
    public static Attributions Explain(CoalitionValue game, int players)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        bool[] present = new bool[players];
        Array.Fill(present, true);
        double whole = game(present);
        double nothing = game(new bool[players]);
        double[] values = new double[players];
        for (int i = 0; i < players; i++)
        {
            present[i] = false;
            values[i] = whole - game(present);
            present[i] = true;
        }

        return new Attributions
        {
            Method = AttributionMethod.Occlusion,
            Values = values,
            StandardErrors = new double[players],
            Whole = whole,
            Nothing = nothing,
            Evaluations = Cost(players),
        };
    }
}
