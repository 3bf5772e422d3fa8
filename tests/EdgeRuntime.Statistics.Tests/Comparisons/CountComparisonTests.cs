using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Statistics.Tests.Comparisons;

public sealed class CountComparisonTests
{
    private static readonly ComparisonLimits Strict = new(Level: 0.05, MinEffect: 0, MinSample: 0);

    // numpy 1.24.2 and scipy 1.10.1, with q=[100,40,10,0]/150 and p=[30,30,15,5]/80:
    // jensenshannon(p, q, base=2)**2, sqrt(((sqrt(p)-sqrt(q))**2).sum()/2), abs(p-q).sum()/2, abs(p-q).max(), abs(cumsum(p-q)).max().
    // G and chi-squared after the last two cells were merged: chi2_contingency([[100,40,10],[30,30,20]], correction=False).
    [Theory]
    [InlineData(ComparisonMethod.PopulationStability, 0.5146332617446493)]
    [InlineData(ComparisonMethod.JensenShannon, 0.08931097048392124)]
    [InlineData(ComparisonMethod.Hellinger, 0.2682700786673247)]
    [InlineData(ComparisonMethod.TotalVariation, 0.29166666666666663)]
    [InlineData(ComparisonMethod.LInfinity, 0.29166666666666663)]
    [InlineData(ComparisonMethod.KolmogorovSmirnov, 0.29166666666666663)]
    [InlineData(ComparisonMethod.ChiSquared, 23.308913308913308)]
    [InlineData(ComparisonMethod.LikelihoodRatio, 22.950570551113454)]
    public void Statistics_agree_with_numpy_and_scipy(ComparisonMethod method, double expected)
    {
        ComparisonResult result = Compare(method, [100, 40, 10, 0], [30, 30, 15, 5]);

        Assert.Equal(expected, result.Statistic, 1e-12);
        Assert.InRange(result.PValue, 0, 2e-4);
        Assert.Equal((150, 80), (result.ReferenceSize, result.CurrentSize));
    }

    // scipy 1.10.1: x=rng.normal(size=12), y=rng.normal(1.5,1,9) of default_rng(5), and which of the sorted values are y's;
    // ks_2samp(x, y, method="exact").
    [Fact]
    public void Of_values_without_ties_the_largest_cumulated_difference_has_the_exact_distribution()
    {
        long[] current = [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1];
        long[] reference = [.. current.Select(count => 1 - count)];

        ComparisonResult result = Compare(ComparisonMethod.KolmogorovSmirnov, reference, current);

        Assert.Equal(0.5555555555555556, result.Statistic, 1e-15);
        Assert.Equal(0.06063348416289592, result.PValue, 1e-15);
    }

    [Theory]
    [InlineData(ComparisonMethod.KolmogorovSmirnov)]
    [InlineData(ComparisonMethod.LInfinity)]
    public void The_chance_of_a_largest_difference_is_that_of_all_ways_to_deal_the_counts(ComparisonMethod method)
    {
        long[] reference = [5, 1, 0, 4];
        long[] current = [1, 3, 2, 1];
        double observed = Compare(method, reference, current).Statistic;
        double all = 0;
        double larger = 0;
        for (int ways = 0; ways < 7 * 5 * 3 * 6; ways++)
        {
            long[] dealt = [ways % 7, ways / 7 % 5, ways / 35 % 3, ways / 105];
            if (dealt.Sum() != current.Sum())
            {
                continue;
            }

            long[] left = [6 - dealt[0], 4 - dealt[1], 2 - dealt[2], 5 - dealt[3]];
            double weight = Choose(6, dealt[0]) * Choose(4, dealt[1]) * Choose(2, dealt[2]) * Choose(5, dealt[3]);
            all += weight;
            larger += Compare(method, left, dealt).Statistic >= observed - 1e-12 ? weight : 0;
        }

        Assert.Equal(larger / all, Compare(method, reference, current).PValue, 1e-13);
    }

    [Theory]
    [InlineData(ComparisonMethod.PopulationStability, 32)]
    [InlineData(ComparisonMethod.JensenShannon, 32)]
    [InlineData(ComparisonMethod.LikelihoodRatio, 10)]
    [InlineData(ComparisonMethod.ChiSquared, 10)]
    [InlineData(ComparisonMethod.Hellinger, 10)]
    [InlineData(ComparisonMethod.TotalVariation, 32)]
    public void Fifty_values_alarm_at_the_level_though_most_cells_are_nearly_empty(ComparisonMethod method, int cells)
    {
        const int Windows = 2_000;
        Random random = new(31);
        int alarms = 0;
        for (int window = 0; window < Windows; window++)
        {
            alarms += Compare(method, Draw(random, 1_000, cells), Draw(random, 50, cells)).Significant ? 1 : 0;
        }

        // Nominal 5 %; three standard errors of so many windows are 1.5 %.
        Assert.InRange((double)alarms / Windows, 0.035, 0.065);
    }

