using System.Text.Json;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Statistics.Tests.Quality;

public sealed class MetricTests
{
    [Fact]
    public void Sampling_errors_are_those_that_nannyml_publishes()
    {
        JsonElement example = QualityFixture.Of("sampling");
        long[] counts = [.. example.GetProperty("confusion").EnumerateArray().Select(count => count.GetInt64())];
        ConfusionCounts reference = new(counts[0], counts[1], counts[2], counts[3]);
        Dictionary<string, SamplingError> errors = new()
        {
            ["accuracy"] = SamplingError.Accuracy(reference),
            ["precision"] = SamplingError.Precision(reference),
            ["recall"] = SamplingError.Recall(reference),
            ["specificity"] = SamplingError.Specificity(reference),
            ["f1"] = SamplingError.F1(reference),
        };

        Assert.All(errors, metric =>
        {
            double error = metric.Value.Of(example.GetProperty("samples").GetDouble());
            Assert.Equal(example.GetProperty("computed").Double(metric.Key), error, 1e-12);
            Assert.Equal(example.GetProperty("published").Double(metric.Key), Math.Round(error, 4));
        });
    }

    [Fact]
    public void The_sampling_error_of_the_area_from_64_bins_is_that_of_the_ranks()
    {
        JsonElement example = QualityFixture.Of("sampling");
        byte[] truth = Convert.FromHexString(example.GetProperty("truth").GetString()!);
        ScoreHistogram scores = new();
        for (int i = 0; i < 10_000; i++)
        {
            scores.Record(i / 9999.0, (truth[i / 8] & (0x80 >> (i % 8))) != 0);
        }

        double error = SamplingError.Auc(scores).Of(example.GetProperty("samples").GetDouble());

        Assert.Equal(example.GetProperty("computed").Double("auc"), error, 2e-5);
        Assert.Equal(example.GetProperty("published").Double("auc"), Math.Round(error, 4));
    }

    [Theory]
    [InlineData(0.5, 1, 0.5)]
    [InlineData(1, 3, 0.1)]
    [InlineData(2, 8, 0.1)]
    [InlineData(3, 1, 0.5)]
    public void The_area_under_the_curve_from_64_bins_lies_within_five_thousandths_of_the_exact_one(
        double separation, double sharpness, double prevalence)
    {
        Random random = new(1);
        List<(double Score, bool WasTrue)> answers = [];
        ScoreHistogram histogram = new();
        for (int i = 0; i < 4000; i++)
        {
            bool wasTrue = random.NextDouble() < prevalence;
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            double logit = sharpness * (normal + (wasTrue ? separation / 2 : -separation / 2));
            double score = 1 / (1 + Math.Exp(-logit));
            answers.Add((score, wasTrue));
            histogram.Record(score, wasTrue);
        }

        Assert.Equal(ExactAuc(answers), histogram.Auc, 0.005);
    }

    [Fact]
    public void A_metric_without_its_cases_is_not_a_number_and_never_0()
    {
        ConfusionCounts nobody = new(0, 0, 5, 0);

        Assert.Equal(1, nobody.Accuracy);
        Assert.Equal(1, nobody.Specificity);
        Assert.All(new[] { nobody.Precision, nobody.Recall, nobody.F1, new ScoreHistogram().Auc }, value => Assert.True(double.IsNaN(value)));
    }

    [Fact]
    public void Three_counts_a_label_hold_every_label_against_all_others()
    {
        LabelCounts counts = new(3);
        (int Said, int WasTrue)[] answers = [(0, 0), (0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (0, 2), (2, 2), (1, 1)];
        foreach ((int said, int wasTrue) in answers)
        {
            counts.Record(said, wasTrue);
        }

        for (int label = 0; label < 3; label++)
        {
            ConfusionCounts plain = default;
            foreach ((int said, int wasTrue) in answers)
            {
                plain = plain.With(said == label, wasTrue == label);
            }

            Assert.Equal(plain, counts.Of(label));
        }

        Assert.Equal(6.0 / 9, counts.Accuracy, 1e-15);
        Assert.Equal((counts.Of(0).F1 + counts.Of(1).F1 + counts.Of(2).F1) / 3, counts.MacroF1, 1e-15);
    }

    [Theory]
    [InlineData(new long[] { 1, 2 }, new long[] { 2, 1 }, new long[] { 2, 0 })]
    [InlineData(new long[] { 1, 2 }, new long[] { 2, 2 }, new long[] { 1, 1 })]
    [InlineData(new long[] { 1, -1 }, new long[] { 0, 0 }, new long[] { 0, -1 })]
    [InlineData(new long[] { 1 }, new long[] { 1 }, new long[] { 1 })]
    public void Counts_that_no_classifier_can_make_are_refused_whole(long[] wasTrue, long[] said, long[] right)
    {
        LabelCounts counts = new(2);
        counts.Record(0, 1);

        Assert.Throws<FormatException>(() => counts.Add(wasTrue, said, right));
        Assert.Equal((1, 1, 0), (counts.Total, counts.Said[0], counts.WasTrue[0]));
    }

    [Fact]
    public void The_expected_calibration_error_agrees_with_numpy()
    {
        JsonElement example = QualityFixture.Of("reliability");
        ReliabilityBins bins = new();
        foreach ((double confidence, JsonElement right) in example.Doubles("confidence").Zip(example.GetProperty("right").EnumerateArray()))
        {
            bins.Record(confidence, right.GetBoolean());
        }

        Assert.Equal(example.Double("expected_error"), bins.ExpectedError, 1e-7);
    }

    // The Mann-Whitney statistic over all pairs, by ranks; ties count half.
    private static double ExactAuc(List<(double Score, bool WasTrue)> answers)
    {
        double below = 0;
        double pairs = 0;
        foreach (IGrouping<double, (double Score, bool WasTrue)> tied in answers.GroupBy(answer => answer.Score).OrderBy(group => group.Key))
        {
            double negatives = tied.Count(answer => !answer.WasTrue);
            pairs += tied.Count(answer => answer.WasTrue) * (below + (negatives / 2));
            below += negatives;
        }

        return pairs / (below * (answers.Count - below));
    }
}
