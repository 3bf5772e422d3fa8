namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>Writes bits into bytes, the highest of each first; zeros fill the last.</summary>
internal sealed class BitWriter
{
    private readonly List<byte> _bytes = [];
    private int _free;

    /// <summary>What was written, behind some bytes.</summary>
    public byte[] After(ReadOnlySpan<byte> start) => [.. start, .. _bytes];

    /// <summary>Writes the lowest bits of a number, the highest of them first.</summary>
    public void Write(long value, int bits)
    {
        for (int bit = bits - 1; bit >= 0; bit--)
        {
            Write(((value >> bit) & 1) != 0);
        }
    }

    /// <summary>Writes so many equal bits.</summary>
    public void Repeat(bool bit, long times)
    {
        for (; times > 0; times--)
        {
            Write(bit);
        }
    }

    private void Write(bool bit)
    {
        if (_free == 0)
        {
            _bytes.Add(0);
            _free = 8;
        }

        _free--;
        _bytes[^1] |= (byte)((bit ? 1 : 0) << _free);
    }
}