    // A fresh reference for each window, cut at its own quantiles. Of the exponential and of Student's distribution windows have values beyond
    // all that the reference had. Nominal 5 %; three standard errors of so many windows are 1.5 %.
    [Theory]
    [InlineData(ComparisonMethod.PopulationStability, "uniform", 1_000, 50, 32)]
    [InlineData(ComparisonMethod.JensenShannon, "uniform", 1_000, 50, 32)]
    [InlineData(ComparisonMethod.LikelihoodRatio, "uniform", 1_000, 200, 32)]
    [InlineData(ComparisonMethod.ChiSquared, "exponential", 1_000, 200, 32)]
    [InlineData(ComparisonMethod.PopulationStability, "Student", 1_000, 500, 10)]
    [InlineData(ComparisonMethod.JensenShannon, "Student", 1_000, 500, 10)]
    public void Windows_alarm_at_the_level_between_quantiles_of_a_reference_of_a_thousand(
        ComparisonMethod method, string source, int size, int window, int bins)
    {
        const int Windows = 2_000;
        Random random = new(33);
        Func<double> draw = source switch
        {
            "uniform" => random.NextDouble,
            "exponential" => () => -Math.Log(1 - random.NextDouble()),
            _ => () => StudentOfTwo.Next(random),
        };
        int alarms = 0;
        for (int i = 0; i < Windows; i++)
        {
            double[] values = [.. Enumerable.Range(0, size).Select(_ => draw())];
            BinCounter reference = new(QuantileEdges.Of(values, bins));
            BinCounter current = new(reference.Edges);
            Array.ForEach(values, reference.Record);
            for (int j = 0; j < window; j++)
            {
                current.Record(draw());
            }

            alarms += CountComparison.Compare(method, reference.Counts, current.Counts, ComparedCells.OwnQuantiles, Strict).Significant ? 1 : 0;
        }

        Assert.InRange((double)alarms / Windows, 0.035, 0.065);
    }

    // numpy 1.24.2, default_rng(2026): 6,000,000 deals of the pooled counts by multivariate_hypergeometric; of these, so many have an index
    // as large or larger. One standard error is 2 %. Three moments alone make 0.90 and 0.95 of it.
    [Theory]
    [InlineData(
        new long[] { 201, 193, 198, 203, 204, 212, 205, 182, 198, 204 }, new long[] { 19, 27, 22, 17, 16, 8, 15, 38, 22, 16 },
        0.16671624089167397, 4.443e-4)]
    [InlineData(
        new long[]
        {
            59, 63, 63, 60, 65, 68, 56, 59, 59, 61, 59, 64, 69, 58, 65, 65, 66, 65, 67, 59, 62, 60, 66, 60, 65, 65, 62, 58, 63, 64, 61, 64,
        },
        new long[] { 10, 6, 6, 9, 4, 1, 13, 10, 10, 8, 10, 5, 0, 11, 4, 4, 3, 4, 2, 10, 7, 9, 3, 9, 3, 3, 6, 10, 5, 4, 7, 4 },
        0.3521481367914586, 4.160e-4)]
    public void What_chance_does_once_in_two_thousand_windows_has_that_p_value(
        long[] reference, long[] current, double index, double expected)
    {
        ComparisonResult result = Compare(ComparisonMethod.PopulationStability, reference, current);

        Assert.Equal(index, result.Statistic, 1e-12);
        Assert.InRange(result.PValue / expected, 0.93, 1.07);
    }

    [Fact]
    public void Threshold_and_p_value_say_the_same()
    {
        Random random = new(32);
        for (int window = 0; window < 200; window++)
        {
            ComparisonResult result = Compare(ComparisonMethod.PopulationStability, Draw(random, 500, 8), Draw(random, 60, 8));

            Assert.Equal(result.Statistic >= result.Threshold, result.PValue <= 0.05);
        }
    }

    [Fact]
    public void What_is_certain_but_small_is_significant_and_no_drift()
    {
        ComparisonLimits limits = ComparisonLimits.For(ComparisonMethod.PopulationStability);

        ComparisonResult result = CountComparison.Compare(
            ComparisonMethod.PopulationStability, [500_000, 500_000], [510_000, 490_000], ComparedCells.Bins, limits);

        Assert.True(result.Significant && result.PValue < 1e-30);
        Assert.False(result.Drifted);
    }

