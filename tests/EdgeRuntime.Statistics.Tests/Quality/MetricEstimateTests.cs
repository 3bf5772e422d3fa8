using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Statistics.Tests.Quality;

public sealed class MetricEstimateTests
{
    [Fact]
    public void The_bands_of_independent_answers_hold_what_was_true_and_are_no_wider_than_that_needs()
    {
        Random random = new(11);
        MeasuredQuality measured = MeasuredOf(Draw(random, 20_000));
        int[] inside = new int[3];
        double[] widths = new double[3];
        const int Windows = 400;
        for (int window = 0; window < Windows; window++)
        {
            (double Probability, bool WasTrue)[] answers = Draw(random, 500);
            ExpectedScores expected = new();
            ScoreHistogram scores = new();
            ConfusionCounts actual = default;
            foreach ((double probability, bool wasTrue) in answers)
            {
                bool said = probability >= 0.5;
                expected.Record(probability, said, said ? probability : 1 - probability);
                scores.Record(probability, wasTrue);
                actual = actual.With(said, wasTrue);
            }

            double[] truths = [actual.Accuracy, actual.F1, scores.Auc];
            MetricEstimate[] estimates = [.. MetricEstimate.Of(expected, measured)];
            Assert.Equal([MetricEstimate.Accuracy, MetricEstimate.F1, MetricEstimate.Auc], estimates.Select(estimate => estimate.Metric));
            for (int i = 0; i < estimates.Length; i++)
            {
                inside[i] += estimates[i].Low <= truths[i] && truths[i] <= estimates[i].High ? 1 : 0;
                widths[i] += (estimates[i].High - estimates[i].Low) / Windows;
            }
        }

        // Three standard errors hold 99.7 of a hundred; that of F1 is an approximation, and that of the AUC, as NannyML has it, leaves
        // out what the commoner side adds.
        Assert.All(inside[..2], count => Assert.InRange(count, 0.98 * Windows, Windows));
        Assert.InRange(inside[2], 0.95 * Windows, Windows);
        Assert.All(widths, width => Assert.InRange(width, 0.05, 0.25));
    }

    [Fact]
    public void Answers_that_are_wrong_together_count_as_the_few_that_are_independent()
    {
        Random random = new(3);
        double[] errors = new double[50_000];
        double[] alone = new double[errors.Length];
        for (int i = 1; i < errors.Length; i++)
        {
            // A first-order chain: neighbours correlate by 0.8.
            errors[i] = random.NextDouble() < 0.8 ? errors[i - 1] : random.NextDouble() < 0.3 ? 1 : 0;
            alone[i] = random.NextDouble() < 0.3 ? 1 : 0;
        }

        Assert.InRange(MeasuredQuality.ShareOf(errors, new HashSet<int>()), 0.10, 0.125);
        Assert.InRange(MeasuredQuality.ShareOf(alone, new HashSet<int>()), 0.95, 1);
        Assert.Equal(1, MeasuredQuality.ShareOf([], new HashSet<int>()));

        MeasuredQuality measured = new() { Confusion = new ConfusionCounts(40, 10, 40, 10), Right = 80, EffectiveShare = 0.25 };
        MetricEstimate whole = MetricEstimate.Of(MetricEstimate.Error, AdditiveLoss.Fixed(0.2 * 400), 400, measured with { EffectiveShare = 1 })!.Value;
        MetricEstimate few = MetricEstimate.Of(MetricEstimate.Error, AdditiveLoss.Fixed(0.2 * 400), 400, measured)!.Value;

        // 3 * 0.4 / sqrt(400), and half as many standard errors where a quarter of the answers counts.
        Assert.Equal(0.06, whole.High - whole.Value, 1e-9);
        Assert.Equal(0.12, few.High - few.Value, 1e-9);
    }

    [Fact]
    public void Without_a_reference_an_estimate_has_no_band_and_without_answers_there_is_none()
    {
        ExpectedScores expected = new();
        Assert.Empty(MetricEstimate.Of(expected, null));
        Assert.Null(MetricEstimate.Of(MetricEstimate.Absolute, 0, 0, null));

        expected.Record(0.75, said: true, right: 0.75);
        MetricEstimate[] estimates = [.. MetricEstimate.Of(expected, null)];

        Assert.Equal(0.75, estimates[0].Value, 1e-6);
        Assert.All(estimates, estimate => Assert.True(double.IsNaN(estimate.Low) && double.IsNaN(estimate.High)));
    }

    // Scores that are as often right as they say.
    private static (double Probability, bool WasTrue)[] Draw(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            double score = 1 / (1 + Math.Exp(-4 * (random.NextDouble() + random.NextDouble() - 1)));
            return (score, random.NextDouble() < score);
        }),
    ];

    private static MeasuredQuality MeasuredOf((double Probability, bool WasTrue)[] answers)
    {
        ScoreHistogram scores = new();
        ConfusionCounts counts = default;
        foreach ((double probability, bool wasTrue) in answers)
        {
            scores.Record(probability, wasTrue);
            counts = counts.With(probability >= 0.5, wasTrue);
        }

        return new MeasuredQuality { Confusion = counts, Right = counts.TruePositives + counts.TrueNegatives, Auc = SamplingError.Auc(scores) };
    }
}
