using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Engine.Tests.Features;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class DriftReplayTests
{
    private static readonly ModelId Digest = ModelId.Of("package"u8);

    internal static readonly ModelManifest Manifest = Some.Manifest(8, 8, Some.Feature("mean"), Some.Feature("std", "y")) with
    {
        Monitoring = new MonitoringSpec { Alarms = new AlarmSpec { RaiseAfter = 2, ClearAfter = 2 } },
    };

    internal static readonly ReferenceProfile Reference = new()
    {
        Rows = 10_000,
        EffectiveRows = 10_000,
        EffectiveShare = 0.25,
        Features = [Quarters("x_mean"), Quarters("y_std")],
        PredictionShares = [0.5, 0.5],
    };

    [Fact]
    public void Stored_windows_lead_to_the_same_verdicts_bit_for_bit_and_to_the_same_alarms()
    {
        List<(WindowMessage Window, AlarmChange Change)> told = Device(new BootId(1), seed: 1);
        DriftReplay replay = new(Manifest, Digest, Reference);

        AlarmChange[] changes = [.. told.Select(pair => Again(replay, Stored(pair.Window)).Change)];

        Assert.Equal(told.Select(pair => pair.Change), changes);
        Assert.Contains(AlarmChange.Raised, changes);
        Assert.Contains(AlarmChange.Ended, changes);
    }

    [Theory]
    [InlineData("psi")]
    [InlineData("ks")]
    [InlineData("g")]
    [InlineData("wasserstein")]
    public void Windows_that_came_as_protobuf_lead_to_the_same_verdicts_bit_for_bit_and_to_the_same_alarms(string test)
    {
        ModelManifest manifest = Manifest with { Monitoring = Manifest.Monitoring! with { Drift = new DriftSpec { Test = test } } };
        List<(WindowMessage Window, AlarmChange Change)> told = Device(new BootId(1), seed: 1, manifest);
        DriftReplay replay = new(manifest, Digest, Reference);

        AlarmChange[] changes = [.. told.Select(pair => Again(replay, AsProtobuf(pair.Window)).Change)];

        Assert.Equal(told.Select(pair => pair.Change), changes);
        Assert.Contains(AlarmChange.Raised, changes);
        Assert.Contains(AlarmChange.Ended, changes);
    }

    [Fact]
    public void A_figure_that_differs_by_less_than_protobuf_tells_shows_itself_all_the_same()
    {
        WindowMessage told = Device(new BootId(1), seed: 1)[9].Window;
        WindowMessage other = told with { Features = [told.Features[0] with { Psi = Math.BitIncrement(told.Features[0].Psi) }, told.Features[1]] };

        ReplayedWindow again = new DriftReplay(Manifest, Digest, Reference).Take(AsProtobuf(other), out _)!;

        Assert.False(again.IsSame);
    }

    [Fact]
    public void A_window_without_the_quantiles_that_its_verdict_rests_on_is_not_judged()
    {
        ModelManifest manifest = Manifest with { Monitoring = Manifest.Monitoring! with { Drift = new DriftSpec { Test = "wasserstein" } } };
        WindowMessage told = Device(new BootId(1), seed: 1, manifest)[0].Window;
        DriftReplay replay = new(manifest, Digest, Reference);

        Assert.Null(replay.Take(told with { Features = [told.Features[0] with { Quantiles = null }, told.Features[1]] }, out string refusal));
        Assert.Equal("the verdict on its feature 'x_mean' rests on quantiles, and it tells none", refusal);
    }

    [Fact]
    public void A_new_boot_begins_anew_as_the_device_did()
    {
        List<(WindowMessage Window, AlarmChange Change)> told = [.. Device(new BootId(1), seed: 1)[..7], .. Device(new BootId(2), seed: 2)];
        DriftReplay replay = new(Manifest, Digest, Reference);

        Assert.Equal(told.Select(pair => pair.Change), told.Select(pair => Again(replay, Stored(pair.Window)).Change));
    }

    [Fact]
    public void A_verdict_that_rested_on_a_window_that_is_missing_shows_itself()
    {
        List<(WindowMessage Window, AlarmChange Change)> told = Device(new BootId(1), seed: 1);
        told.RemoveAt(1);
        DriftReplay replay = new(Manifest, Digest, Reference);

        Assert.Contains(told, pair => replay.Take(Stored(pair.Window), out _)!.Difference > 0.001);
    }

    [Fact]
    public void What_cannot_be_judged_again_is_refused_with_the_reason()
    {
        WindowMessage window = Device(new BootId(1), seed: 1)[0].Window;
        DriftReplay replay = new(Manifest, Digest, Reference);
        Dictionary<WindowMessage, string> wrong = new()
        {
            [window with { Digest = ModelId.Of("other"u8) }] = $"it is of package {ModelId.Of("other"u8).Short}, not {Digest.Short}",
            [window with { Merged = 2 }] = "2 others were merged into it because the device had no room, so its verdict rests on what is gone",
            [window with { Features = [] }] = "it has 0 features and the reference has 2",
            [window with { Features = [window.Features[1], window.Features[0]] }] =
                "its feature 'y_std' was not counted on the reference's bins of 'x_mean'",
            [window with { Features = [window.Features[0] with { Counts = [1, -1, 0, 0] }, window.Features[1]] }] =
                "its feature 'x_mean' was not counted on the reference's bins of 'x_mean'",
            [window with { Predictions = window.Predictions with { Counts = [1] } }] = "its predictions were not counted on this package's labels",
        };

        foreach ((WindowMessage other, string why) in wrong)
        {
            Assert.Null(replay.Take(other, out string refusal));
            Assert.Equal(why, refusal);
        }
    }

    private static ReplayedWindow Again(DriftReplay replay, WindowMessage window)
    {
        ReplayedWindow? again = replay.Take(window, out string refusal);
        Assert.Equal("", refusal);
        Assert.Equal((0, true), (again!.Difference, again.IsSame));
        return again;
    }

    // What a device does: windows of 50 samples, of which a verdict needs more than one; the features move and come back.
    internal static List<(WindowMessage Window, AlarmChange Change)> Device(BootId boot, int seed, ModelManifest? of = null)
    {
        ModelManifest manifest = of ?? Manifest;
        Random random = new(seed);
        DriftHorizon horizon = new(manifest, Reference);
        DriftAlarm alarm = new(manifest.Monitoring!.Alarms);
        OutputDecoder decoder = new(manifest.Output, 2);
        List<(WindowMessage, AlarmChange)> told = [];
        for (int n = 1; n <= 24; n++)
        {
            WindowCounters counters = new(manifest, Reference);
            for (int i = 0; i < 50; i++)
            {
                double value = random.NextDouble() + (n is > 6 and < 15 ? 0.7 : 0);
                counters.Record(decoder.Decode([], [random.Next(2), 0.5f]), [value, random.NextDouble()], default, (1000L * n) + i);
            }

            DriftVerdict verdict = horizon.Add(counters, n);
            WindowMessage window = counters.ToMessage(verdict, Digest, boot, n, 2000L * n, clockSynchronized: true);
            told.Add((window, alarm.Take(verdict, window.StartUnixMs, window.EndUnixMs)));
        }

        return told;
    }

    // With the names of the package, as the fleet manager stores it.
    internal static WindowMessage AsProtobuf(WindowMessage window)
    {
        WindowMessage read = WindowCodec.Read(WindowCodec.Write(window), window.Model);
        return Stored(read with
        {
            Features = [.. read.Features.Zip(window.Features, (feature, named) => feature with { Name = named.Name })],
            Predictions = read.Predictions with { Labels = window.Predictions.Labels },
        });
    }

    private static WindowMessage Stored(WindowMessage window) => JsonSerializer.Deserialize(
        JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage), WireJson.Default.WindowMessage)!;

    // Thresholds of the scaled distance for uniform values, about.
    private static ReferenceFeature Quarters(string name) => new()
    {
        Name = name, Edges = [0.25, 0.5, 0.75], Counts = [2_500, 2_500, 2_500, 2_500],
        Wasserstein = new WassersteinReference
        {
            Values = [.. Enumerable.Range(0, 100).Select(i => (i + 0.5) / 100)], Counts = [.. Enumerable.Repeat(100L, 100)], Sizes = [20],
            Thresholds = [0.9, 1.3, 1.6, 1.8, 2.1, 2.3, 2.5, 2.7, 2.9],
        },
    };
}
