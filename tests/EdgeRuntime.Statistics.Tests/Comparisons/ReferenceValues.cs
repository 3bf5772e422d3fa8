using System.Text.Json;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Statistics.Tests.Comparisons;

/// <summary>One reference value of <c>Fixtures/comparisons.json</c>, and what this project makes of the same samples.</summary>
/// <param name="Reference">Which published case it belongs to, such as <c>R15</c>.</param>
/// <param name="What">The statistic; a number after it counts bins, and <c>p</c> means its p-value.</param>
/// <param name="Expected">The reference value.</param>
/// <param name="Actual">Ours.</param>
internal sealed record ReferenceValue(string Reference, string What, double Expected, double Actual)
{
    /// <summary>Relative deviation; absolute where 0 is expected.</summary>
    public double Deviation => Math.Abs(Actual - Expected) / (Expected == 0 ? 1 : Math.Abs(Expected));
}

/// <summary>Computes every case of the fixture.</summary>
internal static class ReferenceValues
{
    // What Frouros puts in place of nought in PSI, and adds to every share in Bhattacharyya's distance.
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Reads a fixture and computes its cases.</summary>
    public static IReadOnlyList<ReferenceValue> Of(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Dictionary<string, SortedSample> samples = [];
        foreach (JsonProperty sample in document.RootElement.GetProperty("samples").EnumerateObject())
        {
            samples.Add(sample.Name, Drawn(sample.Value));
        }

        List<ReferenceValue> values = [];
        foreach (JsonElement each in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            string what = each.GetProperty("what").GetString()!;
            double actual = each.TryGetProperty("counts", out JsonElement counts)
                ? OfCounts(what, Counts(counts[0]), Counts(counts[1]))
                : OfSamples(what, samples[each.GetProperty("first").GetString()!], samples[each.GetProperty("second").GetString()!]);
            values.Add(new(each.GetProperty("reference").GetString()!, what, each.GetProperty("value").GetDouble(), actual));
        }

        return values;
    }

    private static double OfSamples(string what, SortedSample first, SortedSample second) => what switch
    {
        "wasserstein" => SampleDistances.Wasserstein(first, second),
        "energy" => SampleDistances.Energy(first, second),
        "hellinger 20" => new EqualWidthHistograms(first, second, 20).Hellinger,
        "hellinger 10" => new EqualWidthHistograms(first, second, 10).Hellinger,
        "intersection 20" => new EqualWidthHistograms(first, second, 20).IntersectionComplement,
        "intersection 10" => new EqualWidthHistograms(first, second, 10).IntersectionComplement,
        "bhattacharyya 10" => new EqualWidthHistograms(first, second, 10).Bhattacharyya(Epsilon),
        "psi 20" => new EqualWidthHistograms(first, second, 20).Stability(SmallestNormal),
        "psi 10" => new EqualWidthHistograms(first, second, 10).Stability(SmallestNormal),
        "kolmogorov-smirnov" => KolmogorovSmirnovTest.Compare(first, second).Statistic,
        "kolmogorov-smirnov p" => KolmogorovSmirnovTest.Compare(first, second).PValue,
        "cramer-von mises" => RankTests.CramerVonMises(first, second).Statistic,
        "cramer-von mises p" => RankTests.CramerVonMises(first, second).PValue,
        "mann-whitney" => RankTests.MannWhitney(first, second).Statistic,
        "mann-whitney p" => RankTests.MannWhitney(first, second).PValue,
        "welch" => MeanTests.Welch(first, second).Statistic,
        "welch p" => MeanTests.Welch(first, second).PValue,
        "student p" => MeanTests.Student(first, second).PValue,
        "anderson-darling" => AndersonDarlingTest.Compare(first, second).Statistic,
        "anderson-darling p" => AndersonDarlingTest.Compare(first, second).PValue,
        "epps-singleton" => EppsSingletonTest.Compare(first, second).Statistic,
        "epps-singleton p" => EppsSingletonTest.Compare(first, second).PValue,
        _ => throw new ArgumentException($"there is no statistic '{what}' of samples"),
    };

    private static double OfCounts(string what, long[] first, long[] second) => what switch
    {
        "hellinger" => Compared(ComparisonMethod.Hellinger, first, second).Statistic,
        "jensen-shannon distance" => Compared(ComparisonMethod.JensenShannon, first, second).Effect,
        "l-infinity" => Compared(ComparisonMethod.LInfinity, first, second).Statistic,
        "fit chi-squared p" => GoodnessOfFit.ChiSquared(second, [.. first.Select(count => (double)count)]).PValue,
        "fit likelihood-ratio p" => GoodnessOfFit.LikelihoodRatio(second, [.. first.Select(count => (double)count)]).PValue,
        "fisher p" => FisherExactTest.PValue(first[0], first[1], second[0], second[1]),
        _ => throw new ArgumentException($"there is no statistic '{what}' of counts"),
    };

    private static ComparisonResult Compared(ComparisonMethod method, long[] first, long[] second) =>
        CountComparison.Compare(method, first, second, ComparedCells.Categories, ComparisonLimits.For(method));

    private static SortedSample Drawn(JsonElement sample)
    {
        if (sample.TryGetProperty("values", out JsonElement values))
        {
            return new SortedSample(
                [.. values.EnumerateArray().Zip(Counts(sample.GetProperty("counts")), (value, count) =>
                    Enumerable.Repeat(value.GetDouble(), (int)count)).SelectMany(each => each)]);
        }

        NumpyRandom random = new(sample.GetProperty("seed").GetUInt32());
        for (int skip = sample.GetProperty("skip").GetInt32(); skip > 0; skip--)
        {
            random.Normal();
        }

        double[] drawn = new double[sample.GetProperty("count").GetInt32()];
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = sample.GetProperty("mean").GetDouble() + (sample.GetProperty("sd").GetDouble() * random.Normal());
        }

        return new SortedSample(drawn);
    }

    private static long[] Counts(JsonElement counts) => [.. counts.EnumerateArray().Select(count => count.GetInt64())];
}
