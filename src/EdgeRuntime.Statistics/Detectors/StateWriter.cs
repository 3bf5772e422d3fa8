using System.Buffers.Binary;

namespace EdgeRuntime.Statistics.Detectors;

/// <summary>Writes numbers one after another, little-endian, eight bytes each.</summary>
internal ref struct StateWriter
{
    private Span<byte> _rest;

    /// <summary>Begins to write.</summary>
    /// <param name="state">Where to.</param>
    /// <param name="size">Bytes that will be written.</param>
    /// <exception cref="ArgumentException"><paramref name="state"/> has less room.</exception>
    public StateWriter(Span<byte> state, int size)
    {
        if (state.Length < size)
        {
            throw new ArgumentException($"the state needs {size} bytes, and there are {state.Length}", nameof(state));
        }

        _rest = state;
    }

    public void Write(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_rest, value);
        _rest = _rest[sizeof(double)..];
    }

    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_rest, value);
        _rest = _rest[sizeof(long)..];
    }
}

/// <summary>Reads what <see cref="StateWriter"/> wrote, and remembers whether all of it was there and possible.</summary>
internal ref struct StateReader
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="state">What was saved.</param>
    /// <param name="size">Bytes it must have.</param>
    public StateReader(ReadOnlySpan<byte> state, int size)
    {
        IsValid = state.Length >= size;
        _rest = IsValid ? state[..size] : default;
    }

    /// <summary>False once anything read was not as it must be.</summary>
    public bool IsValid { get; private set; }

    /// <summary>The next number, which must lie in a range; its lower end when it does not.</summary>
    public double ReadDouble(double least, double most)
    {
        double value = IsValid ? BinaryPrimitives.ReadDoubleLittleEndian(_rest) : least;

        // Written as "not inside" so that NaN, which fails every comparison, takes this branch too.
        if (!(value >= least && value <= most))
        {
            IsValid = false;
            return least;
        }

        _rest = IsValid ? _rest[sizeof(double)..] : _rest;
        return value;
    }

    /// <summary>The next number, which must be finite.</summary>
    public double ReadFinite() => ReadDouble(double.MinValue, double.MaxValue);

    /// <summary>The next whole number, which must lie in a range; its lower end when it does not.</summary>
    public long ReadInteger(long least, long most)
    {
        long value = IsValid ? BinaryPrimitives.ReadInt64LittleEndian(_rest) : least;
        if (value < least || value > most)
        {
            IsValid = false;
            return least;
        }

        _rest = IsValid ? _rest[sizeof(long)..] : _rest;
        return value;
    }

    /// <summary>The next count: 0 or more.</summary>
    public long ReadCount() => ReadInteger(0, long.MaxValue / 2);
}
