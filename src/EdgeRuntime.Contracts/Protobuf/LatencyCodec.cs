using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>One histogram of durations within a <see cref="WindowCodec"/>, with fewer classes than it was counted in.</summary>
internal static class LatencyCodec
{
    /// <summary>The stage of inference.</summary>
    public const string Infer = "infer";

    /// <summary>The stage from the frame to the decision.</summary>
    public const string EndToEnd = "end_to_end";

    // The enumeration of the schema, in its order.
    private static readonly string[] Stages = ["", "read", "features", "queue", Infer, "decide", "act", EndToEnd, "publish", "gc"];

    private const int MostNumbers = 4096;
    private const int MostBuckets = 1 << 20;
    private const int LongestName = 64;

    /// <summary>All histograms of a window, by stage.</summary>
    public static IEnumerable<(string Stage, LatencyCounts Counts)> StagesOf(WindowMessage window) =>
        [(Infer, window.Infer), (EndToEnd, window.Path), .. (window.Stages ?? new Dictionary<string, LatencyCounts>()).Select(pair => (pair.Key, pair.Value))];

    /// <summary>Takes a histogram out of those that were read; an empty one where it is not among them.</summary>
    public static LatencyCounts Take(Dictionary<string, LatencyCounts> stages, string stage) => stages.Remove(stage, out LatencyCounts? counts)
        ? counts
        : new LatencyCounts { Buckets = [], Counts = [], MaxMicroseconds = 0 };

    /// <summary>Writes the message.</summary>
    /// <exception cref="ArgumentException">Bucket numbers do not ascend, or a count is negative.</exception>
    public static ReadOnlySpan<byte> Write(string stage, LatencyCounts counts)
    {
        ProtoWriter writer = new();
        int known = Math.Max(0, Array.IndexOf(Stages, stage));
        int bits = BitsOf(stage);
        writer.Number(1, (ulong)known);
        writer.Text(2, known == 0 ? stage : "");
        List<ulong> classes = [];
        int previous = 0;
        foreach (IGrouping<int, (int Bucket, long Count)> together in counts.Buckets.Zip(counts.Counts)
            .Where(pair => pair.Second != 0).GroupBy(pair => pair.First >> bits))
        {
            long sum = together.Sum(pair => pair.Count);
            if (together.Key < previous || sum < 0)
            {
                throw new ArgumentException($"the histogram of '{stage}' is none", nameof(counts));
            }

            classes.Add((ulong)(together.Key - previous));
            classes.Add((ulong)sum);
            previous = together.Key;
        }

        writer.Packed(3, classes);
        writer.Number(4, (ulong)Math.Max(0, Math.Round(counts.MaxMicroseconds * 1000)));
        if (classes.Count > 0)
        {
            int last = counts.Buckets.Zip(counts.Counts).Last(pair => pair.Second != 0).First;
            writer.Number(5, (ulong)(last & ((1 << bits) - 1)));
        }

        return writer.Written;
    }

    /// <summary>Reads the message into those that were read; a class stands as its last bucket.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, Dictionary<string, LatencyCounts> stages)
    {
        ProtoReader reader = new(bytes, "latency");
        (ulong known, string name, ulong max, ulong last) = (0, "", 0, 0);
        List<ulong> classes = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: known = reader.Number(); break;
                case 2: name = reader.Text(LongestName); break;
                case 3: reader.AddTo(classes, MostNumbers); break;
                case 4: max = reader.Number(); break;
                case 5: last = reader.Number(); break;
                default: reader.Skip(); break;
            }
        }

        string stage = known == 0 ? name : known < (ulong)Stages.Length ? Stages[known] : throw reader.Wrong($"there is no stage {known}");
        int within = (1 << BitsOf(stage)) - 1;
        if (classes.Count % 2 != 0 || last > (ulong)within || !stages.TryAdd(stage, Counts(reader, classes, within, (int)last, max)))
        {
            throw reader.Wrong($"the histogram of '{stage}' is none, or comes twice");
        }
    }

    private static LatencyCounts Counts(in ProtoReader reader, List<ulong> classes, int within, int last, ulong max)
    {
        int[] buckets = new int[classes.Count / 2];
        long[] counts = new long[buckets.Length];
        ulong at = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            at += Math.Min(classes[2 * i], MostBuckets);
            ulong bucket = (at * (ulong)(within + 1)) + (ulong)(i == buckets.Length - 1 ? last : within);
            if (bucket > MostBuckets || classes[(2 * i) + 1] > long.MaxValue)
            {
                throw reader.Wrong("a class or a count is too large");
            }

            buckets[i] = (int)bucket;
            counts[i] = (long)classes[(2 * i) + 1];
        }

        return new LatencyCounts { Buckets = buckets, Counts = counts, MaxMicroseconds = max / 1000.0 };
    }

    // What rollouts compare is told finer than what only people look at.
    private static int BitsOf(string stage) => stage is Infer or EndToEnd ? 2 : 4;
}
