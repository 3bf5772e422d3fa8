using EdgeRuntime.Statistics.Comparisons;
namespace EdgeRuntime.Statistics.Tests;

public sealed class PopulationStabilityTests
{
    private static readonly StabilityLimits Limits = new(Level: 0.05, MinEffect: 0, MinSample: 20);

    // numpy 1.24.2: p=(b+.5)/(b.sum()+2); q=(a+.5)/(a.sum()+2); ((p-q)*np.log(p/q)).sum()
    // with a=[100,40,10,0], b=[30,30,15,5].
    [Fact]
    public void The_index_agrees_with_numpy()
    {
        double index = PopulationStability.Index([100, 40, 10, 0], [30, 30, 15, 5]);

        Assert.Equal(0.5146332617446493, index, 1e-14);
        Assert.Equal(index, PopulationStability.Index([30, 30, 15, 5], [100, 40, 10, 0]), 1e-14);
    }

    // The same expression with the missing values as the last bin: a=[100,40,10,2], b=[30,30,15,9].
    [Fact]
    public void Missing_values_are_a_bin_of_their_own()
    {
        BinnedSample reference = new([100, 40, 10], missing: 2, effectiveSize: 152);
        BinnedSample current = new([30, 30, 15], missing: 9, effectiveSize: 84);

        Assert.Equal(0.4987254259788314, PopulationStability.Index(reference, current), 1e-14);
    }

    [Fact]
    public void A_bin_that_is_empty_on_both_sides_changes_nothing()
    {
        BinnedSample reference = new([100, 0, 40, 10, 0], 0, 150);
        BinnedSample current = new([30, 0, 30, 15, 5], 0, 80);

        StabilityVerdict verdict = PopulationStability.Judge(reference, current, Limits);

        Assert.Equal(0.5146332617446493, verdict.Index, 1e-14);
        Assert.Equal(4, verdict.Bins);
    }

    // chi2(9) is exceeded with probability 0.001 at 27.877 (NIST e-Handbook 1.3.6.7.4).
    [Fact]
    public void The_threshold_is_the_quantile_times_the_sum_of_the_inverse_sizes() =>
        Assert.Equal(27.877 * 0.0101, PopulationStability.Threshold(10, 10_000, 100, 0.001), 27.877 * 1e-5);

