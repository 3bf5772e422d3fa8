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

    /// <summary>Encodes counts.</summary>
    /// <param name="counts">1 to <see cref="MostCounts"/>, none negative.</param>
    /// <exception cref="ArgumentException">They are not as said.</exception>
    public static byte[] Write(IReadOnlyList<long> counts)
    {
        if (counts.Count is 0 or > MostCounts || counts.Any(count => count < 0 || count >> MostLowBits > byte.MaxValue))
        {
            throw new ArgumentException($"{counts.Count} counts, or one of them, cannot be written", nameof(counts));
        }

        (int low, long bits) = Shortest(counts);
        Span<byte> header = stackalloc byte[8];
        int start = ProtoWire.WriteVarint(header, (ulong)counts.Count);
        header[start++] = (byte)low;
        byte[] bytes = new byte[start + ((bits + 7) / 8)];
        header[..start].CopyTo(bytes);
        long at = start * 8L;
        foreach (long count in counts)
        {
            for (long ones = count >> low; ones > 0; ones--)
            {
                Set(bytes, at++);
            }

            at++;
            for (int bit = low - 1; bit >= 0; bit--)
            {
                if (((count >> bit) & 1) != 0)
                {
                    Set(bytes, at);
                }

                at++;
            }
        }

        return bytes;
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
        bytes = bytes[1..];
        long end = bytes.Length * 8L;
        long[] counts = new long[length];
        long at = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            long ones = 0;
            while (at < end && IsSet(bytes, at))
            {
                ones++;
                at++;
            }

            at++;
            if (at + low > end || BitOperations.Log2((ulong)ones) + low >= 62)
            {
                throw new FormatException("coded counts end within one, or one is too large");
            }

            counts[i] = ones;
            for (long last = at + low; at < last; at++)
            {
                counts[i] = (counts[i] << 1) | (IsSet(bytes, at) ? 1L : 0);
            }
        }

        return end - at < 8 ? counts : throw new FormatException("coded counts are followed by something else");
    }

    private static (int Low, long Bits) Shortest(IReadOnlyList<long> counts)
    {
        (int Low, long Bits) best = (0, long.MaxValue);
        for (int low = 0; low <= MostLowBits; low++)
        {
            Int128 bits = 0;
            foreach (long count in counts)
            {
                bits += (count >> low) + 1 + low;
            }

            best = bits < best.Bits ? (low, (long)bits) : best;
        }

        return best;
    }

    private static bool IsSet(ReadOnlySpan<byte> bytes, long at) => (bytes[(int)(at >> 3)] & (0x80 >> (int)(at & 7))) != 0;

    private static void Set(byte[] bytes, long at) => bytes[at >> 3] |= (byte)(0x80 >> (int)(at & 7));
}
