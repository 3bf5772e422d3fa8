using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Monitoring;

public sealed class QualitySumTests
{
    [Fact]
    public void Labels_of_all_devices_add_up_to_what_one_would_have_counted()
    {
        QualitySum sum = new();
        foreach (int device in (int[])[3, 1, 2])
        {
            sum.Add(Window(device));
        }

        Assert.Equal((3, 12L, 9L), (sum.Windows, sum.Received, sum.Joined));
        Assert.Equal(3, sum.Unjoined["too_late"]);
        Assert.Equal(6.0 / 9, sum.Model!.Labels!.Accuracy, 1e-15);
        Assert.Equal(3.0 / 9, sum.Baseline!.Labels!.Accuracy, 1e-15);
        Assert.Equal(0.5, sum.Expected.Accuracy, 1e-9);
        Assert.Equal((9L, (Int128)3 << 40), (sum.LabelledLossAnswers, sum.LabelledLossParts));
        Assert.Equal((3L, 3L), (sum.Groups!.Labelled(0)[0].Total, sum.Groups.Labelled(0)[1].Total));
        Assert.Equal((30, 6), (sum.Groups.Selection(0)[1].Trials, sum.Groups.Selection(0)[1].Events));
        Assert.Equal(["cold, day", "hot, night"], sum.Groups.Intersections().Select(cell => cell.Name));
    }

    // Each is what a device would send but for one member.
    [Theory]
    [InlineData("quality.received", "5")]
    [InlineData("quality.joined", "-3")]
    [InlineData("quality.unjoined", "{\"too_late\":-1}")]
    [InlineData("quality.unjoined", "null")]
    [InlineData("quality.lag_seconds.bins", "[40]")]
    [InlineData("quality.lag_seconds.counts", "[-3]")]
    [InlineData("quality.model.was_true", "[2,2]")]
    [InlineData("quality.model.was_true", "[9223372036854775807,9223372036854775807]")]
    [InlineData("quality.model.right", "null")]
    [InlineData("quality.baseline.said", "[3]")]
    [InlineData("quality.model.errors", "{\"exponent\":900,\"count\":1,\"absolute\":\"1\",\"signed\":\"1\",\"squares\":\"1\",\"fourths\":\"1\"}")]
    [InlineData("quality.positives.counts", "[-1]")]
    [InlineData("quality.negatives.bins", "[64]")]
    [InlineData("quality.reliability.right.counts", "[4]")]
    [InlineData("expected.selected", "11")]
    [InlineData("expected.parts.counts", "[99999999999]")]
    [InlineData("loss.answers", "-1")]
    [InlineData("loss.parts", "\"170141183460469231731687303715884105727\"")]
    [InlineData("quality.loss.answers", "-1")]
    [InlineData("quality.loss.kind", "null")]
    [InlineData("quality.errors.wrong", "4")]
    [InlineData("quality.errors.answers", "2")]
    [InlineData("quality.errors.signals", "-1")]
    [InlineData("quality.errors.detector", "\"\"")]
    [InlineData("estimates", "[null]")]
    [InlineData("estimates", "[{\"metric\":\"accuracy\",\"value\":0.5,\"low\":0.6,\"high\":0.7,\"answers\":1}]")]
    [InlineData("estimates", "[{\"metric\":\"accuracy\",\"value\":0.5,\"low\":0.4,\"answers\":1}]")]
    [InlineData("estimates", "[{\"metric\":\"accuracy\",\"value\":\"NaN\",\"answers\":1}]")]
    [InlineData("estimates", "[{\"metric\":\"\",\"value\":0.5,\"answers\":1}]")]
    [InlineData("estimates", "[{\"metric\":\"f1\",\"value\":0.5,\"answers\":-1}]")]
    [InlineData("estimates", "[{\"metric\":\"f1\",\"value\":0.5,\"answers\":1,\"labelled\":{\"answers\":1,\"estimated\":0.5,\"actual\":\"Infinity\"}}]")]
    [InlineData("groups.axes", "[]")]
    [InlineData("groups.axes", "[null]")]
    [InlineData("groups.axes", "[{\"name\":\"a\",\"values\":[null]}]")]
    [InlineData("groups.cells", "[{\"cell\":9}]")]
    [InlineData("groups.cells", "[{\"cell\":1,\"answers\":1,\"selected\":2}]")]
    [InlineData("groups.cells", "[{\"cell\":1,\"true_positives\":-1}]")]
    [InlineData("groups.cells", "[{\"cell\":1},{\"cell\":1}]")]
    public void Counts_that_no_device_can_have_made_are_refused_with_a_reason(string path, string json)
    {
        JsonNode window = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(Window(1), WireJson.Default.WindowMessage))!;
        Assert.NotNull(Read(window, out string none));
        Assert.Equal("", none);
        string[] members = path.Split('.');
        members[..^1].Aggregate(window, (node, member) => node[member]!)[members[^1]] = JsonNode.Parse(json);