    [Theory]
    [InlineData(50, 10)]
    [InlineData(200, 10)]
    [InlineData(1_000, 10)]
    [InlineData(1_000, 32)]
    public void Without_drift_about_the_nominal_share_of_windows_alarms(int windowSize, int bins)
    {
        Random random = new(31);
        const int Windows = 4_000;
        int alarms = 0;
        for (int window = 0; window < Windows; window++)
        {
            long[] reference = Draw(random, 10_000, bins);
            long[] current = Draw(random, windowSize, bins);
            BinnedSample first = new(reference, 0, 10_000);
            BinnedSample second = new(current, 0, windowSize);
            alarms += PopulationStability.Judge(first, second, Limits).Drifted ? 1 : 0;
        }

        // Nominal 5 %; three standard errors are 1 %, and the chi-squared form itself is off by half a percent.
        Assert.InRange((double)alarms / Windows, 0.035, 0.065);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void Small_samples_and_rare_classes_alarm_less_than_nominal_and_not_more(int windowSize)
    {
        Random random = new(32);
        const int Windows = 20_000;
        double[] shares = [0.9, 0.09, 0.009, 0.001];
        StabilityLimits strict = new(Level: 0.001, MinEffect: 0, MinSample: 0);
        int alarms = 0;
        for (int window = 0; window < Windows; window++)
        {
            long[] current = new long[4];
            for (int i = 0; i < windowSize; i++)
            {
                double u = random.NextDouble();
                current[u < 0.9 ? 0 : u < 0.99 ? 1 : u < 0.999 ? 2 : 3]++;
            }

            BinnedSample reference = new([9_000, 900, 90, 10], 0, 10_000);
            alarms += PopulationStability.Judge(reference, new(current, 0, windowSize), strict).Drifted ? 1 : 0;
        }

        Assert.InRange((double)alarms / Windows, 0, 0.002);
    }

    [Theory]
    [InlineData(50, 32)]
    [InlineData(200, 32)]
    [InlineData(50, 10)]
    [InlineData(5_000, 10)]
    public void With_what_chance_makes_of_the_reference_windows_alarm_at_the_level_though_bins_have_few_values(int windowSize, int bins)
    {
        Random random = new(36);
        const int Windows = 4_000;
        long[] reference = [.. Enumerable.Repeat(10_000L / bins, bins)];
        StabilityChance chance = new(StabilityChance.Of(reference, StabilityChance.Sizes));
        int alarms = 0;
        for (int window = 0; window < Windows; window++)
        {
            // The reference's bins lie between its own quantiles, so that their shares are as uncertain as it is long.
            BinnedSample current = new(Foretold(random, reference, windowSize), 0, windowSize);
            alarms += PopulationStability.Judge(new(reference, 0, reference.Sum()), current, Limits, chance).Drifted ? 1 : 0;
        }

        Assert.InRange((double)alarms / Windows, 0.035, 0.065);
    }

    // numpy 1.24.2, default_rng(5): 100,000 windows of Dirichlet-multinomial counts; mean and variance by the chi-squared form, and skewness.
    [Theory]
    [InlineData(50, 32, 0.63288, 0.28591, 0.27104)]
    [InlineData(200, 10, 0.97781, 0.98226, 0.98104)]
    public void Moments_of_the_index_are_those_of_simulated_windows(int size, int bins, double mean, double variance, double skewness)
    {
        StabilityMoments moments = StabilityChance.Of(Enumerable.Repeat(320L, bins), [size])[0];

        Assert.Equal(1, moments.Mean / mean, 0.005);
        Assert.Equal(1, moments.Variance / variance, 0.02);
        Assert.Equal(skewness, moments.Skewness, 0.03);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(3_000)]
    [InlineData(20_000)]
    public void Between_and_beyond_the_sizes_that_were_worked_out_thresholds_are_as_good(int size)
    {
        long[] reference = [.. Enumerable.Range(0, 32).Select(bin => 100L + (10 * bin))];
        BinnedSample expected = new(reference, 0, reference.Sum());
        long[] counts = new long[32];
        counts[3] = size / 2;
        counts[20] = size - (size / 2);
        BinnedSample current = new(counts, 0, size);

        StabilityVerdict exact = PopulationStability.Judge(expected, current, Limits, new StabilityChance(StabilityChance.Of(reference, [size])));
        StabilityVerdict between = PopulationStability.Judge(
            expected, current, Limits, new StabilityChance(StabilityChance.Of(reference, StabilityChance.Sizes)));

        Assert.Equal(1, between.Threshold / exact.Threshold, 0.01);
    }

    // Windows of Student's distribution with two degrees of freedom, of which every third has values beyond all of its reference.
    [Fact]
    public void Windows_with_values_where_the_reference_had_none_alarm_at_the_level_at_most()
    {
        const int Windows = 2_000;
        Random random = new(37);
        int judged = 0;
        int alarms = 0;
        while (judged < Windows)
        {
            double[] values = [.. Enumerable.Range(0, 500).Select(_ => StudentOfTwo.Next(random))];
            BinCounter reference = new(QuantileEdges.Of(values, 10));
            BinCounter current = new(reference.Edges);
            Array.ForEach(values, reference.Record);
            for (int i = 0; i < 200; i++)
            {
                current.Record(StudentOfTwo.Next(random));
            }

            if (current.Counts[0] + current.Counts[^1] > 0)
            {
                StabilityChance chance = new(StabilityChance.Of(reference.Counts.ToArray(), [181, 256]));
                judged++;
                alarms += PopulationStability.Judge(new(reference.Counts, 0, 500), new(current.Counts, 0, 200), Limits, chance).Drifted ? 1 : 0;
            }
        }

        // Three standard errors of so many windows are 1.5 %. Read off as if these bins were like the others, it would be 7.2 %.
        Assert.InRange((double)alarms / Windows, 0.02, 0.065);
    }

    [Fact]
    public void Of_a_constant_there_is_nothing_that_chance_could_do()
    {
        Assert.Empty(StabilityChance.Of([0, 500, 0], StabilityChance.Sizes));
        Assert.Throws<ArgumentException>(() => new StabilityChance([]));
        Assert.Throws<ArgumentException>(() => new StabilityChance([new(64, 1, 1, 1, 1), new(64, 1, 1, 1, 1)]));
    }

    [Fact]
    public void A_shift_of_one_standard_deviation_alarms_in_every_window_of_two_hundred()
    {
        Random random = new(33);
        double[] edges = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816];
        BinCounter reference = new(edges);
        for (int i = 0; i < 10_000; i++)
        {
            reference.Record(Normal(random));
        }

        for (int window = 0; window < 100; window++)
        {
            BinCounter current = new(edges);
            for (int i = 0; i < 200; i++)
            {
                current.Record(Normal(random) + 1);
            }

            StabilityVerdict verdict = PopulationStability.Judge(
                new(reference.Counts, 0, 10_000), new(current.Counts, 0, 200), new(0.001, 0.25, 20));

            Assert.True(verdict.Drifted, $"window {window}: {verdict}");
            Assert.True(verdict.Ratio > 1);
            Assert.True(verdict.PValue < 1e-6);
        }
    }

    [Fact]
    public void Silence_of_the_sensor_is_drift()
    {
        BinnedSample reference = new([500, 500], 0, 1_000);
        BinnedSample current = new([50, 50], 100, 200);

        Assert.True(PopulationStability.Judge(reference, current, new(0.001, 0.25, 20)).Drifted);
    }

