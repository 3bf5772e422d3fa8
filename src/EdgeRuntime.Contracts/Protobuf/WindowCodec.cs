using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>Windows as protobuf; <c>Protos/window.proto</c> is the schema.</summary>
/// <remarks>
/// Of the JSON form it leaves out what the package says: names, labels, the scale of moments; a window that is read has numbers in
/// their place, and steps for a unit. Latencies lose buckets: a quantile of inference or path is up to a quarter above, of
/// another stage up to itself; the largest duration stays exact.
/// </remarks>
public static class WindowCodec
{
    /// <summary>Content type of such a message.</summary>
    public const string ContentType = "application/x-protobuf";

    private const byte FirstByte = 0x08;
    private const int DigestBytes = 32;
    private const int LongestText = 256;
    private const int MostFeatures = 4096;
    private const int MostNames = 64;

    /// <summary>True when a payload is meant to be such a window; JSON begins otherwise.</summary>
    public static bool IsProtobuf(ReadOnlySpan<byte> payload) => !payload.IsEmpty && payload[0] == FirstByte;

    /// <summary>Writes a window.</summary>
    /// <exception cref="ArgumentException">One of its counts cannot be one.</exception>
    public static byte[] Write(WindowMessage window)
    {
        ProtoWriter writer = new();
        writer.Count(1, window.Sequence);
        writer.Fixed(2, window.Boot.Value);
        writer.Count(3, window.UnixMs);
        writer.Number(4, window.ClockSynchronized ? 1UL : 0);
        writer.Text(5, window.Version);
        writer.Bytes(6, Convert.FromHexString(window.Digest.ToString()));
        writer.Signed(7, window.UnixMs - window.StartUnixMs);
        writer.Signed(8, window.UnixMs - window.EndUnixMs);
        writer.Count(9, window.Samples);
        writer.Count(10, window.Due);
        writer.Element(11, PredictionCodec.Write(window.Predictions));
        foreach ((string stage, LatencyCounts counts) in LatencyCodec.StagesOf(window))
        {
            writer.Element(12, LatencyCodec.Write(stage, counts));
        }

        writer.Bytes(13, WindowRemainder.Of(window));
        writer.Count(14, window.Failed);
        foreach (FeatureCounts feature in window.Features)
        {
            writer.Element(15, FeatureCodec.Write(feature));
        }

        writer.Count(16, window.Merged);
        foreach ((string cause, long count) in window.Dropped)
        {
            ProtoWriter entry = new();
            entry.Text(1, cause);
            entry.Count(2, count);
            writer.Element(17, entry.Written);
        }

        writer.Count(18, window.DeadlineMisses);
        writer.Text(19, window.Overload ?? "");
        writer.Text(20, window.Gate ?? "");
        foreach (QualityEstimate estimate in window.Estimates ?? [])
        {
            writer.Element(21, EstimateCodec.Write(estimate));
        }

        writer.Fixed(22, HashOf(window));
        return writer.Written.ToArray();
    }

