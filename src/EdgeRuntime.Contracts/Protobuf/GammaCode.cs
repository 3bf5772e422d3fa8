using System.Numerics;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>Counts of a histogram's classes in few bits, where most are small and some are large: a class that is empty takes one.</summary>
/// <remarks>
/// Elias's gamma code (1975). A varint says how many counts there are; then each is 1 more than itself in binary, with as many
/// zeros before it as bits follow its first one.
/// </remarks>
internal static class GammaCode
{
    private const int MostBits = 62;

    /// <summary>Encodes counts.</summary>
    /// <param name="counts">At least one, none negative.</param>
    public static byte[] Write(ReadOnlySpan<long> counts)
    {
        BitWriter bits = new();
        foreach (long count in counts)
        {
            int more = BitOperations.Log2((ulong)count + 1);
            bits.Repeat(false, more);
            bits.Write(count + 1, more + 1);
        }

        Span<byte> length = stackalloc byte[10];
        return bits.After(length[..ProtoWire.WriteVarint(length, (ulong)counts.Length)]);
    }

    /// <summary>Decodes counts.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static long[] Read(ReadOnlySpan<byte> bytes)
    {
        // Every count takes a bit at least.
        if (!ProtoWire.TryReadVarint(ref bytes, out ulong length) || length == 0 || length > 8 * (ulong)bytes.Length)
        {
            throw new FormatException("coded counts have no valid start");
        }

        BitReader bits = new(bytes);
        long[] counts = new long[length];
        for (int i = 0; i < counts.Length; i++)
        {
            long more = bits.Run(false);
            counts[i] = more < MostBits
                ? ((1L << (int)more) | bits.Read((int)more)) - 1
                : throw new FormatException("a coded count is too large");
        }

        return bits.Left < 8 ? counts : throw new FormatException("coded counts are followed by something else");
    }
}
