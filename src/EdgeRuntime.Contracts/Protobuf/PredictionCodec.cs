using System.Globalization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>The counts of predictions within a <see cref="WindowCodec"/>.</summary>
internal static class PredictionCodec
{
    /// <summary>No prediction.</summary>
    public static PredictionCounts None { get; } = new() { Labels = [], Counts = [] };

    /// <summary>Writes the message.</summary>
    public static ReadOnlySpan<byte> Write(PredictionCounts predictions)
    {
        ProtoWriter writer = new();
        WriteCounts(writer, 1, predictions.Counts);
        WriteCounts(writer, 2, predictions.Confidence);
        WriteVerdict(writer, 3, predictions.Psi, predictions.Threshold);
        return writer.Written;
    }

    /// <summary>Reads the message; labels are the numbers from 1 on.</summary>
    public static PredictionCounts Read(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "predictions");
        (long[] counts, long[] confidence, double psi, double threshold) = ([], [], 0, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: counts = RiceCode.Read(reader.Bytes()); break;
                case 2: confidence = RiceCode.Read(reader.Bytes()); break;
                case 3: psi = RoundedIndex.Of(reader.Number()); break;
                case 4: threshold = RoundedIndex.Of(reader.Number()); break;
                default: reader.Skip(); break;
            }
        }

        return new PredictionCounts
        {
            Labels = [.. Enumerable.Range(1, counts.Length).Select(Name)],
            Counts = counts,
            Confidence = confidence,
            Psi = psi,
            Threshold = threshold,
        };
    }

    /// <summary>What stands for a name that only the package knows.</summary>
    /// <param name="number">From 1 on.</param>
    public static string Name(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Counts; none are left out.</summary>
    public static void WriteCounts(ProtoWriter writer, int field, IReadOnlyList<long> counts) =>
        writer.Bytes(field, counts.Count == 0 ? [] : RiceCode.Write(counts));

    /// <summary>Index and threshold, rounded.</summary>
    /// <param name="field">Of the index; the threshold's is the next.</param>
    public static void WriteVerdict(ProtoWriter writer, int field, double psi, double threshold)
    {
        RoundedIndex rounded = new(psi, threshold);
        writer.Number(field, rounded.WholeIndex);
        writer.Number(field + 1, rounded.WholeThreshold);
    }
}
