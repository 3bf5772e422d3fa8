namespace EdgeRuntime.Statistics.Attribution;

/// <summary>Whether a model listens to other features than it did where it was made.</summary>
public static class AttributionDrift
{
    /// <summary>Below it the order of the features has changed for practical purposes (Amazon SageMaker Clarify's default).</summary>
    public const double LeastNdcg = 0.9;

    /// <summary>Answers on either side below which nothing is judged.</summary>
    public const long SmallestSample = 30;

    /// <summary>
    /// Normalized discounted cumulative gain of the live order of the features, the reference's mean |value| being the gain:
    /// <c>sum a(live rank i) / log2(i + 1)</c> over the same for the reference's own order (K. Järvelin and J. Kekäläinen, ACM TOIS
    /// 20 (2002); used so by Amazon SageMaker Clarify).
    /// </summary>
    /// <param name="reference">Mean |value| of each player; shape [players].</param>
    /// <param name="live">The same of the live answers.</param>
    /// <returns>0 to 1; 1 where the orders agree, and where the reference knows of no gain.</returns>
    public static double Ndcg(ReadOnlySpan<double> reference, ReadOnlySpan<double> live)
    {
        if (reference.Length != live.Length)
        {
            throw new ArgumentException($"the reference has {reference.Length} players and the live answers {live.Length}");
        }

        double ideal = Gain(reference, Ranked(reference));
        return ideal > 0 ? Gain(reference, Ranked(live)) / ideal : 1;
    }

    /// <summary>Compares live answers with the reference.</summary>
    /// <param name="level">Of the test; 0 exclusive to 1.</param>
    /// <exception cref="ArgumentException">They count different players.</exception>
    public static AttributionVerdict Compare(AttributionCounters reference, AttributionCounters live, double level)
    {
        double ndcg = Ndcg(reference.Means(), live.Means());
        GTestResult tops = GTest.Compare(
            new BinnedSample(reference.Tops, 0, reference.Samples), new BinnedSample(live.Tops, 0, live.Samples));
        bool isJudged = reference.Samples >= SmallestSample && live.Samples >= SmallestSample;
        return new AttributionVerdict(ndcg, tops, isJudged && ndcg < LeastNdcg && tops.PValue < level);
    }

    private static double Gain(ReadOnlySpan<double> gains, int[] order)
    {
        double sum = 0;
        for (int i = 0; i < order.Length; i++)
        {
            sum += gains[order[i]] / Math.Log2(i + 2);
        }

        return sum;
    }

    // Of equals the first comes first, on every machine.
    private static int[] Ranked(ReadOnlySpan<double> values)
    {
        double[] keys = values.ToArray();
        return [.. Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]).ThenBy(i => i)];
    }
}

/// <summary>What a comparison of attributions came to.</summary>
/// <param name="Ndcg">Agreement of the two orders of the features, 0 to 1.</param>
/// <param name="Tops">Test that the feature that mattered most is drawn alike on both sides.</param>
/// <param name="Drifted">Both say so, and there were enough answers: significance alone never alarms.</param>
public readonly record struct AttributionVerdict(double Ndcg, GTestResult Tops, bool Drifted);
