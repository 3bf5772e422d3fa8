using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>The counts of one feature within a <see cref="WindowCodec"/>.</summary>
internal static class FeatureCodec
{
    private const int Sums = 5;

    /// <summary>Writes the message.</summary>
    public static ReadOnlySpan<byte> Write(FeatureCounts feature)
    {
        ProtoWriter writer = new();
        PredictionCodec.WriteCounts(writer, 1, feature.Counts);
        PredictionCodec.WriteVerdict(writer, 2, feature.Psi, feature.Threshold);
        writer.Count(4, feature.Missing);
        writer.Count(5, feature.Infinite);
        if (feature.Moments is MomentCounts moments)
        {
            Int128[] sums = [moments.Sum, moments.Squares, moments.Cubes, moments.Fourths, moments.Differences];
            writer.Packed(6, sums.Select(sum => ProtoWire.ZigZag((long)(ulong)(UInt128)sum)));
            if (sums.Any(sum => sum != (long)(ulong)(UInt128)sum))
            {
                writer.Packed(7, sums.Select(sum => ProtoWire.ZigZag((long)(sum >> 64))));
            }

            writer.Count(8, feature.Counts.Sum() - moments.Pairs);
            writer.Count(9, moments.Outside);
            writer.Float(10, moments.Min);
            writer.Float(11, moments.Max);
        }

        if (feature.Quantiles is QuantileCounts quantiles)
        {
            writer.Element(12, QuantileCodec.Write(quantiles));
        }

        writer.Count(13, feature.Unseen);
        if (feature.Signals is FeatureSignals signals)
        {
            writer.Element(14, FindingCodec.Write(signals));
        }

        if (feature.Test is FeatureTest test)
        {
            writer.Element(15, FindingCodec.Write(test));
        }

        return writer.Written;
    }

    /// <summary>Reads the message.</summary>
    /// <param name="number">The feature's place among all, from 1 on; it stands for the name.</param>
    public static FeatureCounts Read(ReadOnlySpan<byte> bytes, int number)
    {
        ProtoReader reader = new(bytes, $"feature {number}");
        (long[] counts, long missing, long infinite, double psi, double threshold) = ([], 0, 0, 0, 0);
        (long unpaired, long outside, float min, float max) = (0, 0, 0, 0);
        (QuantileCounts? quantiles, long unseen, FeatureSignals? signals, FeatureTest? test) = (null, 0, null, null);
        List<ulong> low = [];
        List<ulong> high = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: counts = RiceCode.Read(reader.Bytes()); break;
                case 2: psi = RoundedIndex.Of(reader.Number()); break;
                case 3: threshold = RoundedIndex.Of(reader.Number()); break;
                case 4: missing = reader.Count(); break;
                case 5: infinite = reader.Count(); break;
                case 6: reader.AddTo(low, Sums); break;
                case 7: reader.AddTo(high, Sums); break;
                case 8: unpaired = reader.Count(); break;
                case 9: outside = reader.Count(); break;
                case 10: min = reader.Float(); break;
                case 11: max = reader.Float(); break;
                case 12: quantiles = QuantileCodec.Read(reader.Bytes()); break;
                case 13: unseen = reader.Count(); break;
                case 14: signals = FindingCodec.ReadSignals(reader.Bytes()); break;
                case 15: test = FindingCodec.ReadTest(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        if ((low.Count != 0 && low.Count != Sums) || (high.Count != 0 && high.Count != low.Count))
        {
            throw reader.Wrong($"{low.Count} and {high.Count} sums are not {Sums}");
        }

        return new FeatureCounts
        {
            Name = PredictionCodec.Name(number),
            Counts = counts,
            Missing = missing,
            Infinite = infinite,
            Unseen = unseen,
            Quantiles = quantiles,
            Psi = psi,
            Threshold = threshold,
            Test = test,
            Signals = signals,
            Moments = low.Count == 0 ? null : new MomentCounts
            {
                Step = 1,
                Outside = outside,
                Pairs = Pairs(reader, counts, unpaired),
                Sum = Sum(0) is var sum && sum == (long)sum ? (long)sum : throw reader.Wrong("the sum of its values is too large"),
                Squares = Sum(1),
                Cubes = Sum(2),
                Fourths = Sum(3),
                Differences = Sum(4),
                Min = min,
                Max = max,
            },
        };

        Int128 Sum(int i) => high.Count == 0
            ? ProtoWire.UnZigZag(low[i])
            : new Int128((ulong)ProtoWire.UnZigZag(high[i]), (ulong)ProtoWire.UnZigZag(low[i]));
    }

    private static long Pairs(in ProtoReader reader, long[] counts, long unpaired)
    {
        Int128 values = 0;
        foreach (long count in counts)
        {
            values += count;
        }

        return unpaired <= values && values <= long.MaxValue ? (long)values - unpaired : throw reader.Wrong("it has fewer values than it says");
    }
}
