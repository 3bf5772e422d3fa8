using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Ingest;

public sealed class IntakeTests
{
    private const string Head = """{"boot":"00000000000000aa","sequence":1,"unix_ms":1,"clock_synchronized":true,""";

    private const string Digest = "0000000000000000000000000000000000000000000000000000000000000000";

    private const string AlarmWith = $"""
        "name":"drift-vitals","kind":"drift","model":"vitals","version":"1.0.0","since_unix_ms":5,"detail":"cpu_busy moved",
        "digest":"{Digest}","first_window":1,"last_window":2,
        """;

    private const string ExplanationOfNull = $$"""
        "explanation":{"model":"vitals","version":"1.0.0","digest":"{{Digest}}","sample_unix_ms":5,"quantity":"probability","method":"exact",
        "whole":1,"nothing":0,"completeness_error":0,"inferences":2,"seed":1,"groups":[null]}
        """;

    [Fact]
    public void A_message_that_comes_a_hundred_times_is_stored_once_and_acknowledged()
    {
        using FleetRig rig = new FleetRig().With(1);
        rig.Time.Advance(5);
        WindowMessage window = rig.Devices[0].SendWindow();
        byte[] again = JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage);
        rig.Settle();
        for (int i = 0; i < 99; i++)
        {
            rig.Devices[0].PublishRaw("window/vitals", again);
            rig.Settle();
        }

        rig.Time.Advance(1);
        rig.Settle();

