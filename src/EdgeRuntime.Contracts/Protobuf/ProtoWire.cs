namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>How a field is laid out; the numbers are those of the protobuf encoding.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>The elements of the protobuf encoding (protobuf.dev, "Encoding"), over spans.</summary>
internal static class ProtoWire
{
    private const int LongestVarint = 10;

    /// <summary>What stands before a field.</summary>
    public static ulong Tag(int field, WireType wire) => ((ulong)field << 3) | (ulong)wire;

    /// <summary>A signed number as an unsigned one that is small where its magnitude is.</summary>
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>The number that <see cref="ZigZag"/> came of.</summary>
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Writes a number in groups of seven bits, the lowest first.</summary>
    /// <param name="destination">At least ten bytes, or as many as the number takes.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteVarint(Span<byte> destination, ulong value)
    {
        int at = 0;
        while (value >= 0x80)
        {
            destination[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads a number and moves on behind it.</summary>
    /// <returns>False when the bytes end within it, or it is longer than any.</returns>
    public static bool TryReadVarint(scoped ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < LongestVarint && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads bytes with their length before them and moves on behind them.</summary>
    public static bool TryReadBytes(scoped ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!TryReadVarint(ref bytes, out ulong length) || length > (ulong)bytes.Length)
        {
            return false;
        }

        content = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    /// <summary>Moves on behind a field that nobody knows.</summary>
    public static bool TrySkip(scoped ref ReadOnlySpan<byte> bytes, WireType wire)
    {
        int fixedBytes = wire switch { WireType.Fixed64 => 8, WireType.Fixed32 => 4, _ => 0 };
        if (fixedBytes == 0)
        {
            return wire switch
            {
                WireType.Varint => TryReadVarint(ref bytes, out _),
                WireType.Bytes => TryReadBytes(ref bytes, out _),
                _ => false,
            };
        }

        if (bytes.Length < fixedBytes)
        {
            return false;
        }

        bytes = bytes[fixedBytes..];
        return true;
    }
}
