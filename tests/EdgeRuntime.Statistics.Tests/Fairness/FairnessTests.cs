using System.Text.Json;
using EdgeRuntime.Statistics.Fairness;
using EdgeRuntime.Statistics.Quality;
using EdgeRuntime.Statistics.Tests.Quality;

namespace EdgeRuntime.Statistics.Tests.Fairness;

public sealed class FairnessTests
{
    // Fairlearn's user guide, "Performing a Fairness Assessment": 18 rows, groups a, b and c, six digits.
    [Fact]
    public void Groups_differ_as_fairlearn_says()
    {
        JsonElement example = QualityFixture.Of("fairlearn");
        string of = example.GetProperty("group").GetString()!;
        double[] truth = example.Doubles("truth");
        double[] answer = example.Doubles("answer");
        ConfusionCounts[] groups = new ConfusionCounts[3];
        for (int i = 0; i < truth.Length; i++)
        {
            ref ConfusionCounts group = ref groups[of[i] - 'a'];
            group = group.With(answer[i] > 0, truth[i] > 0);
        }

        FairnessReport report = FairnessReport.Of(groups, leastTrials: 1, confidence: 0.95);

        AssertDisparity(example.GetProperty("tpr"), groups.Select(group => group.Recall), report.TruePositiveRate);
        AssertDisparity(example.GetProperty("fpr"), groups.Select(group => group.FalsePositiveRate), report.FalsePositiveRate);
        AssertDisparity(example.GetProperty("sel"), groups.Select(group => group.SelectionRate), report.Selection);
        Assert.Equal((1.0, 0.0), (report.EqualizedOddsDifference, report.EqualizedOddsRatio));
        Assert.False(report.KeepsFourFifths);
        Assert.False(report.BreaksFourFifthsCertainly, "eighteen rows are no proof");
    }

    [Fact]
    public void Inequality_of_single_cases_agrees_with_aif360s_definition() =>
        Assert.All(QualityFixture.Of("inequality").EnumerateArray(), example =>
        {
            long[] counts = [.. example.GetProperty("confusion").EnumerateArray().Select(count => count.GetInt64())];
            BenefitInequality found = BenefitInequality.Of(new ConfusionCounts(counts[0], counts[1], counts[2], counts[3]), 0.95);

            Assert.Equal(example.Double("entropy"), found.Entropy, 1e-12);
            Assert.Equal(example.Double("theil"), found.Theil, 1e-12);
        });

    [Fact]
    public void The_intervals_of_inequality_widen_with_what_a_share_moves_it()
    {
        ConfusionCounts counts = new(400, 100, 450, 50);
        BenefitInequality found = BenefitInequality.Of(counts, 0.95);

        // The delta method again, by differences of the indices themselves.
        (double entropy, double theil) = Deviations(counts);
        Assert.Equal(1.959964 * entropy, found.EntropyInterval.High - found.Entropy, 1e-5);
        Assert.Equal(1.959964 * theil, found.TheilInterval.High - found.Theil, 1e-5);
    }

    [Fact]
    public void A_group_with_too_few_cases_takes_no_part()
    {
        ConfusionCounts[] groups = [new(40, 10, 40, 10), new(30, 10, 50, 10), new(0, 3, 0, 0)];

        FairnessReport report = FairnessReport.Of(groups, leastTrials: 30, confidence: 0.95);

        Assert.Equal((2, 0, 1), (report.Selection.Groups, report.Selection.Highest, report.Selection.Lowest));
        Assert.Equal(0.1, report.Selection.Difference, 1e-12);
        Assert.True(double.IsNaN(FairnessReport.Of(groups.AsSpan(1), 30, 0.95).Selection.Difference));
        Assert.Null(FairnessReport.Of(groups.AsSpan(1), 30, 0.95).KeepsFourFifths);
    }

    [Fact]
    public void Ten_equal_groups_are_not_found_to_differ_more_often_than_the_level_says()
    {
        Random random = new(21);
        int alarms = 0;
        GroupShare[] shares = new GroupShare[10];
        for (int run = 0; run < 400; run++)
        {
            for (int group = 0; group < shares.Length; group++)
            {
                shares[group] = new GroupShare(Enumerable.Range(0, 200).Count(_ => random.NextDouble() < 0.3), 200);
            }

            alarms += Disparity.Of(shares, 30, 0.95).IsCertain ? 1 : 0;
        }

        Assert.InRange(alarms, 0, 30);
    }

    [Fact]
    public void Cells_of_intersections_know_their_values_and_those_who_tell_none()
    {
        GroupAxes axes = new([3, 2]);

        Assert.Equal(12, axes.Cells);
        HashSet<int> cells = [];
        for (int first = 0; first <= 3; first++)
        {
            for (int second = 0; second <= 2; second++)
            {
                int cell = axes.CellOf([first, second]);
                Assert.True(cells.Add(cell));
                Assert.Equal((first, second), (axes.ValueOf(cell, 0), axes.ValueOf(cell, 1)));
                Assert.Equal(first < 3 && second < 2, axes.IsKnown(cell));
                Assert.Equal(axes.CellOf([1, second]), axes.With(cell, 0, 1));
            }
        }

        Assert.Throws<ArgumentException>(() => new GroupAxes([15, 15, 2]));
        Assert.Throws<ArgumentException>(() => new GroupAxes([int.MaxValue, 3]));
        Assert.Throws<ArgumentException>(() => new GroupAxes([]));
    }

    private static void AssertDisparity(JsonElement expected, IEnumerable<double> groups, Disparity found)
    {
        Assert.Equal(expected.Doubles("groups"), groups.Select(rate => Math.Round(rate, 6)));
        Assert.Equal(expected.Double("difference"), found.Difference, 1e-6);
        Assert.Equal(expected.Double("ratio"), found.Ratio, 1e-6);
        Assert.Equal(expected.Double("to_overall"), found.DifferenceToOverall, 1e-6);
        Assert.Equal(expected.Double("ratio_to_overall"), found.RatioToOverall, 1e-6);
        Assert.InRange(found.Difference, found.DifferenceInterval.Low, found.DifferenceInterval.High);
        Assert.InRange(found.Ratio, found.RatioInterval.Low, found.RatioInterval.High);
    }

    private static (double Entropy, double Theil) Deviations(ConfusionCounts counts)
    {
        const long Step = 1000;
        double n = counts.Total;
        double given = counts.FalsePositives / n;
        double denied = counts.FalseNegatives / n;
        ConfusionCounts large = new(
            counts.TruePositives * Step, counts.FalsePositives * Step, counts.TrueNegatives * Step, counts.FalseNegatives * Step);
        BenefitInequality At(long more, long fewer) => BenefitInequality.Of(
            new ConfusionCounts(large.TruePositives - more - fewer, large.FalsePositives + more, large.TrueNegatives, large.FalseNegatives + fewer), 0.95);
        double unit = 2 / (n * Step);
        double Of(Func<BenefitInequality, double> index)
        {
            double byGiven = (index(At(1, 0)) - index(At(-1, 0))) / unit;
            double byDenied = (index(At(0, 1)) - index(At(0, -1))) / unit;
            return Math.Sqrt(((byGiven * byGiven * given * (1 - given)) + (byDenied * byDenied * denied * (1 - denied))
                - (2 * byGiven * byDenied * given * denied)) / n);
        }

        return (Of(found => found.Entropy), Of(found => found.Theil));
    }
}
