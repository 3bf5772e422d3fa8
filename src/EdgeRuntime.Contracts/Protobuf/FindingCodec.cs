using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>What a detector or another test found of one feature, within a <see cref="FeatureCodec"/>.</summary>
internal static class FindingCodec
{
    private const int LongestName = 64;

    /// <summary>Writes what a detector signalled.</summary>
    public static ReadOnlySpan<byte> Write(FeatureSignals signals)
    {
        ProtoWriter writer = new();
        writer.Text(1, signals.Detector);
        writer.Count(2, signals.Count);
        writer.Count(3, signals.FirstUnixMs);
        return writer.Written;
    }

    /// <summary>Reads what a detector signalled.</summary>
    public static FeatureSignals ReadSignals(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "signals");
        (string detector, long count, long first) = ("", 0, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: detector = reader.Text(LongestName); break;
                case 2: count = reader.Count(); break;
                case 3: first = reader.Count(); break;
                default: reader.Skip(); break;
            }
        }

        return new FeatureSignals(detector, count, first);
    }

    /// <summary>Writes what a test came to.</summary>
    public static ReadOnlySpan<byte> Write(FeatureTest test)
    {
        ProtoWriter writer = new();
        writer.Text(1, test.Name);
        writer.Double(2, test.Statistic);
        writer.Double(3, test.Effect);
        writer.Double(4, test.Level);
        writer.Double(5, test.MinEffect);
        writer.Double(6, test.Ratio);
        return writer.Written;
    }

    /// <summary>Reads what a test came to.</summary>
    public static FeatureTest ReadTest(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "test");
        (string name, double statistic, double effect, double level, double minEffect, double ratio) = ("", 0, 0, 0, 0, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(LongestName); break;
                case 2: statistic = reader.Double(); break;
                case 3: effect = reader.Double(); break;
                case 4: level = reader.Double(); break;
                case 5: minEffect = reader.Double(); break;
                case 6: ratio = reader.Double(); break;
                default: reader.Skip(); break;
            }
        }

        return new FeatureTest
        {
            Name = name, Statistic = statistic, Effect = effect, Level = level, MinEffect = minEffect, Ratio = ratio,
        };
    }
}
