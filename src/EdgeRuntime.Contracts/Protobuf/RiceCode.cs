using System.Numerics;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>
/// Counts of bins in few bits: 34 of them that add up to 10,000 take at most 45 bytes however they are spread, where varints take 68.
/// </summary>
/// <remarks>
/// Golomb's code with a power of two (Rice and Plaunt 1971). A varint says how many counts there are, a byte the number k of low
/// bits; then each count is its upper bits as so many ones and a zero, and its k lower bits, the highest first. The last byte is filled
/// with zeros. The k is the one that makes it shortest, the smallest of equals, so the same counts are always the same bytes.
/// </remarks>
internal static class RiceCode
{
    /// <summary>Most counts that are read.</summary>
    public const int MostCounts = 4096;

    private const int MostLowBits = 48;
    private const int MostBits = 62;

    /// <summary>Encodes counts.</summary>
    /// <param name="counts">1 to <see cref="MostCounts"/>, none negative.</param>
    /// <exception cref="ArgumentException">They are not as said.</exception>
    public static byte[] Write(IReadOnlyList<long> counts)
    {
        if (counts.Count is 0 or > MostCounts || counts.Any(count => count < 0 || count >> MostLowBits > byte.MaxValue))
        {
            throw new ArgumentException($"{counts.Count} counts, or one of them, cannot be written", nameof(counts));
        }

        int low = Shortest(counts);
        BitWriter bits = new();
        foreach (long count in counts)
        {
            bits.Repeat(true, count >> low);
            bits.Repeat(false, 1);
            bits.Write(count, low);
        }

        Span<byte> start = stackalloc byte[10];
        int length = ProtoWire.WriteVarint(start, (ulong)counts.Count);
        start[length++] = (byte)low;
        return bits.After(start[..length]);
    }

    /// <summary>Decodes counts.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static long[] Read(ReadOnlySpan<byte> bytes)
    {
        // Every count takes a bit at least.
        if (!ProtoWire.TryReadVarint(ref bytes, out ulong length) || bytes.IsEmpty || bytes[0] > MostLowBits
            || length is 0 or > MostCounts || length > 8 * (ulong)(bytes.Length - 1))
        {
            throw new FormatException("coded counts have no valid start");
        }

        int low = bytes[0];
        BitReader bits = new(bytes[1..]);
        long[] counts = new long[length];
        for (int i = 0; i < counts.Length; i++)
        {
            long high = bits.Run(true);
            counts[i] = BitOperations.Log2((ulong)high) + low < MostBits
                ? (high << low) | bits.Read(low)
                : throw new FormatException("a coded count is too large");
        }

        return bits.Left < 8 ? counts : throw new FormatException("coded counts are followed by something else");
    }

    private static int Shortest(IReadOnlyList<long> counts)
    {
        (int Low, Int128 Bits) best = (0, Int128.MaxValue);
        for (int low = 0; low <= MostLowBits; low++)
        {
            Int128 bits = 0;
            foreach (long count in counts)
            {
                bits += (count >> low) + 1 + low;
            }

            best = bits < best.Bits ? (low, bits) : best;
        }

        return best.Low;
    }
}
