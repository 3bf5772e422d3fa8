using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Engine.Tests.Features;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Engine.Tests.Telemetry;

public sealed class WindowTestTests
{
    private static readonly ModelManifest Plain = Some.Manifest(8, 8, Some.Feature("mean"), Some.Feature("std", "y"));

    private static readonly ReferenceProfile Reference = new()
    {
        Rows = 10_000,
        EffectiveRows = 10_000,
        EffectiveShare = 1,
        Features = [Quarters("x_mean"), Quarters("y_std")],
        PredictionShares = [0.5, 0.5],
    };

    public static TheoryData<string> Tests => [.. DriftSpec.Tests];

    [Theory]
    [MemberData(nameof(Tests))]
    public void Every_test_that_a_manifest_may_name_finds_a_moved_feature_and_no_other(string test)
    {
        WindowCounters moved = Window(test, shift: 0.4);
        DriftVerdict verdict = moved.Judge();
        WindowMessage message = moved.ToMessage(verdict, ModelId.Of("m"u8), new BootId(1), 1, 1, clockSynchronized: true);

        Assert.Equal(["x_mean"], verdict.Drifting);
        Assert.True(verdict.MaxRatio > 1);
        Assert.Equal(test, verdict.Worst!.Statistic);
        Assert.Equal(test == "psi" ? null : test, message.Features[0].Test?.Name);
        Assert.False(Window(test, shift: 0).Judge().Drifted);
    }

    [Fact]
    public void What_is_more_than_chance_and_smaller_than_the_smallest_effect_is_no_drift()
    {
        DriftVerdict verdict = Window("ks", shift: 0.1, minEffect: 0.3).Judge();

        Assert.True(verdict.Features[0].PValue < 1e-6);
        Assert.False(verdict.Drifted);
        Assert.True(verdict.MaxRatio < 1);
    }

    private static WindowCounters Window(string test, double shift, double? minEffect = null)
    {
        Random random = new(4);
        DriftSpec drift = new() { Test = test, MinEffect = minEffect };
        WindowCounters counters = new(Plain with { Monitoring = new MonitoringSpec { Drift = drift } }, Reference);
        OutputDecoder decoder = new(Plain.Output, 2);
        for (int i = 0; i < 1_000; i++)
        {
            counters.Record(decoder.Decode([], [random.Next(2), 0.5f]), [random.NextDouble() + shift, random.NextDouble()], default, i);
        }

        return counters;
    }

    private static ReferenceFeature Quarters(string name) =>
        new() { Name = name, Edges = [0.25, 0.5, 0.75], Counts = [2_500, 2_500, 2_500, 2_500], Wasserstein = Distances() };

    private static WassersteinReference Distances()
    {
        DDSketch sketch = new();
        for (int i = 0; i < 10_000; i++)
        {
            sketch.Record((i + 0.5) / 10_000);
        }

        WeightedValues values = WeightedValues.Of(sketch);
        (IReadOnlyList<double> sizes, IReadOnlyList<double> thresholds) = WassersteinCalibration.Calibrate(values, new Random(1));
        return new WassersteinReference { Values = values.Values.ToArray(), Counts = values.Counts.ToArray(), Sizes = sizes, Thresholds = thresholds };
    }
}
