using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Statistics.Tests.Quality;

public sealed class EstimateTests
{
    [Fact]
    public void Pooling_agrees_with_the_max_min_formula_of_isotonic_regression() =>
        Assert.All(QualityFixture.Of("isotonic").EnumerateArray(), example => Assert.All(
            example.Doubles("fitted").Zip(IsotonicFit.Pool(example.Doubles("values"), example.Doubles("weights"))),
            pair => Assert.Equal(pair.First, pair.Second, 1e-12)));

    [Fact]
    public void A_table_of_an_overconfident_model_makes_its_scores_truthful_and_a_truthful_one_keeps_its_own()
    {
        (double[] scores, bool[] wasTrue) = Answers(20_000, sharpness: 3, seed: 3);

        CalibrationTable table = IsotonicFit.FitIfBetter(scores, wasTrue);
        (double[] fresh, bool[] freshTruth) = Answers(20_000, sharpness: 3, seed: 4);

        Assert.InRange(table.Scores.Length, 2, CalibrationTable.MostKnots);
        Assert.True(ErrorOf(fresh, freshTruth, score => score) > 0.1);
        Assert.True(ErrorOf(fresh, freshTruth, table.Of) < 0.015);

        bool[] chance = new bool[2000];
        Assert.Same(CalibrationTable.Identity, IsotonicFit.FitIfBetter(new double[2000], chance));
    }

    [Fact]
    public void Between_knots_a_table_is_straight_and_beyond_them_level()
    {
        CalibrationTable table = new([0.2, 0.6], [0.1, 0.5]);

        Assert.Equal((0.1, 0.1, 0.3, 0.5, 0.5), (table.Of(0), table.Of(0.2), Math.Round(table.Of(0.4), 12), table.Of(0.6), table.Of(1)));
        Assert.Throws<ArgumentException>(() => new CalibrationTable([0.2, 0.2], [0.1, 0.5]));
        Assert.Throws<ArgumentException>(() => new CalibrationTable([0.2, 0.3], [0.5, 0.1]));
        Assert.Throws<ArgumentException>(() => new CalibrationTable([double.NaN], [0.5]));
    }

    [Fact]
    public void Expected_counts_are_sums_of_probabilities_and_add_up_exactly()
    {
        (double Probability, bool Said)[] answers = [(0.9, true), (0.75, true), (0.25, false), (0.5, true), (0.1, false)];
        ExpectedScores whole = new();
        ExpectedScores merged = new();
        foreach ((double probability, bool said) in answers)
        {
            ExpectedScores single = new();
            single.Record(probability, said, said ? probability : 1 - probability);
            whole.Record(probability, said, said ? probability : 1 - probability);
            merged.Add(single.Counts, single.PartsByBin, single.Selected, single.SelectedParts, single.RightParts);
        }

        Assert.Equal(whole.PartsByBin.ToArray(), merged.PartsByBin.ToArray());
        Assert.Equal(whole.Confusion, merged.Confusion);
        Assert.Equal(2.15, merged.Confusion.TruePositives, 1e-6);
        Assert.Equal(0.85, merged.Confusion.FalsePositives, 1e-6);
        Assert.Equal(0.35, merged.Confusion.FalseNegatives, 1e-6);
        Assert.Equal(1.65, merged.Confusion.TrueNegatives, 1e-6);
        Assert.Equal((0.9 + 0.75 + 0.75 + 0.5 + 0.9) / 5, merged.Accuracy, 1e-6);
    }

    [Fact]
    public void Expected_scores_that_no_answers_can_make_are_refused_whole()
    {
        ExpectedScores sums = new();
        long[] counts = new long[ScoreBins.Count];
        long[] parts = new long[ScoreBins.Count];
        counts[5] = 2;
        parts[5] = Parts.One;

        Assert.Throws<FormatException>(() => sums.Add(counts, parts, 3, 0, 0));
        Assert.Throws<FormatException>(() => sums.Add(counts, parts, 0, 1, 0));
        Assert.Throws<FormatException>(() => sums.Add(counts, parts, 1, 0, 3 * Parts.One));
        Assert.Throws<FormatException>(() => sums.Add(counts, [.. parts.Select(part => part * 3)], 1, 0, 0));
        Assert.Throws<FormatException>(() => sums.Add(counts.AsSpan(1), parts, 1, 0, 0));
        Assert.Equal(0, sums.Total);

        sums.Add(counts, parts, 1, Parts.One / 2, Parts.One);
        Assert.Equal(2, sums.Total);
    }

    [Fact]
    public void The_expected_loss_of_a_window_rises_where_inputs_move_to_what_the_model_does_badly()
    {
        Random random = new(9);
        List<int[]> bins = [];
        List<double> losses = [];
        for (int row = 0; row < 5000; row++)
        {
            int first = random.Next(4);
            int second = random.Next(3);
            bins.Add([first, second]);
            losses.Add(1 + (first == 3 ? 2 : 0) + (second * 0.5) + (random.NextDouble() * 0.2));
        }

        AdditiveLoss loss = AdditiveLoss.Fit(bins, [5, 4], losses.ToArray(), shrinkage: 0);
        double Expected(long[] first, long[] second) => AdditiveLoss.Mean(
            loss.Parts(first.Sum()) + loss.Parts(0, first, 0) + loss.Parts(1, second, 0), first.Sum());

        Assert.Equal(losses.Average(), Expected(Shares(bins, 0, 4), Shares(bins, 1, 3)), 1e-9);
        Assert.Equal(1.1, Expected([10, 0, 0, 0], [10, 0, 0]), 0.02);
        Assert.Equal(4.1, Expected([0, 0, 0, 10], [0, 0, 10]), 0.02);
        Assert.Throws<ArgumentException>(() => loss.Parts(0, [1, 2], 0));
    }

    private static long[] Shares(List<int[]> bins, int feature, int count) =>
        [.. Enumerable.Range(0, count).Select(bin => (long)bins.Count(row => row[feature] == bin))];

    private static double ErrorOf(double[] scores, bool[] wasTrue, Func<double, double> probability)
    {
        ReliabilityBins bins = new();
        foreach ((double score, bool truth) in scores.Zip(wasTrue))
        {
            bins.Record(probability(score), truth);
        }

        return bins.ExpectedError;
    }

    // A model that is sharper than it is right: the true odds are the cube root of those it says.
    private static (double[] Scores, bool[] WasTrue) Answers(int count, double sharpness, int seed)
    {
        Random random = new(seed);
        double[] scores = new double[count];
        bool[] wasTrue = new bool[count];
        for (int i = 0; i < count; i++)
        {
            double logit = (random.NextDouble() - 0.5) * 4;
            scores[i] = 1 / (1 + Math.Exp(-sharpness * logit));
            wasTrue[i] = random.NextDouble() < 1 / (1 + Math.Exp(-logit));
        }

        return (scores, wasTrue);
    }
}