    [Fact]
    public void A_handful_of_values_is_no_drift_however_they_lie()
    {
        ComparisonLimits limits = ComparisonLimits.For(ComparisonMethod.KolmogorovSmirnov);

        ComparisonResult result = CountComparison.Compare(
            ComparisonMethod.KolmogorovSmirnov, [1_000, 0], [0, 49], ComparedCells.Bins, limits);

        Assert.True(result.Significant && result.Effect == 1);
        Assert.False(result.Enough || result.Drifted);
    }

    [Fact]
    public void Repeated_neighbours_do_not_turn_into_evidence()
    {
        foreach (ComparisonMethod method in CountComparison.Methods)
        {
            // The counts of 60 against 40, each observation repeated ten times.
            BinnedSample reference = new([5_000, 5_000], 0, 10_000);
            ComparisonResult believed = CountComparison.Compare(method, reference, new([600, 400], 0, 1_000), ComparedCells.Bins, Strict);
            ComparisonResult effective = CountComparison.Compare(method, reference, new([600, 400], 0, 100), ComparedCells.Bins, Strict);

            Assert.True(believed.PValue < 1e-5, $"{method}: {believed}");
            Assert.InRange(effective.PValue, 0.03, 0.07);
            Assert.Equal(believed.Statistic, effective.Statistic);
        }
    }

    [Fact]
    public void Missing_values_are_a_cell_of_their_own_but_lie_on_no_side()
    {
        BinnedSample reference = new([500, 500], 0, 1_000);
        BinnedSample current = new([50, 50], 100, 200);

        Assert.True(CountComparison.Compare(ComparisonMethod.ChiSquared, reference, current, ComparedCells.Bins, Strict).PValue < 1e-9);
        Assert.Equal(1, CountComparison.Compare(ComparisonMethod.KolmogorovSmirnov, reference, current, ComparedCells.Bins, Strict).PValue);
    }

    [Fact]
    public void Rare_categories_count_as_one_and_so_does_what_the_reference_never_had()
    {
        ComparisonResult result = CountComparison.Compare(
            ComparisonMethod.ChiSquared, [900, 2, 3, 95, 0], [85, 1, 1, 8, 5], ComparedCells.Categories, Strict);

        // Expected in a hundred: 90, 9.5 and for the rare ones together 0.5, which join the rarest that is not.
        Assert.Equal(2, result.Cells);
    }

    [Fact]
    public void The_effect_of_the_same_shares_does_not_depend_on_how_many_values_show_them()
    {
        double small = Compare(ComparisonMethod.ChiSquared, [5_000, 5_000], [700, 300]).Effect;
        double large = Compare(ComparisonMethod.ChiSquared, [5_000, 5_000], [70_000, 30_000]).Effect;

        Assert.InRange(small, 0.19, 0.21);
        Assert.InRange(large, 0.19, 0.21);
    }

    // Worked by hand after Bergsma, J. Korean Stat. Soc. 42 (2013): phi2 = 20/100 - 3/99, columns 4 - 9/99, rows 2 - 1/99.
    [Fact]
    public void Cramers_V_is_corrected_for_small_samples() =>
        Assert.Equal(Math.Sqrt((0.2 - (3.0 / 99)) / (1 - (1.0 / 99))), CramersV.Corrected(20, 100, 4), 1e-15);

    [Fact]
    public void An_empty_sample_is_neither_drift_nor_a_mistake()
    {
        foreach (ComparisonMethod method in CountComparison.Methods)
        {
            ComparisonResult result = Compare(method, [10, 20], [0, 0]);

            Assert.Equal((0, 1, false), (result.Statistic, result.PValue, result.Drifted));
        }
    }

    [Fact]
    public void Samples_on_other_cells_and_orders_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Compare(ComparisonMethod.Hellinger, [1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Compare(ComparisonMethod.Hellinger, [1, -2], [1, 2]));
        Assert.Throws<ArgumentException>(
            () => CountComparison.Compare(ComparisonMethod.KolmogorovSmirnov, [1, 2], [1, 2], ComparedCells.Categories, Strict));
    }

    private static ComparisonResult Compare(ComparisonMethod method, long[] reference, long[] current) =>
        CountComparison.Compare(method, reference, current, ComparedCells.Bins, Strict);

    private static double Choose(long n, long k)
    {
        double ways = 1;
        for (long i = 1; i <= k; i++)
        {
            ways = ways * (n - k + i) / i;
        }

        return ways;
    }

    private static long[] Draw(Random random, int size, int cells)
    {
        long[] counts = new long[cells];
        for (int i = 0; i < size; i++)
        {
            counts[random.Next(cells)]++;
        }

        return counts;
    }
}
