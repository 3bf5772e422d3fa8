namespace EdgeRuntime.Bench;

/// <summary>Lets competitors take turns in one run, so that a slow minute is slow for all of them.</summary>
internal static class Turns
{
    private const int WarmUpRounds = 2;

    /// <summary>Measures every competitor once a round, each round beginning with another.</summary>
    /// <returns>By competitor, then by round; the rounds that warm up are left out.</returns>
    public static T[][] Take<T>(IReadOnlyList<Competitor> all, int rounds, Func<Competitor, T> measure)
    {
        T[][] results = [.. all.Select(_ => new T[rounds])];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            for (int turn = 0; turn < all.Count; turn++)
            {
                int who = (turn + round + WarmUpRounds) % all.Count;
                T result = measure(all[who]);
                if (round >= 0)
                {
                    results[who][round] = result;
                }
            }
        }

        return results;
    }
}
