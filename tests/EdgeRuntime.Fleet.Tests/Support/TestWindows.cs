using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Fleet.Tests.Support;

/// <summary>How a model behaves in a window.</summary>
internal sealed record Behaviour
{
    /// <summary>Right, with a label in thirty wrong.</summary>
    public static Behaviour Good { get; } = new();

    /// <summary>Labels moved on by one: loads, and is wrong.</summary>
    public static Behaviour WrongLabels { get; } = new() { LabelShift = 1 };

    public int LabelShift { get; init; }

    /// <summary>Share of samples that get the next label in place of their own.</summary>
    public double Confusion { get; init; }

    /// <summary>Typical inference time, milliseconds.</summary>
    public double InferMs { get; init; } = 0.05;

    /// <summary>Share of samples that fail.</summary>
    public double ErrorShare { get; init; }

    /// <summary>True when every window of it lies off the reference.</summary>
    public bool Drifts { get; init; }
}

/// <summary>Makes the windows a device would send.</summary>
internal static class TestWindows
{
    /// <summary>Where each load lies: the means of the two features, by label.</summary>
    private static readonly double[][] Centers = [[0.05, 0.05], [0.92, 0.05], [0.25, 0.92]];

    /// <summary>Makes one window of one kind of load.</summary>
    /// <param name="load">Number of the label that is true.</param>
    public static WindowMessage Make(
        PackageLabel package, BootId boot, long sequence, long startMs, long endMs, int samples, int load, Behaviour behaviour,
        Random random, string model = TestPackages.Model)
    {
        long[] predictions = new long[TestPackages.Labels.Length];
        long[][] features = [new long[TestPackages.Edges.Length + 1], new long[TestPackages.Edges.Length + 1]];
        ExactMoments[] moments = [new(MomentScale.Of(TestPackages.Edges)), new(MomentScale.Of(TestPackages.Edges))];
        LatencyHistogram infer = new();
        int failed = 0;
        for (int i = 0; i < samples; i++)
        {
            int label = random.Next(30) == 0 ? (load + 1 + random.Next(2)) % 3 : load;
            label = random.NextDouble() < behaviour.Confusion ? (label + 1) % 3 : label;
            if (random.NextDouble() < behaviour.ErrorShare)
            {
                failed++;
            }
            else
            {
                predictions[(label + behaviour.LabelShift) % 3]++;
            }

            for (int feature = 0; feature < features.Length; feature++)
            {
                double value = Centers[load][feature] + ((random.NextDouble() - 0.5) * 0.06);
                features[feature][BinCounter.BinOf(TestPackages.Edges, value)]++;
                moments[feature].Record(value);
            }

            infer.Record((long)(behaviour.InferMs * 1e6 * (0.8 + (0.4 * random.NextDouble()))));
        }

        return new WindowMessage
        {
            Boot = boot,
            Sequence = sequence,
            UnixMs = endMs,
            ClockSynchronized = true,
            Model = model,
            Version = package.Version,
            Digest = package.Digest,
            StartUnixMs = startMs,
            EndUnixMs = endMs,
            Samples = samples,
            Failed = failed,
            Predictions = new PredictionCounts { Labels = TestPackages.Labels, Counts = predictions, Psi = 0.1, Threshold = 1 },
            Infer = Counts(infer),
            Path = Counts(infer),
            Features =
            [
                new FeatureCounts { Name = "busy", Counts = features[0], Psi = behaviour.Drifts ? 2 : 0.1, Threshold = 1, Moments = Counts(moments[0]) },
                new FeatureCounts { Name = "disk", Counts = features[1], Psi = 0.1, Threshold = 1, Moments = Counts(moments[1]) },
            ],
        };
    }

    private static MomentCounts Counts(ExactMoments moments)
    {
        MomentSums sums = moments.ToSums();
        return new MomentCounts
        {
            Origin = moments.Scale.Origin, Step = moments.Scale.Step, Outside = sums.Outside, Pairs = sums.Pairs, Sum = sums.Sum,
            Squares = sums.Squares, Cubes = sums.Cubes, Fourths = sums.Fourths, Differences = sums.Differences, Min = sums.Min, Max = sums.Max,
        };
    }

    private static LatencyCounts Counts(LatencyHistogram histogram)
    {
        int[] buckets = new int[LatencyHistogram.BucketCount];
        long[] counts = new long[LatencyHistogram.BucketCount];
        int used = histogram.CopySparse(buckets, counts);
        return new LatencyCounts { Buckets = buckets[..used], Counts = counts[..used], MaxMicroseconds = histogram.Max / 1000.0 };
    }
}
