using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class AttributionWatchTests
{
    private static readonly ReferenceProfile Reference = new()
    {
        Rows = 1000, EffectiveRows = 100, EffectiveShare = 0.1, Features = [],
        Attributions = new AttributionReference { Method = "shapley", Samples = 100, Groups = ["x_mean", "y_mean"], Means = [0.4, 0.1], Tops = [95, 5] },
    };

    [Fact]
    public void Neighbours_other_methods_and_values_that_are_no_numbers_are_not_counted()
    {
        AttributionWatch watch = new(TestPackages.Manifest, Reference);

        watch.Take(Explained(1, 0.5, -0.25));
        watch.Take(Explained(10, 0.5, 0));
        watch.Take(Explained(30, 0.5, 0) with { Method = "occlusion" });
        watch.Take(Explained(30, double.NaN, 0));
        watch.Take(Explained(11, -0.25, 0.125) with { Method = "exact" });

        AttributionCounts counts = watch.TakeCounts()!;
        Assert.Equal(("shapley", 2, 3), (counts.Method, counts.Samples, counts.Skipped));
        Assert.Equal([0.75, 0.375], counts.Sums.Select(sum => (double)sum / (1L << 32)));
        Assert.Equal([2L, 0], counts.Tops);
        Assert.Null(watch.TakeCounts());
    }

    [Fact]
    public void Another_order_of_the_features_is_told_once_enough_answers_say_so_and_is_over_when_they_no_longer_do()
    {
        AttributionWatch watch = new(TestPackages.Manifest, Reference);
        for (int i = 0; i < 29; i++)
        {
            watch.Take(Explained(1 + (10 * i), 0.01, 0.4));
        }

        Assert.Null(watch.Shift());
        watch.Take(Explained(1000, 0.01, 0.4));
        AttributionShift shift = watch.Shift()!;
        for (int i = 0; i < 600; i++)
        {
            watch.Take(Explained(2000 + (10 * i), 0.4, i % 20 == 0 ? 0.5 : 0.1));
        }

        // NDCG by hand: (0.1 + 0.4 / log2(3)) / (0.4 + 0.1 / log2(3)).
        Assert.Equal((true, 30, "y_mean", "x_mean"), (shift.Drifted, shift.Samples, shift.Now, shift.Before));
        Assert.Equal(0.760910, shift.Ndcg, 1e-6);
        Assert.False(watch.Shift()!.Drifted);
    }

    [Fact]
    public void A_reference_of_other_groups_is_not_compared()
    {
        ReferenceProfile other = Reference with { Attributions = Reference.Attributions! with { Groups = ["y_mean", "x_mean"] } };

        Assert.False(new AttributionWatch(TestPackages.Manifest, other).IsCompared);
        Assert.True(new AttributionWatch(TestPackages.Manifest, Reference).IsCompared);
    }

    [Fact]
    public void Counts_of_two_windows_add_up_and_those_of_other_methods_keep_the_windows_apart()
    {
        AttributionWatch watch = new(TestPackages.Manifest, Reference);
        watch.Take(Explained(1, 0.5, 0.25));
        WindowMessage first = Window(1, watch.TakeCounts());
        watch.Take(Explained(20, 0.125, 0.25));
        WindowMessage second = Window(2, watch.TakeCounts());

        AttributionCounts both = WindowMerging.Merge(first, second)!.Attributions!;

        Assert.Equal([0.625, 0.5], both.Sums.Select(sum => (double)sum / (1L << 32)));
        Assert.Equal((2, 1L, 1L), (both.Samples, both.Tops[0], both.Tops[1]));
        Assert.Equal(first.Attributions, WindowMerging.Merge(first, Window(3, null))!.Attributions);
        Assert.Null(WindowMerging.Merge(first, second with { Attributions = second.Attributions! with { Method = "occlusion" } }));
    }

    private static WindowMessage Window(long sequence, AttributionCounts? counts) => new()
    {
        Boot = default, Sequence = sequence, UnixMs = 1, ClockSynchronized = true, Model = "plant", Version = "1.0.0", Digest = default,
        StartUnixMs = 0, EndUnixMs = 1, Samples = 1, Failed = 0,
        Predictions = new PredictionCounts { Labels = [], Counts = [] },
        Infer = new LatencyCounts { Buckets = [], Counts = [], MaxMicroseconds = 0 },
        Path = new LatencyCounts { Buckets = [], Counts = [], MaxMicroseconds = 0 },
        Attributions = counts,
    };

    private static ExplanationReport Explained(long n, double x, double y) => new()
    {
        Model = "plant", Version = "1.0.0", Digest = default, N = n, SampleUnixMs = 0, Quantity = "probability", Method = "shapley", Whole = 0, Nothing = 0,
        CompletenessError = 0, Inferences = 4, Seed = 1, Groups = [new AttributedGroup("y_mean", y), new AttributedGroup("x_mean", x)],
    };
}
