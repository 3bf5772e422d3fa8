using System.Buffers.Binary;
using System.Numerics;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's own instruction where it has one. Finds damage; no protection against
/// forgers.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum of two pieces, one behind the other.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Add(Add(uint.MaxValue, first), second);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
