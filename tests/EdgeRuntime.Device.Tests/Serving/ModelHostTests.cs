using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Tests.Sampling;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class ModelHostTests
{
    [Fact]
    public void The_fail_safe_decision_is_the_newest_on_the_wire_although_no_sample_follows_it()
    {
        using HostRig rig = new();
        rig.Sensor.Script = n => n > 2 ? FrameKind.None : FrameKind.Good;
        rig.Activate(change: FailsSafe);

        for (int i = 0; i < 30; i++)
        {
            rig.Read(1);
            rig.Beat();
        }

        Assert.Equal(["idle", "stopped"], rig.Messages("latest/", WireJson.Default.LatestMessage).Select(latest => latest.Decision));
        Assert.Equal(["idle", "stopped"], rig.Decided);
    }

    [Fact]
    public void The_first_decision_of_a_new_model_is_told_although_it_was_made_before_the_agent_looked()
    {
        using HostRig rig = new();
        rig.Activate();
        rig.Beat();
        rig.Read(2);
        rig.Beat();
        rig.Activate(gain: 2);
        rig.Read(3);

        rig.Beat();

        Assert.Equal(["idle", "idle"], rig.Decided);
        IReadOnlyList<PredictionMessage> told = rig.Messages("prediction/", WireJson.Default.PredictionMessage);
        Assert.Equal([1, 3], told.SelectMany(message => message.Predictions).Select(prediction => prediction.N));
        Assert.All(told, message => Assert.Equal(0, message.Dropped));
    }

    [Theory]
    [InlineData(OverloadPolicy.DropOldest, false)]
    [InlineData(OverloadPolicy.DropNewest, true)]
    [InlineData(OverloadPolicy.LatestOnly, false)]
    [InlineData(OverloadPolicy.EveryNth, true)]
    public void Windows_add_up_to_what_was_due_however_late_the_last_samples_were_served(OverloadPolicy policy, bool served)
    {
        using HostRig rig = new(new OverloadOptions { Policy = policy, Capacity = 4 });
        rig.Activate();
        rig.Read(9);
        rig.ServeAll();
        rig.Read(5);

        // The window closes while samples wait; what becomes of them stands in the next, in which none was due.
        rig.Host.Path.ServeNext();
        rig.Beat();
        if (served)
        {
            rig.ServeAll();
        }

        rig.Stop();

        IReadOnlyList<WindowMessage> windows = rig.Messages("window/", WireJson.Default.WindowMessage);
        long due = windows.Sum(window => window.Due);
        Assert.Equal(14, due);
        Assert.Equal(due, windows.Sum(window => window.Samples + window.Dropped.Values.Sum()));
    }

    [Fact]
    public void A_model_that_answered_between_two_looks_of_the_agent_is_told_of_too()
    {
        using HostRig rig = new();
        rig.Activate();
        rig.Read(2);
        rig.Activate(gain: 2);
        rig.Read(3);
        rig.Activate(gain: 3);
        rig.Read(4);

        rig.Beat();
        rig.Stop();

        IReadOnlyList<WindowMessage> windows = rig.Messages("window/", WireJson.Default.WindowMessage);
        Assert.Equal([2L, 3, 4], windows.GroupBy(window => window.Digest).Select(group => group.Sum(window => window.Samples)));
        Assert.Equal(["idle", "idle", "idle"], rig.Decided);
    }

    [Fact]
    public void Windows_as_protobuf_say_the_same_as_their_mirror_which_lasts_a_minute()
    {
        using HostRig rig = new(protobuf: true);
        rig.Activate();
        rig.Read(3);
        rig.Time.Advance(1);
        rig.Read(1);
        rig.Beat();
        Assert.Equal(1, rig.Publisher.BeginMirror());
        rig.Beat();
        rig.Time.Advance(40);
        rig.Read(2);
        rig.Beat();
        rig.Time.Advance(40);
        rig.Read(3);
        rig.Stop();

        WindowMessage[] windows =
        [
            .. rig.Sent.Where(message => message.Topic == "edge/v1/rig/up/window/plant").Select(message => WindowCodec.Read(message.Payload.Span, "plant")),
        ];
        IReadOnlyList<WindowMessage> mirrored = rig.Messages("mirror/window/plant", WireJson.Default.WindowMessage);
        Assert.Equal(9, windows.Sum(window => window.Samples));
        Assert.Equal([1, 2], mirrored.Select(window => window.Sequence));
        Assert.Equal(windows.Take(2).Select(window => window.Predictions.Counts), mirrored.Select(window => window.Predictions.Counts));
        Assert.Equal(["idle", "1"], [mirrored[0].Predictions.Labels[0], windows[0].Predictions.Labels[0]]);
    }

    [Fact]
    public void A_model_that_ends_before_the_agent_looked_is_told_of_too()
    {
        using HostRig rig = new();
        rig.Activate();
        rig.Read(2);

        rig.Stop();

        Assert.Equal(2, rig.Messages("window/", WireJson.Default.WindowMessage).Sum(window => window.Samples));
    }

    [Fact]
    public void A_model_that_a_reload_makes_anew_goes_on_counting()
    {
        ModelTotals totals = new();
        using HostRig first = new(totals: totals, predictions: "all");
        first.Activate();
        first.Read(3);
        first.Beat();
        first.Stop();
        using HostRig second = new(totals: totals, predictions: "all");
        second.Activate();

        second.Read(2);
        second.Beat();
        long live = second.Host.Live("").Samples;
        second.Stop();

        Assert.Equal([1L, 2, 3], Numbers(first));
        Assert.Equal([4L, 5], Numbers(second));
        Assert.Equal(5, live);
    }

    [Fact]
    public void Messages_are_sent_when_a_decision_begins_and_ends_and_not_in_between()
    {
        using HostRig rig = new(actions:
        [
            new ActionConfiguration.Event(["busy"], EventSeverity.Error),
            new ActionConfiguration.Message(["busy", "stopped"]) { Topic = "plant/siren/set", Payload = "ON", Otherwise = "OFF", Retain = true },
        ]);
        rig.Sensor.Script = n => n switch { > 6 => FrameKind.None, 3 or 4 => FrameKind.Busy, _ => FrameKind.Good };
        rig.Activate(change: FailsSafe);

        for (int i = 0; i < 20; i++)
        {
            rig.Read(1);
            rig.Beat();
        }

        rig.Stop();

        EventMessage[] events = [.. rig.Messages("event/decision", WireJson.Default.EventMessage)];
        Assert.Equal([EventSeverity.Error, EventSeverity.Info], events.Select(told => told.Severity));
        Assert.StartsWith("decides busy", events[0].Detail, StringComparison.Ordinal);
        Assert.Equal(3, events[0].Values["sample_unix_ms"]);
        Assert.Equal(
            ["ON", "OFF", "ON", "OFF"],
            rig.Sent.Where(message => message is { Topic: "plant/siren/set", Retain: true, Qos: 1 }).Select(message => Encoding.UTF8.GetString(message.Payload.Span)));
    }

    [Fact]
    public void A_line_that_cannot_be_had_is_told_once_and_the_model_answers_all_the_same()
    {
        using HostRig rig = new(actions: [new ActionConfiguration.Line(["busy"]) { Chip = "/dev/null", Offset = 3 }]);
        rig.Activate();

        List<string?> faults = [];
        for (int i = 0; i < 100; i++)
        {
            rig.Read(1);
            rig.Beat();
            faults.AddRange(rig.Host.TakeLineFaults());
        }

        Assert.Equal(["/dev/null is no GPIO chip"], faults);
        Assert.Equal(100, rig.Host.Samples);
    }

    private static ModelManifest FailsSafe(ModelManifest manifest) => manifest with
    {
        Decision = manifest.Decision with { StaleMs = 500, Stale = "stopped" },
    };

    private static IEnumerable<long> Numbers(HostRig rig) => rig.Messages("prediction/", WireJson.Default.PredictionMessage)
        .SelectMany(message => message.Predictions).Select(prediction => prediction.N);
}
