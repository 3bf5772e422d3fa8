using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Engine.Tests.Features;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Engine.Tests.Telemetry;

public sealed class WindowCountersTests
{
    // Deciles of the standard normal distribution: scipy 1.10.1, stats.norm.ppf(np.arange(1, 10) / 10), to four digits.
    private static readonly double[] Deciles =
        [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816];

    private static readonly ModelManifest Manifest = Some.Manifest(
        8, 8, Some.Feature("mean"), Some.Feature("raw"), Some.Feature("std", "y"));

    private static readonly ReferenceProfile Reference = new()
    {
        Rows = 10_000,
        EffectiveRows = 10_000,
        EffectiveShare = 1,
        Features = [Normal("y_std"), Normal("x_mean")],
        PredictionShares = [0.75, 0.25],
    };

    [Fact]
    public void A_message_holds_everything_that_was_counted()
    {
        WindowCounters counters = new(Manifest, Reference);
        OutputDecoder decoder = new(Manifest.Output with { Activation = "none" }, 2);
        counters.Record(decoder.Decode([], [0.25f, 0.75f]), [0.1, -2], Took(1_000, 2_500), 100);
        counters.Record(decoder.Decode([], [1f, 0f]), [double.NaN, 5], Took(40, 50), 110);
        counters.Record(Decoded.Invalid, [0.2, 5], Took(3_000, 4_000), 120);
        counters.Drops = new DropCounts { [DropCause.SensorError] = 4, [DropCause.MissingValue] = 1 };

        WindowMessage message = counters.ToMessage(ModelId.Of("m"u8), SomeBoot, 9, 200, clockSynchronized: true);

        Assert.Equal(("some", "1.0.0", 9L, 200L), (message.Model, message.Version, message.Sequence, message.UnixMs));
        Assert.Equal(ModelId.Of("m"u8), message.Digest);
        Assert.Equal((100L, 120L), (message.StartUnixMs, message.EndUnixMs));
        Assert.Equal((3L, 1L), (message.Samples, message.Failed));
        Assert.Equal(new Dictionary<string, long> { ["sensor_error"] = 4, ["missing_value"] = 1 }, message.Dropped);
        Assert.Equal(["idle", "busy"], message.Predictions.Labels);
        Assert.Equal([1, 1], message.Predictions.Counts);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 0, 1], message.Predictions.Confidence);
        // By hand: 40 is 32 + 8; 1000 is (32 + 30) * 2^4 + 8, five powers up; 3000 is (32 + 14) * 2^6 + 56, seven up.
        Assert.Equal([32 + 8, (5 * 32) + 30, (7 * 32) + 14], message.Infer.Buckets);
        Assert.Equal([1, 1, 1], message.Infer.Counts);
        Assert.Equal(3, message.Infer.MaxMicroseconds);
        Assert.Equal(4, message.Path.MaxMicroseconds);
        Assert.Equal(["y_std", "x_mean"], message.Features.Select(feature => feature.Name));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 2], message.Features[0].Counts);
        Assert.Equal([0, 0, 0, 0, 0, 2, 0, 0, 0, 0], message.Features[1].Counts);
        Assert.Equal((0L, 1L), (message.Features[0].Missing, message.Features[1].Missing));
        // The inner deciles lie 1.6832 apart, so a step is 1/64; -2 is -128 of them, 5 is 320.
        Assert.Equal((0, 1.0 / 64), (message.Features[0].Moments!.Origin, message.Features[0].Moments!.Step));
        Assert.Equal((512L, 2L, 0L), (message.Features[0].Moments!.Sum, message.Features[0].Moments!.Pairs, message.Features[0].Moments!.Outside));
        Assert.Equal((128 * 128) + (2 * 320 * 320), message.Features[0].Moments!.Squares);
        Assert.Equal(448 * 448, message.Features[0].Moments!.Differences);
        Assert.Equal((-2f, 5f), (message.Features[0].Moments!.Min, message.Features[0].Moments!.Max));
        Assert.Equal((0L, 0L), (message.Features[1].Moments!.Pairs, message.Features[1].Infinite));
    }

    [Fact]
    public void A_message_survives_the_wire()
    {
        WindowCounters counters = Window(new Random(1), 500, shift: 0);

        WindowMessage message = counters.ToMessage(ModelId.Of("m"u8), SomeBoot, 1, 2, clockSynchronized: false);
        string json = JsonSerializer.Serialize(message, WireJson.Default.WindowMessage);
        WindowMessage back = JsonSerializer.Deserialize(json, WireJson.Default.WindowMessage)!;

        LatencyHistogram infer = new();
        infer.AddSparse(back.Infer.Buckets, back.Infer.Counts, (long)Math.Round(back.Infer.MaxMicroseconds * 1000));
        Assert.True(counters.Ledger![LatencyStage.Infer].Counts.SequenceEqual(infer.Counts));
        Assert.Equal(counters.Ledger![LatencyStage.Infer].Max, infer.Max);
        Assert.Equal(message.Features[1].Counts, back.Features[1].Counts);
        Assert.Equal(message.Features[1].Psi, back.Features[1].Psi);
        Assert.Equal(message.Features[1].Moments, back.Features[1].Moments);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Merging_windows_equals_counting_all_their_samples_in_one(int seed)
    {
        Random random = new(seed);
        OutputDecoder decoder = new(Manifest.Output, 2);
        WindowCounters whole = new(Manifest, Reference);
        WindowCounters[] parts = [new(Manifest, Reference), new(Manifest, Reference), new(Manifest, Reference)];
        for (int i = 0; i < 2_000; i++)
        {
            WindowCounters part = parts[i / 700];
            if (i > 0 && i % 700 == 0)
            {
                part.Follow(parts[(i / 700) - 1]);
            }

            float logit = i % 50 == 0 ? float.NaN : (float)NextNormal(random);
            double[] values = [NextNormal(random), i % 40 == 0 ? double.NaN : NextNormal(random)];
            long infer = random.Next(1_000_000);
            foreach (WindowCounters counters in (WindowCounters[])[whole, part])
            {
                counters.Record(decoder.Decode([], [logit, 0]), values, Took(infer, 2 * infer), 1_000 + i);
            }
        }

        random.Shuffle(parts);
        WindowCounters merged = new(Manifest, Reference);
        foreach (WindowCounters part in parts)
        {
            merged.Add(part);
        }

        Assert.Equal(AsJson(whole), AsJson(merged));
    }

    [Fact]
    public void Counters_on_other_bins_are_refused_and_nothing_is_added()
    {
        WindowCounters counters = new(Manifest, Reference);
        WindowCounters other = new(Manifest, Reference with
        {
            Features = [Normal("y_std"), Normal("x_mean") with { Edges = [0], Counts = [1, 1] }],
        });
        other.Record(Decoded.Invalid, [0, 0], Took(1, 1), 1);

        Assert.Throws<ArgumentException>(() => counters.Add(other));

        Assert.Equal(0, counters.Samples);
        Assert.Equal(0, counters.Ledger![LatencyStage.Infer].Count);
    }

    [Fact]
    public void Clearing_leaves_an_empty_window_of_finite_figures()
    {
        WindowCounters counters = Window(new Random(2), 100, shift: 3);
        counters.Drops = new DropCounts { [DropCause.Late] = 1, [DropCause.Gated] = 2 };
        counters.Due = 103;
        counters.DeadlineMisses = 4;

        counters.Clear();

        Assert.Equal(AsJson(new WindowCounters(Manifest, Reference)), AsJson(counters));
        WindowMessage message = counters.ToMessage(ModelId.Of("m"u8), SomeBoot, 1, 77, clockSynchronized: true);
        Assert.Equal((77L, 77L), (message.StartUnixMs, message.EndUnixMs));
        Assert.All(message.Features, feature => Assert.True(feature.Psi == 0 && double.IsFinite(feature.Threshold)));
        Assert.Null(counters.Judge().MaxRatio);
    }

    [Fact]
    public void Without_drift_a_windows_false_alarms_stay_near_the_level_for_all_features_together()
    {
        Random random = new(5);
        ReferenceProfile strict = Reference with { Level = 0.05, MinEffect = 0 };
        const int Windows = 2_000;
        int alarms = 0;
        for (int window = 0; window < Windows; window++)
        {
            alarms += Window(random, 200, shift: 0, strict).Judge().Drifted ? 1 : 0;
        }

        // Two features at 2.5 % each: 4.9 % of windows. Three standard errors are 1.5 %; the reference is exact, which
        // takes a little off.
        Assert.InRange((double)alarms / Windows, 0.03, 0.065);
    }

    [Fact]
    public void With_the_default_level_and_effect_a_thousand_healthy_windows_raise_no_alarm()
    {
        Random random = new(6);

        for (int window = 0; window < 1_000; window++)
        {
            Assert.False(Window(random, 200, shift: 0).Judge().Drifted, $"window {window}");
        }
    }

    [Fact]
    public void A_shifted_feature_is_named_and_the_others_are_not()
    {
        Random random = new(7);
        for (int window = 0; window < 100; window++)
        {
            DriftVerdict verdict = Window(random, 200, shift: 1).Judge();

            Assert.Equal(["x_mean"], verdict.Drifting);
            Assert.Equal("x_mean", verdict.Worst!.Name);
            Assert.True(verdict.MaxRatio > 1);
        }
    }

    [Fact]
    public void The_threshold_is_the_larger_of_chance_and_the_smallest_effect_of_the_feature_itself()
    {
        // Level 0.001 over two features is 0.0005: scipy 1.10.1, stats.chi2.isf(0.0005, 9) = 29.665808; x (1/10000 + 1/50).
        WindowMessage small = Message(Window(new Random(8), 50, shift: 0));
        Assert.Equal(29.665808 * 0.0201, small.Features[1].Threshold, 1e-6);

        WindowMessage large = Message(Window(new Random(8), 5_000, shift: 0));
        Assert.Equal(0.25, large.Features[1].Threshold);

        ReferenceProfile own = Reference with
        {
            Features = [Normal("y_std"), Normal("x_mean") with { MinEffect = 2 }],
        };
        Assert.Equal(2, Message(Window(new Random(8), 5_000, shift: 0, own)).Features[1].Threshold);
    }

    [Fact]
    public void What_chance_makes_of_the_reference_decides_where_it_was_told()
    {
        ReferenceProfile told = Reference with
        {
            Features =
            [
                Normal("y_std"),
                Normal("x_mean") with
                {
                    // A gamma distribution: half of a chi-squared one with 9 degrees, 29.665808 of which are exceeded with the level.
                    Chance = [new() { Samples = 50, Mean = 0.5, Variance = 0.25, Skewness = Math.Sqrt(8.0 / 9), Kurtosis = 12.0 / 9 }],
                },
            ],
        };

        Assert.Equal(29.665808 * 0.0201 / 2, Message(Window(new Random(8), 50, shift: 0, told)).Features[1].Threshold, 1e-6);
    }

    [Fact]
    public void Samples_that_repeat_their_neighbours_count_by_their_effective_share()
    {
        ReferenceProfile slow = Reference with { EffectiveShare = 0.25 };

        Assert.Equal(
            29.665808 * 0.0201, Message(Window(new Random(8), 200, shift: 0, slow)).Features[1].Threshold, 1e-6);

        // 79 samples are worth less than 20: no verdict, whatever they show.
        Assert.False(Window(new Random(8), 79, shift: 50, slow).Judge().Drifted);
    }

    [Fact]
    public void Predictions_are_held_against_the_shares_of_training()
    {
        OutputDecoder decoder = new(Manifest.Output, 2);
        WindowCounters counters = new(Manifest, Reference);
        for (int i = 0; i < 400; i++)
        {
            counters.Record(decoder.Decode([], [0, i % 4 == 0 ? -5f : 5f]), [0, 0], Took(1, 1), i);
        }

        StabilityVerdict verdict = counters.Judge().Predictions!.Value;

        // numpy: p=(np.array([100,300])+.5)/401; q=(np.array([7500,2500])+.5)/10001; ((p-q)*np.log(p/q)).sum()
        Assert.Equal(1.0954619746432241, verdict.Index, 1e-12);
        Assert.True(verdict.Drifted);
        Assert.Equal(verdict.Index, Message(counters).Predictions.Psi);
    }

    [Fact]
    public void A_regression_counts_its_values_on_the_references_bins_in_words()
    {
        ModelManifest manifest = Manifest with { Output = new() { Kind = "regression", Unit = "Cel" } };
        ReferenceProfile reference = Reference with
        {
            PredictionShares = [],
            PredictionBins = new() { Name = "value", Edges = [20, 22.5], Counts = [100, 100, 100] },
        };
        OutputDecoder decoder = new(manifest.Output, 1);
        WindowCounters counters = new(manifest, reference);
        foreach (float value in (float[])[19, 20, 21, 30])
        {
            counters.Record(decoder.Decode([], [value]), [0, 0], Took(1, 1), 1);
        }

        PredictionCounts predictions = Message(counters).Predictions;

        Assert.Equal(["below 20", "20 to 22.5", "22.5 and above"], predictions.Labels);
        Assert.Equal([1, 2, 1], predictions.Counts);
        Assert.Empty(predictions.Confidence);
    }

    [Fact]
    public void Without_bins_for_a_value_all_answers_share_one_count_and_never_drift()
    {
        ModelManifest manifest = Manifest with { Output = new() { Kind = "regression" } };
        WindowCounters counters = new(manifest, Reference with { PredictionShares = [] });
        counters.Record(new OutputDecoder(manifest.Output, 1).Decode([], [5]), [0, 0], Took(1, 1), 1);

        PredictionCounts predictions = Message(counters).Predictions;

        Assert.Equal([1], predictions.Counts);
        Assert.True(predictions.Psi < predictions.Threshold);
        Assert.Null(counters.Judge().Predictions);
    }

    [Fact]
    public void A_reference_of_another_package_is_refused_with_a_sentence()
    {
        Assert.Equal(
            "the reference has a feature 'z_mean' that the manifest has not, or only as raw window",
            Assert.Throws<ArgumentException>(
                () => new WindowCounters(Manifest, Reference with { Features = [Normal("z_mean")] })).Message);
        Assert.Equal(
            "the reference has shares of 3 labels and the manifest has 2",
            Assert.Throws<ArgumentException>(
                () => new WindowCounters(Manifest, Reference with { PredictionShares = [0.5, 0.25, 0.25] })).Message);
        Assert.Equal(
            "reference 'x_mean' has 1 counts for 9 edges; one more is needed",
            Assert.Throws<ArgumentException>(
                () => new WindowCounters(Manifest, Reference with { Features = [Normal("x_mean") with { Counts = [1] }] })).Message);
    }

    [Fact]
    public void Quantiles_that_the_manifest_asks_for_are_told_and_merged()
    {
        ModelManifest manifest = Manifest with { Monitoring = new MonitoringSpec { Quantiles = ["x_mean"] } };
        WindowCounters counters = new(manifest, Reference);
        WindowCounters other = new(manifest, Reference);
        counters.Record(Decoded.Invalid, [0.5, 1], Took(1, 1), 1);
        other.Record(Decoded.Invalid, [-80, 1], Took(1, 1), 1);

        counters.Add(other);

        Assert.Null(Message(counters).Features[0].Quantiles);
        Assert.Equal([1], Message(counters).Features[1].Quantiles!.PositiveCounts);
        Assert.Equal([110], Message(counters).Features[1].Quantiles!.NegativeKeys);
        counters.Clear();
        Assert.Empty(Message(counters).Features[1].Quantiles!.PositiveKeys);
    }

    [Fact]
    public void Recording_and_clearing_allocate_nothing()
    {
        WindowCounters counters = new(Manifest with { Monitoring = new MonitoringSpec { Quantiles = ["x_mean"] } }, Reference);
        OutputDecoder decoder = new(Manifest.Output, 2);
        double[] values = [0.5, -0.5];
        float[] output = [1, 2];
        RecordMany(counters, decoder, values, output, 10);

        Assert.Equal(0, Allocated.By(() => RecordMany(counters, decoder, values, output, 100_000)));
    }

    private static SampleTimes Took(long infer, long endToEnd) =>
        new() { Infer = infer, EndToEnd = endToEnd, Queue = SampleTimes.None };

    private static BootId SomeBoot => new(1);

    private static ReferenceFeature Normal(string name) =>
        new() { Name = name, Edges = Deciles, Counts = [.. Enumerable.Repeat(1_000L, 10)] };

    private static void RecordMany(
        WindowCounters counters, OutputDecoder decoder, double[] values, float[] output, int count)
    {
        for (int i = 0; i < count; i++)
        {
            values[0] = i % 9 == 0 ? double.NaN : i * 1e-5;
            counters.Record(decoder.Decode([], output), values, Took(i, 2 * i), i);
            if (i % 1_000 == 999)
            {
                counters.Clear();
            }
        }
    }

    // Only x_mean is shifted; three of four samples are idle, as in training.
    private static WindowCounters Window(Random random, int samples, double shift, ReferenceProfile? reference = null)
    {
        WindowCounters counters = new(Manifest, reference ?? Reference);
        OutputDecoder decoder = new(Manifest.Output, 2);
        for (int i = 0; i < samples; i++)
        {
            float logit = random.NextDouble() < 0.75 ? 3 : -3;
            double[] values = [NextNormal(random) + shift, NextNormal(random)];
            counters.Record(decoder.Decode([], [logit, 0]), values, Took(500_000 + random.Next(1_000_000), 2_000_000), i);
        }

        return counters;
    }

    private static WindowMessage Message(WindowCounters counters) =>
        counters.ToMessage(ModelId.Of("m"u8), SomeBoot, 1, 1, clockSynchronized: true);

    private static string AsJson(WindowCounters counters) =>
        JsonSerializer.Serialize(Message(counters), WireJson.Default.WindowMessage);

    private static double NextNormal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
