using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Engine.Tests.Features;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class OnlineWatchTests
{
    private static readonly ModelManifest Manifest = Some.Manifest(8, 8, Some.Feature("mean"), Some.Feature("std", "y")) with
    {
        Monitoring = new MonitoringSpec { Online = new OnlineSpec { Detector = "page_hinkley", ExpectedRunSamples = 10_000 } },
    };

    // Independent values of mean 0 and deviation 1. A sum of deviations above 0.5 that reaches 12 is a change of level: chance brings
    // a cumulative sum there once in some hundred thousand samples (D. Siegmund, Sequential Analysis, 1985: exp(2 k h) / 2 k^2).
    private static readonly ReferenceProfile Reference = new()
    {
        Rows = 10_000,
        EffectiveRows = 10_000,
        EffectiveShare = 0.001,
        Features = [Normal("x_mean"), Normal("y_std")],
        PredictionShares = [0.5, 0.5],
    };

    [Fact]
    public void A_moved_feature_is_signalled_within_a_window_that_is_too_small_for_any_other_verdict()
    {
        OnlineWatch watch = OnlineWatch.Of(Manifest, Reference)!;
        DriftAlarm alarm = new(new AlarmSpec());
        DriftHorizon horizon = new(Manifest, Reference);
        (DriftVerdict healthy, _) = Judge(watch, horizon, alarm, sequence: 1, shift: 0);
        (DriftVerdict moved, AlarmChange change) = Judge(watch, horizon, alarm, sequence: 2, shift: 2);

        Assert.Null(healthy.MaxRatio);
        Assert.Equal(AlarmChange.Raised, change);
        AlarmCause cause = Assert.Single(DriftAlarm.CausesOf(moved));
        Assert.Equal(("x_mean", "page_hinkley"), (cause.Feature, cause.Statistic));
        Assert.InRange(moved.Features[0].Signals!.FirstUnixMs, 2_000, 2_030);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_signalled_travels_with_the_window_and_is_judged_the_same_from_there(bool asProtobuf)
    {
        OnlineWatch watch = OnlineWatch.Of(Manifest, Reference)!;
        DriftHorizon horizon = new(Manifest, Reference);
        WindowCounters window = Window(watch, start: 1_000, shift: 2);
        ModelId digest = ModelId.Of("m"u8);
        WindowMessage told = window.ToMessage(horizon.Add(window, 1), digest, new BootId(1), 1, 1, clockSynchronized: true);

        ReplayedWindow again = new DriftReplay(Manifest, digest, Reference).Take(asProtobuf ? DriftReplayTests.AsProtobuf(told) : told, out string refusal)!;

        Assert.Equal("", refusal);
        Assert.Equal((AlarmChange.Raised, true), (again.Change, again.IsSame));
        Assert.True(told.Features[0].Signals!.Count > 0);
        Assert.Null(told.Features[1].Signals);
    }

    [Fact]
    public void Only_the_features_that_the_manifest_names_are_watched_and_without_a_wish_none_is()
    {
        ModelManifest other = Manifest with
        {
            Monitoring = new MonitoringSpec { Online = Manifest.Monitoring!.Online! with { Features = ["y_std"] } },
        };
        WindowCounters window = Window(OnlineWatch.Of(other, Reference)!, start: 1_000, shift: 5);

        Assert.Equal((0L, 0L), (window.Signals[0], window.Signals[1]));
        Assert.Null(OnlineWatch.Of(Manifest with { Monitoring = new MonitoringSpec() }, Reference));
    }

    [Fact]
    public void Watching_allocates_nothing()
    {
        OnlineWatch watch = OnlineWatch.Of(Manifest, Reference)!;
        WindowCounters window = new(Manifest, Reference);
        double[] values = [0, 0];
        watch.Update(values, 1, window);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                values[0] = i % 7;
                watch.Update(values, i, window);
            }
        }));
    }

    private static (DriftVerdict Verdict, AlarmChange Change) Judge(
        OnlineWatch watch, DriftHorizon horizon, DriftAlarm alarm, long sequence, double shift)
    {
        WindowCounters window = Window(watch, 1_000 * sequence, shift);
        DriftVerdict verdict = horizon.Add(window, sequence);
        return (verdict, alarm.Take(verdict, window.StartUnixMs, window.EndUnixMs));
    }

    private static WindowCounters Window(OnlineWatch watch, long start, double shift)
    {
        Random random = new((int)start);
        OutputDecoder decoder = new(Manifest.Output, 2);
        WindowCounters window = new(Manifest, Reference);
        for (int i = 0; i < 50; i++)
        {
            double[] values = [NextNormal(random) + shift, NextNormal(random)];
            window.Record(decoder.Decode([], [random.Next(2), 0.5f]), values, default, start + i);
            watch.Update(values, start + i, window);
        }

        return window;
    }

    private static double NextNormal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static ReferenceFeature Normal(string name) => new()
    {
        Name = name,
        Edges = [-0.6745, 0, 0.6745],
        Counts = [2_500, 2_500, 2_500, 2_500],
        Online = new OnlineReference
        {
            Detector = "page_hinkley",
            ExpectedRunSamples = 10_000,
            Mean = 0,
            Deviation = 1,
            Gain = 1,
            Clip = 4,
            ReferenceSamples = 10_000,
            Delta = 0.5,
            Thresholds = [12],
        },
    };
}
