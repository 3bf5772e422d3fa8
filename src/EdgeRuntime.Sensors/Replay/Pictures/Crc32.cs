namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>The checksum of PNG's chunks (ISO 3309; ISO 15948, annex D), reflected, with the polynomial 0xEDB88320.</summary>
public static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The checksum of one piece, or of two, one behind the other.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) => ~Add(Add(uint.MaxValue, first), second);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
            }

            table[i] = value;
        }

        return table;
    }
}
