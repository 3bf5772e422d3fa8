namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>Reads bits out of bytes, the highest of each first.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private long _at;

    /// <summary>Bits that are left.</summary>
    public readonly long Left => (_bytes.Length * 8L) - _at;

    /// <summary>Reads equal bits and the other one that ends them.</summary>
    /// <returns>How many equal ones there were.</returns>
    /// <exception cref="FormatException">The bytes end before the other one.</exception>
    public long Run(bool bit)
    {
        long run = 0;
        while (Left > 0)
        {
            if (Next() != bit)
            {
                return run;
            }

            run++;
        }

        throw new FormatException("coded counts end within one");
    }

    /// <summary>Reads a number of so many bits; at most 62.</summary>
    /// <exception cref="FormatException">The bytes end within it.</exception>
    public long Read(int bits)
    {
        if (Left < bits)
        {
            throw new FormatException("coded counts end within one");
        }

        long value = 0;
        for (; bits > 0; bits--)
        {
            value = (value << 1) | (Next() ? 1L : 0);
        }

        return value;
    }

    private bool Next()
    {
        bool bit = (_bytes[(int)(_at >> 3)] & (0x80 >> (int)(_at & 7))) != 0;
        _at++;
        return bit;
    }
}