    /// <summary>Reads a window.</summary>
    /// <param name="model">Name of the model, from the topic.</param>
    /// <exception cref="FormatException">The payload is no window; the message says what is wrong.</exception>
    public static WindowMessage Read(ReadOnlySpan<byte> payload, string model)
    {
        ProtoReader reader = new(payload, "window");
        (long sequence, long unixMs, long start, long end) = (0, 0, 0, 0);
        ulong boot = 0;
        bool synchronized = false;
        (string version, string overload, string gate) = ("", "", "");
        ModelId digest = default;
        (long samples, long due, long failed, long merged, long misses) = (0, 0, 0, 0, 0);
        ulong verdict = 0;
        PredictionCounts predictions = PredictionCodec.None;
        Dictionary<string, LatencyCounts> stages = new(StringComparer.Ordinal);
        Dictionary<string, long> dropped = new(StringComparer.Ordinal);
        List<FeatureCounts> features = [];
        List<QualityEstimate>? estimates = null;
        ReadOnlySpan<byte> more = default;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: sequence = reader.Count(); break;
                case 2: boot = reader.Fixed(); break;
                case 3: unixMs = reader.Count(); break;
                case 4: synchronized = reader.Number() != 0; break;
                case 5: version = reader.Text(LongestText); break;
                case 6: digest = Digest(ref reader); break;
                case 7: start = reader.Signed(); break;
                case 8: end = reader.Signed(); break;
                case 9: samples = reader.Count(); break;
                case 10: due = reader.Count(); break;
                case 11: predictions = PredictionCodec.Read(reader.Bytes()); break;
                case 12 when stages.Count < MostNames: LatencyCodec.Read(reader.Bytes(), stages); break;
                case 13: more = reader.Bytes(); break;
                case 14: failed = reader.Count(); break;
                case 15 when features.Count < MostFeatures: features.Add(FeatureCodec.Read(reader.Bytes(), features.Count + 1)); break;
                case 16: merged = reader.Count(); break;
                case 17 when dropped.Count < MostNames: ReadDropped(reader.Bytes(), dropped); break;
                case 18: misses = reader.Count(); break;
                case 19: overload = reader.Text(LongestText); break;
                case 20: gate = reader.Text(LongestText); break;
                case 21 when (estimates ??= []).Count < MostNames: estimates.Add(EstimateCodec.Read(reader.Bytes())); break;
                case 22: verdict = reader.Fixed(); break;
                case 12 or 15 or 17 or 21: throw reader.Wrong($"field {reader.Field} comes too often");
                default: reader.Skip(); break;
            }
        }

        if (digest == default)
        {
            throw reader.Wrong("the package's digest is missing");
        }

        WindowMessage window = new()
        {
            Boot = new BootId(boot),
            Sequence = sequence,
            UnixMs = unixMs,
            ClockSynchronized = synchronized,
            Model = model,
            Version = version,
            Digest = digest,
            Merged = merged,
            StartUnixMs = unchecked(unixMs - start),
            EndUnixMs = unchecked(unixMs - end),
            Samples = samples,
            Failed = failed,
            Due = due,
            Dropped = dropped,
            DeadlineMisses = misses,
            Overload = overload.Length == 0 ? null : overload,
            Gate = gate.Length == 0 ? null : gate,
            Predictions = predictions,
            Infer = LatencyCodec.Take(stages, LatencyCodec.Infer),
            Path = LatencyCodec.Take(stages, LatencyCodec.EndToEnd),
            Stages = stages,
            Features = features,
            Estimates = estimates,
            VerdictHash = verdict == 0 ? null : VerdictHash.Text(verdict),
        };
        try
        {
            return WindowRemainder.AddTo(window, more);
        }
        catch (JsonException e)
        {
            throw new FormatException($"window: field 13 is not the JSON of a window's members: {e.Message}", e);
        }
    }

    // Of figures that were rounded before, as when windows are read and written again, the one that came with them. No verdict is of merged ones.
    private static ulong HashOf(WindowMessage window) => window.Merged > 0 ? 0
        : VerdictHash.Parse(window.VerdictHash ?? VerdictHash.Of(window.Features));

    private static ModelId Digest(ref ProtoReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.Bytes();
        return bytes.Length == DigestBytes && ModelId.TryParse(Convert.ToHexStringLower(bytes), out ModelId digest)
            ? digest
            : throw reader.Wrong($"a digest of {bytes.Length} bytes is not {DigestBytes}");
    }

    private static void ReadDropped(ReadOnlySpan<byte> bytes, Dictionary<string, long> dropped)
    {
        ProtoReader reader = new(bytes, "dropped");
        string cause = "";
        long count = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: cause = reader.Text(LongestText); break;
                case 2: count = reader.Count(); break;
                default: reader.Skip(); break;
            }
        }

        dropped[cause] = count;
    }
}
