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

    private const int MostClasses = 4096;
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
        (int Bucket, long Count)[] filled = [.. counts.Buckets.Zip(counts.Counts).Where(pair => pair.Second != 0)];
        int within = 0;
        if (filled.Length > 0)
        {
            int first = filled[0].Bucket >> bits;
            int last = filled[^1].Bucket >> bits;
            if (filled.Any(pair => pair.Bucket >> bits < first || pair.Bucket >> bits > last || pair.Count < 0) || last - first >= MostClasses)
            {
                throw new ArgumentException($"the histogram of '{stage}' is none", nameof(counts));
            }

            long[] classes = new long[last - first + 1];
            foreach ((int bucket, long count) in filled)
            {
                classes[(bucket >> bits) - first] += count;
            }

            writer.Number(3, (ulong)first);
            writer.Bytes(4, GammaCode.Write(classes));
            within = filled[^1].Bucket & ((1 << bits) - 1);
        }

        writer.Number(5, (ulong)Math.Max(0, Math.Round(counts.MaxMicroseconds * 1000)));
        writer.Number(6, (ulong)within);
        return writer.Written;
    }

    /// <summary>Reads the message into those that were read; a class stands as its last bucket.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, Dictionary<string, LatencyCounts> stages)
    {
        ProtoReader reader = new(bytes, "latency");
        (ulong known, string name, ulong first, ulong max, ulong last) = (0, "", 0, 0, 0);
        long[] classes = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: known = reader.Number(); break;
                case 2: name = reader.Text(LongestName); break;
                case 3: first = reader.Number(); break;
                case 4: classes = GammaCode.Read(reader.Bytes()); break;
                case 5: max = reader.Number(); break;
                case 6: last = reader.Number(); break;
                default: reader.Skip(); break;
            }
        }

        string stage = known == 0 ? name : known < (ulong)Stages.Length ? Stages[known] : throw reader.Wrong($"there is no stage {known}");
        int bits = BitsOf(stage);
        if (first > MostClasses || classes.Length > MostClasses || last >> bits != 0
            || !stages.TryAdd(stage, Counts(classes, (int)first, bits, (int)last, max)))
        {
            throw reader.Wrong($"the histogram of '{stage}' is none, or comes twice");
        }
    }

    private static LatencyCounts Counts(long[] classes, int first, int bits, int last, ulong max)
    {
        List<int> buckets = [];
        List<long> counts = [];
        for (int i = 0; i < classes.Length; i++)
        {
            if (classes[i] != 0)
            {
                buckets.Add(((first + i) << bits) + (i == classes.Length - 1 ? last : (1 << bits) - 1));
                counts.Add(classes[i]);
            }
        }

        return new LatencyCounts { Buckets = buckets, Counts = counts, MaxMicroseconds = max / 1000.0 };
    }

    // What rollouts compare is told finer than what only people look at.
    private static int BitsOf(string stage) => stage is Infer or EndToEnd ? 3 : 5;
}
