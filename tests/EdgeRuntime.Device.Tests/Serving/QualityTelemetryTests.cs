using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Tests.Sampling;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class QualityTelemetryTests
{
    private const string Secret = "zebra";
    private static readonly BootId Boot = BootId.Draw(new Random(1));

    [Fact]
    public void Labels_are_counted_in_the_window_in_which_they_come_and_each_answer_once()
    {
        using HostRig rig = Rig(n => n % 2 == 0 ? FrameKind.Busy : FrameKind.Good);
        rig.Read(6);
        rig.Beat();
        foreach ((long n, string label) in ((long, string)[])[(6, "busy"), (2, "idle"), (1, "idle"), (6, "idle"), (99, "busy"), (3, "lost")])
        {
            Assert.True(rig.Host.Take(new AnswerId(Boot, "plant", n), new TrueLabel { Id = "", Label = label }));
        }

        rig.Host.Take(new AnswerId(new BootId(7), "plant", 1), new TrueLabel { Id = "", Label = "busy" });
        rig.Read(6);
        rig.Beat();
        rig.Stop();

        QualityCounts quality = Assert.Single(rig.Messages("window/", WireJson.Default.WindowMessage), window => window.Quality is not null).Quality!;
        Assert.Equal((7, 3), (quality.Received, quality.Joined));
        Assert.Equal(
            new Dictionary<string, long> { ["duplicate"] = 1, ["other_boot"] = 1, ["unfit"] = 1, ["unknown"] = 1 },
            quality.Unjoined.OrderBy(cause => cause.Key, StringComparer.Ordinal).ToDictionary());
        Assert.Equal([2, 1], quality.Model.WasTrue);
        Assert.Equal([1, 2], quality.Model.Said);
        Assert.Equal([1, 1], quality.Model.Right);

        // The baseline says idle always.
        Assert.Equal([3, 0], quality.Baseline!.Said);
        Assert.Equal([2, 0], quality.Baseline.Right);
        Assert.Equal("busy", quality.Positive);
        Assert.Equal((1, 2), (quality.Positives!.Counts.Sum(), quality.Negatives!.Counts.Sum()));
        Assert.Equal(3, quality.Reliability!.Answers.Counts.Sum());
        Assert.Equal(3, quality.LagSeconds.Counts.Sum());
    }

    [Fact]
    public void Labels_of_a_package_before_and_of_answers_long_forgotten_are_counted_by_their_cause()
    {
        using HostRig rig = Rig(_ => FrameKind.Good, labels: new LabelsSpec { Keep = 16 });
        rig.Read(3);
        rig.Beat();
        rig.Activate(gain: 2, change: manifest => Watched(manifest, new LabelsSpec { Keep = 16 }));
        rig.Read(40);
        rig.Beat();
        foreach (long n in (long[])[2, 5, 43])
        {
            rig.Host.Take(new AnswerId(Boot, "plant", n), new TrueLabel { Id = "", Label = "idle" });
        }

        rig.Stop();

        QualityCounts quality = Assert.Single(rig.Messages("window/", WireJson.Default.WindowMessage), window => window.Quality is not null).Quality!;
        Assert.Equal(new Dictionary<string, long> { ["other_package"] = 1, ["too_late"] = 1 }, quality.Unjoined.OrderBy(cause => cause.Key, StringComparer.Ordinal).ToDictionary());
        Assert.Equal(1, quality.Joined);
    }

    [Fact]
    public void Answers_and_labels_are_counted_by_group_and_by_every_intersection()
    {
        using HostRig rig = Rig(n => n <= 4 ? FrameKind.Busy : FrameKind.Good, fields: false);
        rig.Read(9);
        rig.Beat();
        rig.Host.Take(new AnswerId(Boot, "plant", 1), new TrueLabel { Id = "", Label = "busy" });
        rig.Host.Take(new AnswerId(Boot, "plant", 2), new TrueLabel { Id = "", Label = "idle" });
        rig.Host.Take(new AnswerId(Boot, "plant", 8), new TrueLabel { Id = "", Label = "busy" });
        rig.Stop();

        GroupCounts groups = rig.Messages("window/", WireJson.Default.WindowMessage)
            .Select(window => window.Groups!).Aggregate((one, other) => GroupCounts.TryAdd(one, other)!);
        Assert.Equal(["cold", "hot"], Assert.Single(groups.Axes).Values);
        GroupCell cold = groups.Cells.Single(cell => cell.Cell == 0);
        GroupCell hot = groups.Cells.Single(cell => cell.Cell == 1);
        Assert.Equal((5, 0, 0, 0, 0, 1), (cold.Answers, cold.Selected, cold.TruePositives, cold.FalsePositives, cold.TrueNegatives, cold.FalseNegatives));
        Assert.Equal((4, 4, 1, 1, 0, 0), (hot.Answers, hot.Selected, hot.TruePositives, hot.FalsePositives, hot.TrueNegatives, hot.FalseNegatives));
    }

    [Fact]
    public void What_tells_a_sensitive_group_is_in_no_message_at_all_but_in_counts()
    {
        const double Temperature = 7.4321987;
        using HostRig rig = Rig(n => n % 3 == 0 ? FrameKind.Good : FrameKind.Busy, predictions: "all");
        rig.Sensor.BusyValue = Temperature;
        for (int i = 0; i < 30; i++)
        {
            rig.Read(1);
            rig.Beat();
            rig.Host.Take(
                new AnswerId(Boot, "plant", i + 1),
                new TrueLabel { Id = "", Label = "busy", Groups = new Dictionary<string, string> { ["stripes"] = Secret, ["other"] = Secret } });
        }

        rig.Stop();

        Assert.True(rig.Sent.Select(message => message.Topic.Split('/')[4]).Distinct().Count() >= 3, "windows, predictions and the newest decision were sent");
        Assert.All(rig.Sent, message => Assert.DoesNotContain("7.43219", Encoding.UTF8.GetString(message.Payload.Span), StringComparison.Ordinal));
        Assert.All(rig.Sent.Where(message => !message.Topic.Contains("/window/", StringComparison.Ordinal)), AssertSilent);
        Assert.All(rig.Messages("latest/", WireJson.Default.LatestMessage), latest => Assert.Equal(["x_mean"], latest.Features.Keys));

        // The names of groups stand in the manifest; which sample is in which is said nowhere.
        GroupCounts groups = rig.Messages("window/", WireJson.Default.WindowMessage)
            .Select(window => window.Groups!).Aggregate((one, other) => GroupCounts.TryAdd(one, other)!);
        Assert.Equal([10, 20], groups.Cells.Select(cell => cell.Answers));
        Assert.DoesNotContain(rig.Decided, decision => decision.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("drop", null)]
    [InlineData("round", 0.5)]
    public void The_features_of_a_channel_with_a_privacy_filter_are_in_no_message_but_in_counts(string filter, double? step)
    {
        const double Temperature = 7.4321987;
        using HostRig rig = new(predictions: "all");
        rig.Sensor.Script = n => n % 3 == 0 ? FrameKind.Good : FrameKind.Busy;
        rig.Sensor.BusyValue = Temperature;
        rig.Activate(change: manifest => manifest with
        {
            Monitoring = new MonitoringSpec { Privacy = [new PrivacySpec { Channel = "y", Filter = filter, Step = step }] },
        }, reference: Reference);
        for (int i = 0; i < 30; i++)
        {
            rig.Read(1);
            rig.Beat();
        }

        rig.Stop();

        Assert.All(rig.Sent, message => Assert.DoesNotContain("7.43219", Encoding.UTF8.GetString(message.Payload.Span), StringComparison.Ordinal));
        Assert.All(rig.Messages("latest/", WireJson.Default.LatestMessage), latest => Assert.Equal(["x_mean"], latest.Features.Keys));
        FeatureCounts[] told = [.. rig.Messages("window/", WireJson.Default.WindowMessage).SelectMany(window => window.Features).Where(feature => feature.Name == "y_mean")];
        Assert.Equal(30, told.Sum(feature => feature.Counts.Sum()));
        Assert.All(told, feature => Assert.Null(feature.Moments));
    }

    [Fact]
    public void A_window_says_what_quality_is_expected_with_a_band_and_beside_it_how_far_off_that_was_once_labels_came()
    {
        using HostRig rig = new();
        rig.Sensor.Script = n => n % 2 == 0 ? FrameKind.Busy : FrameKind.Good;
        rig.Activate(change: manifest => Watched(manifest, new LabelsSpec(), fields: false), reference: Reference);
        rig.Read(8);
        rig.Beat();

        // Every other answer was wrong: nobody had expected that.
        for (int n = 1; n <= 8; n++)
        {
            rig.Host.Take(new AnswerId(Boot, "plant", n), new TrueLabel { Id = "", Label = "busy" });
        }

        rig.Read(4);
        rig.Beat();
        rig.Stop();

        IReadOnlyList<WindowMessage> windows = rig.Messages("window/", WireJson.Default.WindowMessage);
        Assert.All(windows, window => Assert.Equal(["accuracy", "f1", "auc", "error"], window.Estimates!.Select(estimate => estimate.Metric)));
        QualityEstimate[] labelled = [.. windows.Single(window => window.Quality is not null).Estimates!];
        QualityEstimate accuracy = labelled[0];
        Assert.True(accuracy.Low < accuracy.Value && accuracy.Value < accuracy.High, "the band holds the estimate");
        Assert.Equal((8, 0.5), (accuracy.Labelled!.Answers, accuracy.Labelled.Actual));
        Assert.InRange(accuracy.Labelled.Estimated, 0.7, 1);

        // By where inputs lie 0.1 was expected and 0.05 more where y is busy; half of the answers were wrong.
        Assert.Equal(0.125, labelled[3].Labelled!.Estimated, 9);
        Assert.Equal(0.5, labelled[3].Labelled!.Actual, 9);
        Assert.Equal(-0.375, labelled[3].Labelled!.Error, 9);
    }

    [Fact]
    public void Answers_that_become_wrong_raise_an_alarm_that_outlives_a_reconnect_and_ends_with_its_cause()
    {
        using HostRig rig = Rig(_ => FrameKind.Good);
        foreach (bool right in (bool[])[true, true, false, false, true, true, true, true, true, true])
        {
            long before = rig.Host.Samples;
            rig.Read(50);
            for (long n = before + 1; n <= before + 50; n++)
            {
                rig.Host.Take(new AnswerId(Boot, "plant", n), new TrueLabel { Id = "", Label = right ? "idle" : "busy" });
            }

            rig.Beat();
        }

        rig.Host.RepeatAlarms();
        rig.Stop();

        LinkMessage[] told = [.. rig.Sent.Where(message => message.Topic == "edge/v1/rig/up/alarm/quality-plant")];
        AlarmMessage alarm = JsonSerializer.Deserialize(told.First(message => !message.Payload.IsEmpty).Payload.Span, WireJson.Default.AlarmMessage)!;
        Assert.Equal(("quality-plant", "quality", "plant"), (alarm.Name, alarm.Kind, alarm.Model));
        Assert.Equal(["error_rate", "hddm_a"], alarm.Causes.Select(cause => cause.Statistic));
        Assert.True(told[^1].Payload.IsEmpty, "the alarm ended");
        Assert.Equal(
            [EventSeverity.Warning, EventSeverity.Info],
            rig.Messages("event/quality", WireJson.Default.EventMessage).Select(message => message.Severity));
    }

    private static ReferenceProfile Reference { get; } = new()
    {
        Rows = 100,
        EffectiveRows = 100,
        EffectiveShare = 1,
        Features =
        [
            new ReferenceFeature { Name = "x_mean", Edges = [1], Counts = [50, 50] },
            new ReferenceFeature { Name = "y_mean", Edges = [1], Counts = [50, 50] },
        ],
        PredictionShares = [0.5, 0.5],
        Quality = new QualityReference
        {
            Calibration = new CalibrationKnots { Scores = [0, 1], Probabilities = [0, 1] },
            Loss = new ExpectedLoss
            {
                Kind = "error", Constant = 0.1, Features = new Dictionary<string, IReadOnlyList<double>> { ["y_mean"] = [0, 0.05, 0] },
            },
            Measured = new MeasuredReference
            {
                Answers = 100, Right = 90, TruePositives = 45, FalsePositives = 5, TrueNegatives = 45, FalseNegatives = 5, Auc = 0.95,
                AucDeviation = 0.1, AucShare = 0.5,
            },
        },
    };

    private static void AssertSilent(LinkMessage message) =>
        Assert.DoesNotContain(Secret, Encoding.UTF8.GetString(message.Payload.Span), StringComparison.Ordinal);

    private static HostRig Rig(
        Func<long, FrameKind> script, LabelsSpec? labels = null, bool fields = true, string predictions = "changes")
    {
        HostRig rig = new(predictions: predictions);
        rig.Sensor.Script = script;
        rig.Activate(change: manifest => Watched(manifest, labels ?? new LabelsSpec(), fields));
        return rig;
    }

    private static ModelManifest Watched(ModelManifest manifest, LabelsSpec labels, bool fields = true) => manifest with
    {
        Monitoring = new MonitoringSpec
        {
            Labels = labels,
            Baseline = new BaselineSpec { Kind = "majority", Label = "idle" },
            Groups =
            [
                new GroupSpec { Name = "warmth", Feature = "y_mean", Cuts = [1], Values = ["cold", "hot"] },
                .. fields ? [new GroupSpec { Name = "stripes", Field = "stripes", Values = [Secret, "horse"] }] : Array.Empty<GroupSpec>(),
            ],
        },
    };
}
