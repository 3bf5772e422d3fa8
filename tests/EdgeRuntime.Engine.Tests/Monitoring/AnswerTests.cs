using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Tests.Sampling;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class AnswerTests
{
    [Fact]
    public void A_ledger_tells_answers_that_were_forgotten_from_those_that_never_were()
    {
        AnswerLedger ledger = new(4);
        foreach (long n in (long[])[10, 11, 13, 14, 15])
        {
            ledger.Write(n, Answer(n));
        }

        Assert.Equal(AnswerFound.BeforeThis, ledger.Find(9, out _));
        Assert.Equal(AnswerFound.Forgotten, ledger.Find(10, out _));
        Assert.Equal(AnswerFound.Never, ledger.Find(12, out _));
        Assert.Equal(AnswerFound.Yes, ledger.Find(13, out KnownAnswer found));
        Assert.Equal(Answer(13), found);
        Assert.All(new[] { 16, long.MaxValue, 0, -4 }, n => Assert.Equal(AnswerFound.Never, ledger.Find(n, out _)));
    }

    [Fact]
    public void What_is_read_while_it_is_overwritten_is_never_half_an_answer()
    {
        AnswerLedger ledger = new(8);
        long written = 0;
        Thread writer = new(() =>
        {
            for (long n = 1; n <= 300_000; n++)
            {
                ledger.Write(n, Answer(n));
                Volatile.Write(ref written, n);
            }
        });
        writer.Start();
        long last = 0;
        while (last < 300_000)
        {
            last = Volatile.Read(ref written);
            for (long n = Math.Max(1, last - 8); n <= last; n++)
            {
                if (ledger.Find(n, out KnownAnswer found) == AnswerFound.Yes)
                {
                    Assert.Equal(Answer(n), found);
                }
            }
        }

        writer.Join();
    }

    [Theory]
    [InlineData("majority", 0, 0)]
    [InlineData("threshold", 0, 1)]
    public void A_baseline_answers_from_the_sample_alone(string kind, double low, double high)
    {
        BaselineRule rule = new(
            new BaselineSpec { Kind = kind, Label = "idle", Feature = kind == "threshold" ? "y" : null, At = kind == "threshold" ? 2 : null, Above = "busy", Below = "idle" },
            ["idle", "busy"], ["x", "y"]);

        Assert.Equal(low, rule.Answer([9, 1]));
        Assert.Equal(high, rule.Answer([0, 2]));
        Assert.Equal(kind == "majority" ? 0 : double.NaN, rule.Answer([0, double.NaN]));
    }

    [Fact]
    public void A_baseline_of_the_last_value_repeats_the_feature_or_the_newest_truth()
    {
        BaselineRule value = new(new BaselineSpec { Kind = "last", Feature = "y" }, [], ["x", "y"]);
        BaselineRule label = new(new BaselineSpec { Kind = "last" }, ["idle", "busy"], ["x", "y"]);

        Assert.Equal(3.5, value.Answer([1, 3.5]));
        Assert.Equal(double.NaN, label.Answer([1, 3.5]));
        label.Know(1);
        Assert.Equal(1, label.Answer([1, 3.5]));
    }

    [Fact]
    public void Groups_are_told_by_cuts_by_categories_and_by_fields_of_labels()
    {
        GroupReading reading = new(
            [
                new GroupSpec { Name = "age", Feature = "age", Cuts = [18, 65], Values = ["young", "adult", "old"] },
                new GroupSpec { Name = "kind", Feature = "kind", Values = ["cat", "7"] },
                new GroupSpec { Name = "shift", Field = "shift", Values = ["day", "night"] },
            ],
            ["kind", "age"]);

        int cell = reading.CellOf([CategoryCode.Of("cat"), 18]);
        int unknown = reading.CellOf([CategoryCode.Of("dog"), double.NaN]);

        Assert.Equal((1, 0, 2), Places(reading, cell));
        Assert.Equal((3, 2, 2), Places(reading, unknown));
        Assert.Equal((0, 1, 2), Places(reading, reading.CellOf([7, -3])));
        Assert.Equal((1, 0, 1), Places(reading, reading.CellOf(cell, new Dictionary<string, string> { ["shift"] = "night", ["age"] = "old" })));
        Assert.Equal((1, 0, 2), Places(reading, reading.CellOf(cell, new Dictionary<string, string> { ["shift"] = "noon" })));
        Assert.Equal(cell, reading.CellOf(cell, null));
    }

    [Fact]
    public void Watching_answers_allocates_nothing()
    {
        ServingModel serving = PathRig.Serving(TestPackages.Verification, change: manifest => manifest with
        {
            Monitoring = new MonitoringSpec
            {
                Labels = new LabelsSpec(),
                Baseline = new BaselineSpec { Kind = "majority", Label = "idle" },
                Groups = [new GroupSpec { Name = "warmth", Feature = "y_mean", Cuts = [1], Values = ["cold", "hot"] }],
            },
        }, reference: Estimated);
        AnswerWatch watch = serving.Answers!;
        AnswerCounts counts = AnswerCounts.For(serving.Package.Manifest, serving.Package.Reference)!;
        Decoded decoded = new OutputDecoder(serving.Package.Manifest.Output, 2).Decode([], [1f, 2f]);
        double[] values = [1, 2];
        long n = 0;

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                watch.Record(++n, decoded, values, n, counts);
            }
        }));
        Assert.Equal(n, counts.Answers.ToArray().Sum());
        Assert.Equal(n, counts.Expected!.Total);
    }

    [Fact]
    public void What_an_answer_is_expected_to_cost_is_the_same_by_itself_and_in_the_counts_of_a_window()
    {
        AnswerLoss loss = AnswerLoss.For(Estimated, ["x_mean", "y_mean"])!;
        double[] values = [double.NaN, double.PositiveInfinity, -3, 1, 4];

        double sum = values.Sum(value => loss.Of([0, value]));

        LossTally window = LossReport.For(Estimated)!.Of(
            [new FeatureCounts { Name = "y_mean", Counts = [1, 2], Missing = 2, Psi = 0, Threshold = 1 }], answers: 5);
        Assert.Equal(sum, AdditiveLoss.Mean(window.Parts, 1), 1e-9);
        Assert.Equal((5 * 0.1) + (2 * 0.15) + 0.025 - (2 * 0.0375), sum, 1e-12);
    }

    private static ReferenceProfile Estimated { get; } = new()
    {
        Rows = 100,
        EffectiveRows = 100,
        EffectiveShare = 1,
        Features = [new ReferenceFeature { Name = "x_mean", Edges = [1], Counts = [50, 50] }, new ReferenceFeature { Name = "y_mean", Edges = [1], Counts = [50, 50] }],
        PredictionShares = [0.5, 0.5],
        Quality = new QualityReference
        {
            Calibration = new CalibrationKnots { Scores = [0, 1], Probabilities = [0, 1] },
            Loss = new ExpectedLoss
            {
                Kind = "error", Constant = 0.1, Features = new Dictionary<string, IReadOnlyList<double>> { ["y_mean"] = [0.025, -0.0375, 0.15] },
            },
        },
    };

    [Theory]
    [InlineData("", 0, 1)]
    [InlineData("null", 0, 1)]
    [InlineData("{}", 0, 1)]
    [InlineData("{\"labels\":[null,{\"id\":\"\",\"label\":\"a\"}]}", 0, 2)]
    [InlineData("{\"labels\":[{\"id\":\"0123456789abcdef.plant.0\"},{\"id\":\"0123456789abcdef.PLANT.1\"},{\"id\":\"0123456789abcdef.plant.1.2\"}]}", 0, 3)]
    [InlineData("{\"labels\":[{\"id\":\"0123456789abcdef.plant.+5\"},{\"id\":\"0123456789abcdef.plant.99999999999999999999\"}]}", 0, 2)]
    [InlineData("{\"labels\":[{\"id\":\"0123456789abcdef.plant.5\",\"label\":\"a\",\"new\":1}],\"more\":2}", 1, 0)]
    public void Labels_whose_answer_cannot_be_named_are_counted_and_passed_over(string json, int read, long refused)
    {
        Assert.Equal(read, LabelBatch.Read(Encoding.UTF8.GetBytes(json), out long counted).Count);
        Assert.Equal(refused, counted);
    }

    [Fact]
    public void A_message_holds_a_thousand_labels_and_what_is_more_is_counted()
    {
        string label = $"{{\"id\":\"{new AnswerId(new BootId(3), "plant", 4)}\"}}";
        string json = $"{{\"labels\":[{string.Join(',', Enumerable.Repeat(label, LabelMessage.MostLabels + 5))}]}}";

        Assert.Equal(LabelMessage.MostLabels, LabelBatch.Read(Encoding.UTF8.GetBytes(json), out long refused).Count);
        Assert.Equal(5, refused);
    }

    private static KnownAnswer Answer(long n) => new(n, (int)n, n, n, n, (int)n);

    private static (int, int, int) Places(GroupReading reading, int cell) =>
        (reading.Axes.ValueOf(cell, 0), reading.Axes.ValueOf(cell, 1), reading.Axes.ValueOf(cell, 2));
}