        Assert.Null(Read(window, out string reason));
        Assert.NotEqual("", reason);
    }

    [Fact]
    public void A_timeline_takes_each_window_once_whatever_their_order_and_leaves_out_what_counts_other_things()
    {
        WindowMessage other = Window(4) with { Quality = Window(4).Quality! with { Model = new AnswerTally { WasTrue = [1, 1, 1], Said = [1, 1, 1], Right = [1, 1, 1] } } };
        ReceivedWindow[] windows = [.. Enumerable.Range(1, 3).Append(1).Select(device => new ReceivedWindow(Window(device), 60_000)), new ReceivedWindow(other, 60_000)];

        QualityView forth = View(windows);
        QualityView back = View([windows[4], windows[2], windows[1], windows[0], windows[3]]);

        Assert.Equal((3, 3), (forth.Devices, forth.Windows));
        Assert.Equal(
            new Dictionary<string, long> { ["it was added before"] = 1, ["its answers are none of this package"] = 1 }, forth.Refused.ToDictionary());
        Assert.Equal(
            JsonSerializer.Serialize(forth, FleetJson.Default.QualityView), JsonSerializer.Serialize(back, FleetJson.Default.QualityView));
        QualityPoint point = Assert.Single(forth.Points);
        Assert.Equal((50_000, 100_000, 9), (point.FromUnixMs, point.ToUnixMs, point.Joined));
    }

    [Fact]
    public void Figures_carry_an_interval_of_as_many_answers_as_are_independent_and_estimates_their_band_and_error()
    {
        QualityView view = View([.. Enumerable.Range(1, 10).Select(device => new ReceivedWindow(Window(device), 60_000))]);

        MetricFigure accuracy = view.Metrics.Single(metric => metric.Name == "accuracy");
        Assert.Equal((20.0 / 30, 30, 10.0 / 30, 0.9), (accuracy.Value, accuracy.Answers, accuracy.Baseline, accuracy.Reference));

        // Wilson's interval of 20 of 30 is 0.488 to 0.808 (E. B. Wilson, 1927), twice as wide for a quarter of independent answers.
        Assert.Equal((20.0 / 30) - (2 * ((20.0 / 30) - 0.4878)), accuracy.Low!.Value, 1e-3);
        Assert.Equal(Math.Min(1, (20.0 / 30) + (2 * (0.8077 - (20.0 / 30)))), accuracy.High!.Value, 1e-3);
        EstimateFigure expected = view.Estimates.Single(estimate => estimate.Metric == "accuracy");
        Assert.Equal((0.5, 100), (Math.Round(expected.Value, 6), expected.Answers));

        // Three times 0.3 / sqrt(100 / 4).
        Assert.Equal(0.18, expected.High!.Value - expected.Value, 1e-6);
        EstimateFigure error = view.Estimates.Single(estimate => estimate.Metric == "error");
        Assert.Equal(30, error.LabelledAnswers);
        Assert.Equal(1.0 / 3, error.LabelledEstimated!.Value, 1e-12);
        Assert.Equal(1.0 / 3, error.LabelledActual!.Value, 1e-12);
    }

    [Fact]
    public void Groups_are_compared_from_thirty_answers_on_and_the_four_fifths_rule_is_told()
    {
        QualityView few = View([new ReceivedWindow(Window(1), 60_000)]);
        QualityView many = View([.. Enumerable.Range(1, 100).Select(device => new ReceivedWindow(Window(1) with { Boot = new BootId((ulong)device) }, 60_000))]);

        Assert.Equal(["warmth", "shift", "warmth, shift"], many.Groups.Select(groups => groups.Name));
        Assert.Null(few.Groups[0].KeepsFourFifths);
        Assert.Null(few.Groups[0].Selection.Ratio);
        GroupsView warmth = many.Groups[0];
        Assert.Equal(("cold", "hot", false, true), (warmth.Selection.Highest, warmth.Selection.Lowest, warmth.KeepsFourFifths, warmth.BreaksFourFifthsCertainly));
        Assert.Equal(0.2 / 0.6, warmth.Selection.Ratio!.Value, 1e-12);
        Assert.Equal((0.6, 500), (warmth.Groups[0].Selection.Value, warmth.Groups[0].Selection.Trials));
        Assert.Equal(["cold, day", "hot, night"], many.Groups[2].Groups.Select(group => group.Name));
    }

    private static QualityView View(IReadOnlyList<ReceivedWindow> windows)
    {
        StoredPackage package = TestPackages.Stored(TestPackages.Archive("1.0.0", 1, padding: 100));
        QualityTimeline timeline = new(2, 0, 100_000, 2);
        foreach (ReceivedWindow window in windows)
        {
            timeline.Take($"press-{window.Message.Boot.Value}", window);
        }

        return QualityView.Of(timeline, package.Name, package.Version, new QualityFigures(package.Model!, package.Reference));
    }

    private static DeviceMessage? Read(JsonNode window, out string reason) => MessageReader.Read(
        new Arrival(DeviceId.Parse("press-1"), "window", TestPackages.Model, Encoding.UTF8.GetBytes(window.ToJsonString()), 0), out reason);

    private static WindowMessage Window(int device) => TestWindows.Make(
        new PackageLabel(ModelId.Of("m"u8), "1.0.0"), new BootId((ulong)device), 1, 0, 60_000, 100, 0, Behaviour.Good, new Random(device)) with
    {
        Quality = new QualityCounts
        {
            Received = 4,
            Joined = 3,
            Unjoined = new Dictionary<string, long> { ["too_late"] = 1 },
            LagSeconds = new SparseCounts { Bins = [device], Counts = [3] },
            Model = new AnswerTally { WasTrue = [1, 2], Said = [2, 1], Right = [1, 1] },
            Baseline = new AnswerTally { WasTrue = [1, 2], Said = [3, 0], Right = [1, 0] },
            Positive = "compute",
            Positives = new SparseCounts { Bins = [50, 60], Counts = [1, 1] },
            Negatives = new SparseCounts { Bins = [10], Counts = [1] },
            Reliability = new ReliabilityTally
            {
                Answers = new SparseCounts { Bins = [13], Counts = [3] },
                Right = new SparseCounts { Bins = [13], Counts = [2] },
                Parts = new SparseCounts { Bins = [13], Counts = [2 << 24] },
            },
            Loss = new LossTally { Kind = "error", Answers = 3, Parts = Int128.One << 40 },
            Errors = new ErrorCounts { Detector = "hddm_a", Answers = 3, Wrong = 1 },
        },
        Expected = new ExpectedTally
        {
            Scores = new SparseCounts { Bins = [32], Counts = [10] }, Parts = new SparseCounts { Bins = [32], Counts = [5 << 24] },
            Selected = 4, SelectedParts = 3 << 24, RightParts = 5 << 24,
        },
        Loss = new LossTally { Kind = "error", Answers = 100, Parts = (Int128)20 << 40 },
        Estimates =
        [
            new QualityEstimate { Metric = "accuracy", Value = 0.5, Low = 0.25, High = 0.75, Answers = 10, Labelled = new EstimateError(3, 0.5, 0.625) },
        ],
        Groups = new GroupCounts
        {
            Axes = [new GroupAxis("warmth", ["cold", "hot"]), new GroupAxis("shift", ["day", "night"])],
            Positive = "compute",
            Cells =
            [
                new GroupCell { Cell = 0, Answers = 5, Selected = 3, TruePositives = 1 },
                new GroupCell { Cell = 4, Answers = 10, Selected = 2, FalseNegatives = 1 },
            ],
        },
    };
}
