using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>One estimate of quality within a <see cref="WindowCodec"/>.</summary>
internal static class EstimateCodec
{
    private const int LongestText = 64;

    /// <summary>Writes the message.</summary>
    public static ReadOnlySpan<byte> Write(QualityEstimate estimate)
    {
        ProtoWriter writer = new();
        writer.Text(1, estimate.Metric);
        WriteDouble(writer, 2, estimate.Value);
        if (estimate is { Low: double low, High: double high })
        {
            ProtoWriter band = new();
            WriteDouble(band, 1, low);
            WriteDouble(band, 2, high);
            writer.Element(3, band.Written);
        }

        writer.Count(4, estimate.Answers);
        if (estimate.Labelled is EstimateError labelled)
        {
            ProtoWriter error = new();
            error.Count(1, labelled.Answers);
            WriteDouble(error, 2, labelled.Estimated);
            WriteDouble(error, 3, labelled.Actual);
            writer.Element(5, error.Written);
        }

        return writer.Written;
    }

    /// <summary>Reads the message.</summary>
    public static QualityEstimate Read(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "estimate");
        QualityEstimate estimate = new() { Metric = "", Value = 0, Answers = 0 };
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: estimate = estimate with { Metric = reader.Text(LongestText) }; break;
                case 2: estimate = estimate with { Value = ReadDouble(ref reader) }; break;
                case 3: estimate = Banded(estimate, reader.Bytes()); break;
                case 4: estimate = estimate with { Answers = reader.Count() }; break;
                case 5: estimate = estimate with { Labelled = Labelled(reader.Bytes()) }; break;
                default: reader.Skip(); break;
            }
        }

        return estimate;
    }

    private static QualityEstimate Banded(QualityEstimate estimate, ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "band");
        (double low, double high) = (0, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: low = ReadDouble(ref reader); break;
                case 2: high = ReadDouble(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return estimate with { Low = low, High = high };
    }

    private static EstimateError Labelled(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "labelled");
        (long answers, double estimated, double actual) = (0, 0, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: answers = reader.Count(); break;
                case 2: estimated = ReadDouble(ref reader); break;
                case 3: actual = ReadDouble(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return new EstimateError(answers, estimated, actual);
    }

    private static void WriteDouble(ProtoWriter writer, int field, double value) => writer.Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    private static double ReadDouble(ref ProtoReader reader) => BitConverter.UInt64BitsToDouble(reader.Fixed());
}
