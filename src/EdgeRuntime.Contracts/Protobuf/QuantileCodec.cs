using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>The sketch of one feature within a <see cref="WindowCodec"/>.</summary>
internal static class QuantileCodec
{
    private const int MostNumbers = 2 * 4096;

    /// <summary>Writes the message.</summary>
    public static ReadOnlySpan<byte> Write(QuantileCounts quantiles)
    {
        ProtoWriter writer = new();
        writer.Double(1, quantiles.Accuracy);
        writer.Count(2, quantiles.Classes);
        writer.Packed(3, Numbers(quantiles.PositiveKeys, quantiles.PositiveCounts));
        writer.Packed(4, Numbers(quantiles.NegativeKeys, quantiles.NegativeCounts));
        writer.Count(5, quantiles.Zeros);
        writer.Count(6, quantiles.PositiveCollapsed);
        writer.Count(7, quantiles.NegativeCollapsed);
        return writer.Written;
    }

    /// <summary>Reads the message.</summary>
    public static QuantileCounts Read(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "quantiles");
        (double accuracy, long classes, long zeros, long positiveCollapsed, long negativeCollapsed) = (0, 0, 0, 0, 0);
        List<ulong> positive = [];
        List<ulong> negative = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: accuracy = reader.Double(); break;
                case 2: classes = reader.Count(); break;
                case 3: reader.AddTo(positive, MostNumbers); break;
                case 4: reader.AddTo(negative, MostNumbers); break;
                case 5: zeros = reader.Count(); break;
                case 6: positiveCollapsed = reader.Count(); break;
                case 7: negativeCollapsed = reader.Count(); break;
                default: reader.Skip(); break;
            }
        }

        (int[] positiveKeys, long[] positiveCounts) = Classes(reader, positive);
        (int[] negativeKeys, long[] negativeCounts) = Classes(reader, negative);
        return new QuantileCounts
        {
            Accuracy = accuracy,
            Classes = classes <= int.MaxValue ? (int)classes : throw reader.Wrong($"{classes} classes are too many"),
            PositiveKeys = positiveKeys,
            PositiveCounts = positiveCounts,
            NegativeKeys = negativeKeys,
            NegativeCounts = negativeCounts,
            Zeros = zeros,
            PositiveCollapsed = positiveCollapsed,
            NegativeCollapsed = negativeCollapsed,
        };
    }

    private static IEnumerable<ulong> Numbers(IReadOnlyList<int> keys, IReadOnlyList<long> counts)
    {
        long previous = 0;
        for (int i = 0; i < Math.Min(keys.Count, counts.Count); i++)
        {
            yield return ProtoWire.ZigZag(keys[i] - previous);
            yield return ProtoWire.ZigZag(counts[i]);
            previous = keys[i];
        }
    }

    private static (int[] Keys, long[] Counts) Classes(in ProtoReader reader, List<ulong> numbers)
    {
        int[] keys = new int[numbers.Count / 2];
        long[] counts = new long[keys.Length];
        long key = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            key = unchecked(key + ProtoWire.UnZigZag(numbers[2 * i]));
            keys[i] = key is >= int.MinValue and <= int.MaxValue ? (int)key : throw reader.Wrong("a key is too large");
            counts[i] = ProtoWire.UnZigZag(numbers[(2 * i) + 1]);
        }

        return numbers.Count % 2 == 0 ? (keys, counts) : throw reader.Wrong("a class has no count");
    }
}