    [Fact]
    public void The_smallest_effect_holds_back_what_is_certain_but_small()
    {
        BinnedSample reference = new([500_000, 500_000], 0, 1_000_000);
        BinnedSample current = new([510_000, 490_000], 0, 1_000_000);

        StabilityVerdict verdict = PopulationStability.Judge(reference, current, new(0.001, 0.25, 20));

        Assert.True(verdict.PValue < 1e-30);
        Assert.Equal(0.25, verdict.Threshold);
        Assert.False(verdict.Drifted);
    }

    [Fact]
    public void With_too_few_samples_there_is_no_verdict_even_for_whoever_compares_index_and_threshold()
    {
        BinnedSample reference = new([9_999, 1], 0, 10_000);
        BinnedSample current = new([0, 500], 0, 19.9);

        StabilityVerdict verdict = PopulationStability.Judge(reference, current, new(0.05, 0.1, 20));

        Assert.False(verdict.Enough);
        Assert.False(verdict.Drifted);
        Assert.False(verdict.Index > verdict.Threshold);
    }

    [Fact]
    public void Repeated_neighbours_do_not_turn_into_evidence()
    {
        BinnedSample reference = new([5_000, 5_000], 0, 10_000);

        // The counts of 60 against 40, each observation repeated ten times.
        BinnedSample believed = new([600, 400], 0, 1_000);
        BinnedSample effective = new([600, 400], 0, 100);

        Assert.True(PopulationStability.Judge(reference, believed, new(0.01, 0, 20)).Drifted);
        Assert.False(PopulationStability.Judge(reference, effective, new(0.01, 0, 20)).Drifted);
    }

    [Fact]
    public void An_empty_window_has_index_nought_and_a_finite_threshold()
    {
        StabilityVerdict verdict = PopulationStability.Judge(new([0, 0], 0, 0), new([0, 0], 0, 0), Limits);

        Assert.Equal(0, verdict.Index);
        Assert.True(double.IsFinite(verdict.Threshold) && verdict.Threshold > 0);
        Assert.Equal(0, verdict.Ratio);
        Assert.Equal(1, verdict.PValue);
    }

    [Fact]
    public void Samples_on_different_bins_are_refused() =>
        Assert.Throws<ArgumentException>(() => PopulationStability.Index([1, 2], [1, 2, 3]));

    // scipy 1.10.1: stats.contingency.chi2_contingency([[100,40,10,0],[30,30,15,5]], correction=False,
    // lambda_='log-likelihood') gives 27.4908372983394, 4.645031715400412e-06, 3.
    [Fact]
    public void The_likelihood_ratio_test_agrees_with_scipy()
    {
        BinnedSample control = new([100, 40, 10, 0], 0, 150);
        BinnedSample canary = new([30, 30, 15, 5], 0, 80);

        GTestResult result = GTest.Compare(control, canary);

        Assert.Equal(27.4908372983394, result.Statistic, 1e-11);
        Assert.Equal(3, result.Degrees);
        Assert.Equal(4.645031715400412e-06, result.PValue, 1e-16);
    }

    [Fact]
    public void The_likelihood_ratio_test_scales_with_the_effective_size_and_says_nothing_of_nothing()
    {
        BinnedSample control = new([100, 40, 10, 0], 0, 75);
        BinnedSample canary = new([30, 30, 15, 5], 0, 40);

        Assert.Equal(27.4908372983394 / 2, GTest.Compare(control, canary).Statistic, 1e-11);
        Assert.Equal(new GTestResult(0, 0, 1), GTest.Compare(control, new([0, 0, 0, 0], 0, 0)));
    }

    [Fact]
    public void Judging_allocates_nothing()
    {
        long[] reference = [5_000, 5_000, 4_000];
        long[] current = [50, 60, 70];

        StabilityChance chance = new(StabilityChance.Of([.. reference, 1], StabilityChance.Sizes));

        long bytes = Allocated.By(() => PopulationStability.Judge(new(reference, 1, 900), new(current, 0, 90), Limits));
        long more = Allocated.By(() => PopulationStability.Judge(new(reference, 1, 900), new(current, 0, 90), Limits, chance));

        Assert.Equal((0, 0), (bytes, more));
    }

    // Polya's urn, in the likeness of a window that follows its reference.
    private static long[] Foretold(Random random, long[] reference, int size)
    {
        long[] urn = [.. reference];
        long[] counts = new long[urn.Length];
        long all = urn.Sum();
        for (int i = 0; i < size; i++, all++)
        {
            long at = random.NextInt64(all);
            int bin = 0;
            while (at >= urn[bin])
            {
                at -= urn[bin++];
            }

            urn[bin]++;
            counts[bin]++;
        }

        return counts;
    }

    private static long[] Draw(Random random, int size, int bins)
    {
        long[] counts = new long[bins];
        for (int i = 0; i < size; i++)
        {
            counts[random.Next(bins)]++;
        }

        return counts;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
