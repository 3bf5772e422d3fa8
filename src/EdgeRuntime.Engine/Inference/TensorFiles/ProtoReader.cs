namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>How a protobuf field is stored.</summary>
public enum WireType
{
    /// <summary>An integer in groups of 7 bits.</summary>
    Varint = 0,

    /// <summary>8 bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, and as many bytes.</summary>
    Bytes = 2,

    /// <summary>4 bytes.</summary>
    Fixed32 = 5,
}

/// <summary>Walks the fields of one protobuf message in memory. Every error names the offset in the file.</summary>
public ref struct ProtoReader(ReadOnlySpan<byte> message, int offset)
{
    private const int MostVarintBytes = 10;
    private readonly ReadOnlySpan<byte> _message = message;
    private readonly int _offset = offset;
    private int _at;

    /// <summary>Where the next byte stands in the file.</summary>
    public readonly int Offset => _offset + _at;

    /// <summary>Whether fields or values are left.</summary>
    public readonly bool HasMore => _at < _message.Length;

    /// <summary>Reads the number of the next field, and how it is stored.</summary>
    /// <exception cref="TensorFileException">The message is malformed, or ends too early.</exception>
    public (int Field, WireType Wire) ReadTag()
    {
        int at = Offset;
        ulong tag = ReadVarint();
        WireType wire = (WireType)(tag & 7);
        ulong field = tag >> 3;
        bool isKnown = wire is WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32;
        if (field is 0 or > 0x1FFF_FFFF || !isKnown)
        {
            throw new TensorFileException($"offset {at}: is not a protobuf field, so this is no TensorProto");
        }

        return ((int)field, wire);
    }

    /// <summary>Reads an integer.</summary>
    /// <exception cref="TensorFileException">The message is malformed, or ends too early.</exception>
    public ulong ReadVarint()
    {
        int start = Offset;
        ulong value = 0;
        for (int i = 0; i < MostVarintBytes; i++)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new TensorFileException($"offset {start}: an integer is longer than {MostVarintBytes} bytes");
    }

    /// <summary>Reads a length and that many bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        int at = Offset;
        ulong length = ReadVarint();
        if (length > (ulong)(_message.Length - _at))
        {
            throw new TensorFileException(
                $"offset {at}: a field of {length} bytes begins here, only {_message.Length - _at} are left");
        }

        return Take((int)length);
    }

    /// <summary>Reads a field with a length as a message (or packed values) of its own.</summary>
    public ProtoReader ReadNested()
    {
        ReadOnlySpan<byte> nested = ReadBytes();
        return new ProtoReader(nested, Offset - nested.Length);
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="TensorFileException">The message is malformed, or ends too early.</exception>
    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _message.Length - _at)
        {
            throw new TensorFileException($"offset {Offset}: the file ends inside a value");
        }

        _at += length;
        return _message.Slice(_at - length, length);
    }

    /// <summary>Passes over the value of a field.</summary>
    /// <exception cref="TensorFileException">The message is malformed, or ends too early.</exception>
    public void Skip(WireType wire)
    {
        switch (wire)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Bytes:
                ReadBytes();
                break;
            default:
                Take(wire == WireType.Fixed32 ? 4 : 8);
                break;
        }
    }
}