        Assert.Single(Windows(rig, 0));
        Assert.Equal(99, rig.Host.Parts.Counters.Duplicates);
        Assert.Equal(1, rig.Devices[0].Receipts["window"]);
    }

    [Fact]
    public void What_came_before_a_restart_of_the_manager_is_known_after_it()
    {
        using FleetRig rig = new FleetRig().With(1);
        rig.Time.Advance(5);
        WindowMessage window = rig.Devices[0].SendWindow();
        rig.Settle();

        rig.RestartManager();
        rig.Devices[0].PublishRaw("window/vitals", JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage));
        rig.Settle();

        Assert.Single(Windows(rig, 0));
        Assert.Equal(50, Windows(rig, 0)[0].Message.Samples);
    }

    [Fact]
    public void A_window_as_protobuf_is_stored_with_the_names_that_its_package_has()
    {
        using FleetRig rig = new FleetRig().With(1);
        rig.Time.Advance(5);
        ModelId known = rig.Push(TestPackages.Archive("1.0.0", 1)).Digest;
        WindowMessage sent = rig.Devices[0].SendWindow() with { Sequence = 7, Digest = known };
        rig.Devices[0].PublishRaw("window/vitals", WindowCodec.Write(sent));
        rig.Devices[0].PublishRaw("window/vitals", WindowCodec.Write(sent));
        rig.Devices[0].PublishRaw("window/vitals", WindowCodec.Write(sent with { Sequence = 8, Digest = ModelId.Of("unknown"u8) }));
        rig.Devices[0].PublishRaw("window/vitals", [0x08, 0xff]);
        rig.Settle();

        List<ReceivedWindow> windows = Windows(rig, 0);

        Assert.Equal([7, 8], windows.Skip(1).Select(window => window.Message.Sequence));
        Assert.Equal(sent.Features[0].Counts, windows[1].Message.Features[0].Counts);
        Assert.Equal(sent.Features[0].Moments, windows[1].Message.Features[0].Moments);
        Assert.Equal(["busy", "disk"], windows[1].Message.Features.Select(feature => feature.Name));
        Assert.Equal(sent.Predictions.Labels, windows[1].Message.Predictions.Labels);
        Assert.Equal(VerdictHash.Of(sent.Features), windows[1].Message.VerdictHash);
        Assert.Equal(["1", "2"], windows[2].Message.Features.Select(feature => feature.Name));
        Assert.Null(windows[2].Message.Features[0].Moments);
        Assert.Equal((1, 1), (rig.Host.Parts.Counters.Duplicates, rig.Host.Parts.Counters.Malformed));
    }

    [Fact]
    public void The_same_numbers_of_another_boot_are_other_messages()
    {
        using FleetRig rig = new FleetRig().With(1);
        rig.Time.Advance(5);
        rig.Devices[0].SendWindow();
        rig.Settle();

        rig.Devices[0].Restart();
        rig.Settle();
        rig.Time.Advance(5);
        rig.Devices[0].SendWindow();
        rig.Settle();

        Assert.Equal(2, Windows(rig, 0).Count);
    }

    [Fact]
    public void A_receipt_is_repeated_for_a_message_that_is_repeated()
    {
        using FleetRig rig = new FleetRig().With(1);
        rig.Time.Advance(5);
        byte[] window = JsonSerializer.SerializeToUtf8Bytes(rig.Devices[0].SendWindow(), WireJson.Default.WindowMessage);
        rig.Time.Advance(1);
        rig.Settle();
        rig.Devices[0].Receipts.Clear();

        rig.Devices[0].PublishRaw("window/vitals", window);
        rig.Time.Advance(1);
        rig.Settle();

        Assert.Equal(1, rig.Devices[0].Receipts["window"]);
    }

    [Fact]
    public void An_alarm_stands_until_an_empty_message_ends_it_and_is_told_again_to_a_manager_that_was_restarted()
    {
        using FleetRig rig = new FleetRig().With(1);
        byte[] alarm = Encoding.UTF8.GetBytes(Head + AlarmWith + """
             "causes":[{"feature":"cpu_busy","statistic":"psi","value":0.5,"threshold":0.3,"ratio":1.7,"samples":50}]}
            """);

        rig.Devices[0].PublishRaw("alarm/drift-vitals", alarm);
        rig.Settle();
        AlarmView shown = Assert.Single(rig.Show.Devices().Devices[0].Alarms);
        rig.RestartManager();
        rig.Devices[0].PublishRaw("alarm/drift-vitals", alarm);
        rig.Settle();
        AlarmView again = Assert.Single(rig.Show.Devices().Devices[0].Alarms);
        rig.Devices[0].PublishRaw("alarm/drift-vitals", []);
        rig.Settle();

        Assert.Equal(("cpu_busy moved", "cpu_busy", 5), (shown.Detail, shown.Causes[0].Feature, again.SinceUnixMs));
        Assert.Empty(rig.Show.Devices().Devices[0].Alarms);
        Assert.Equal(0, rig.Host.Parts.Counters.Malformed);
    }

    [Theory]
    [InlineData("window/vitals", "{", "")]
    [InlineData("window/vitals", "{}", "")]
    [InlineData("window/vitals", "null", "the payload is null")]
    [InlineData("window/vitals", "[1,2]", "")]
    [InlineData("event/drift", "\u0000\u0001", "")]
    [InlineData("alarm/drift-vitals", Head + AlarmWith + "\"causes\":[null]}", "a list holds null")]
    [InlineData("alarm/drift-vitals", Head + AlarmWith + "\"causes\":[]," + ExplanationOfNull + "}", "a list holds null")]
    public void What_is_no_message_is_counted_and_shown_to_the_operator(string topic, string payload, string reason)
    {
        using FleetRig rig = new FleetRig().With(1);

        rig.Devices[0].PublishRaw(topic, Encoding.UTF8.GetBytes(payload));
        rig.Settle();

        MalformedMessage sample = Assert.Single(rig.Host.Parts.Counters.Samples);
        Assert.Equal(topic, sample.Topic);
        Assert.NotEmpty(sample.Reason);
        Assert.Contains(reason, sample.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(sample.Start, char.IsControl);
    }

    [Fact]
    public void A_window_that_cannot_be_is_refused_whatever_is_wrong_with_it()
    {
        using FleetRig rig = new FleetRig().With(1);
        rig.Time.Advance(5);
        WindowMessage right = rig.Devices[0].SendWindow() with { Sequence = 7 };
        LatencyCounts infer = right.Infer;
        WindowMessage[] wrong =
        [
            right with { Failed = right.Samples + 1 },
            right with { Samples = -1 },
            right with { EndUnixMs = right.StartUnixMs - 1 },
            right with { Model = "other" },
            right with { Sequence = 0 },
            right with { Predictions = right.Predictions with { Counts = [1] } },
            right with { Predictions = right.Predictions with { Counts = [-1, 1, 1] } },
            right with { Infer = infer with { Buckets = [.. infer.Buckets.Reverse()] } },
            right with { Infer = infer with { MaxMicroseconds = double.NaN } },
            right with { Infer = infer with { Counts = [.. infer.Counts.Select(_ => long.MaxValue)] } },
            right with { Features = [right.Features[0], right.Features[0]] },
            right with { Features = [null!] },
            With(right, feature => feature with { Missing = -1 }),
            With(right, feature => feature with { Infinite = 1 }),
            With(right, feature => feature with { Moments = feature.Moments! with { Step = 0 } }),
            With(right, feature => feature with { Moments = feature.Moments! with { Origin = double.NaN } }),
            With(right, feature => feature with { Moments = feature.Moments! with { Squares = Int128.MaxValue } }),
            With(right, feature => feature with { Counts = [0, 0] }),
            With(right, feature => feature with { Unseen = 51 }),
            With(right, feature => feature with { Quantiles = Sketch with { Classes = 17 } }),
            With(right, feature => feature with { Quantiles = Sketch with { PositiveCounts = [50, 0] } }),
            With(right, feature => feature with { Quantiles = Sketch with { Zeros = 1 } }),
            right with { Predictions = right.Predictions with { Labels = [null!, "b", "c"] } },
        ];

        foreach (WindowMessage window in wrong)
        {
            rig.Devices[0].PublishRaw("window/vitals", JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage));
            rig.Settle();
        }

        Assert.Equal(wrong.Length, rig.Host.Parts.Counters.Malformed);
        Assert.Single(Windows(rig, 0));

        static WindowMessage With(WindowMessage window, Func<FeatureCounts, FeatureCounts> change) =>
            window with { Features = [change(window.Features[0])] };
    }

    [Fact]
    public void A_message_that_leaves_out_what_may_be_left_out_is_taken_in()
    {
        using FleetRig rig = new FleetRig().With(1);
        const string Latency = """{"buckets":[],"counts":[],"max_microseconds":0}""";
        string digest = new('a', 64);

        rig.Devices[0].PublishRaw("status", Encoding.UTF8.GetBytes(Head + "\"state\":\"online\"}"));
        rig.Devices[0].PublishRaw("info", Encoding.UTF8.GetBytes(
            Head + """ "hardware":{"architecture":"x64","cpu":"","cores":1,"memory_bytes":1},"operating_system":"","runtime":"","profile":""}"""));
        rig.Devices[0].PublishRaw("event/drift", Encoding.UTF8.GetBytes(Head + """ "kind":"drift","severity":"info","detail":"so"}"""));
        rig.Devices[0].PublishRaw("latest/vitals", Encoding.UTF8.GetBytes(
            Head + $$""" "model":"vitals","version":"1","digest":"{{digest}}","n":1,"sample_unix_ms":1,"decision":"a","label":"a","score":1,"infer_microseconds":1,"path_microseconds":1}"""));
        rig.Devices[0].PublishRaw("window/vitals", Encoding.UTF8.GetBytes(
            Head + $$""" "model":"vitals","version":"1","digest":"{{digest}}","start_unix_ms":1,"end_unix_ms":2,"samples":0,"failed":0,"predictions":{"labels":[],"counts":[]},"infer":{{Latency}},"path":{{Latency}}}"""));
        rig.Settle();

        Assert.Empty(rig.Host.Parts.Counters.Samples);
        Assert.NotNull(rig.Ask(() => rig.Show.Device(rig.Devices[0].Id, 10, 10))!.Compare["vitals"]);
        Assert.NotEmpty(rig.Ask(rig.Show.Devices).Devices);
    }

    [Fact]
    public void Unknown_classes_and_foreign_topics_are_counted_and_ignored()
    {
        using FleetRig rig = new FleetRig().With(1);
        long before = rig.Host.Parts.Counters.Unknown;

        rig.Devices[0].PublishRaw("weather/today", "{}"u8.ToArray());
        rig.Devices[0].PublishRaw("status", []);
        rig.Settle();

        Assert.Equal(before + 2, rig.Host.Parts.Counters.Unknown);
        Assert.Equal(0, rig.Host.Parts.Counters.Malformed);
    }

    [Fact]
    public void A_full_queue_drops_the_replaceable_first_and_counts_by_class()
    {
        IngestCounters counters = new();
        IngestQueue queue = new(counters, () => { });
        for (int i = 0; i < IngestQueue.Capacity + 10; i++)
        {
            queue.Post(new Arrival(DeviceId.Parse("dev-a"), "window", "vitals", [], 0));
        }

        queue.Post(new Arrival(DeviceId.Parse("dev-a"), "latest", "vitals", [], 0));

        Assert.Equal(new Dictionary<string, long> { ["latest"] = 1, ["window"] = 10 }, counters.Dropped);
        int taken = 0;
        while (queue.TryTake(out _))
        {
            taken++;
        }

        Assert.Equal(IngestQueue.Capacity, taken);
    }

    [Fact]
    public void Everything_that_arrived_is_accounted_for()
    {
        using FleetRig rig = new FleetRig().With(3);
        rig.Pass(60);
        rig.Devices[0].PublishRaw("window/vitals", "{}"u8.ToArray());
        rig.Devices[0].PublishRaw("nothing", "{}"u8.ToArray());
        rig.Devices[1].Restart();
        rig.Pass(10);

        IngestCounters counters = rig.Host.Parts.Counters;

        Assert.Equal(
            counters.Received,
            counters.Stored + counters.Duplicates + counters.Unknown + counters.Malformed + counters.Dropped.Values.Sum());
        Assert.True(counters.Stored > 40);
    }

    [Fact]
    public void A_device_that_is_lost_is_shown_as_lost_and_a_late_will_of_an_earlier_boot_does_not_hide_the_new_one()
    {
        using FleetRig rig = new FleetRig().With(2);
        rig.Devices[0].Link.Cut();
        rig.Settle();
        Assert.Equal("lost", rig.Ask(rig.Show.Devices).Devices[0].State);

        rig.Devices[0].Link.Mend();
        rig.Settle();
        Assert.Equal("online", rig.Ask(rig.Show.Devices).Devices[0].State);

        rig.Devices[1].Restart();
        rig.Settle();
        Assert.Equal("online", rig.Ask(rig.Show.Devices).Devices[1].State);
    }

    [Fact]
    public void A_decision_that_comes_twice_or_late_is_not_the_newest()
    {
        using FleetRig rig = new FleetRig().With(1);
        for (int i = 0; i < 3; i++)
        {
            rig.Time.Advance(1);
            rig.Devices[0].SendLatest();
            rig.Settle();
        }

        LiveModel live = rig.State.Devices.Find(rig.Devices[0].Id)!.Live["vitals"];
        LatestMessage first = live.Points.First();

        Assert.False(live.Take(first));
        Assert.Equal([1L, 2L, 3L], live.Points.Select(point => point.N));
    }

    private static QuantileCounts Sketch => new() { Accuracy = 0.02, Classes = 16, PositiveKeys = [1, 2], PositiveCounts = [20, 30] };

    private static List<ReceivedWindow> Windows(FleetRig rig, int device) =>
        rig.Ask(() => WindowStore.Newest(rig.State.Database, rig.Devices[device].Id, "vitals", 1000));
}
