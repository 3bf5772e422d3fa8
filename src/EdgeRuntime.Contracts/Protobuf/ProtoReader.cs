using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>Reads one protobuf message field by field. Its complaints are <see cref="FormatException"/>s for people.</summary>
/// <param name="bytes">The message.</param>
/// <param name="what">What complaints call it.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes, string what)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;
    private WireType _wire;

    /// <summary>Number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>Goes on to the next field; false at the end.</summary>
    /// <exception cref="FormatException">What follows is no field.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (!ProtoWire.TryReadVarint(ref _rest, out ulong tag) || tag >> 3 is 0 or > int.MaxValue >> 3)
        {
            throw Wrong("a field has no valid number");
        }

        Field = (int)(tag >> 3);
        _wire = (WireType)(tag & 7);
        return true;
    }

    /// <summary>The field as an unsigned number.</summary>
    public ulong Number() => _wire == WireType.Varint && ProtoWire.TryReadVarint(ref _rest, out ulong value)
        ? value
        : throw Wrong($"field {Field} is no number");

    /// <summary>The field as a count.</summary>
    public long Count() => Number() is var value and <= long.MaxValue ? (long)value : throw Wrong($"field {Field} is too large");

    /// <summary>The field as a signed number.</summary>
    public long Signed() => ProtoWire.UnZigZag(Number());

    /// <summary>The field as eight bytes.</summary>
    public ulong Fixed()
    {
        if (_wire != WireType.Fixed64 || !BinaryPrimitives.TryReadUInt64LittleEndian(_rest, out ulong value))
        {
            throw Wrong($"field {Field} is not eight bytes");
        }

        _rest = _rest[sizeof(ulong)..];
        return value;
    }

    /// <summary>The field as a number of double precision.</summary>
    public double Double() => BitConverter.UInt64BitsToDouble(Fixed());

    /// <summary>The field as a number of single precision.</summary>
    public float Float()
    {
        if (_wire != WireType.Fixed32 || !BinaryPrimitives.TryReadSingleLittleEndian(_rest, out float value))
        {
            throw Wrong($"field {Field} is not four bytes");
        }

        _rest = _rest[sizeof(float)..];
        return value;
    }

    /// <summary>The field as bytes, or as a message.</summary>
    public ReadOnlySpan<byte> Bytes() => _wire == WireType.Bytes && ProtoWire.TryReadBytes(ref _rest, out ReadOnlySpan<byte> content)
        ? content
        : throw Wrong($"field {Field} is cut, or no bytes");

    /// <summary>The field as text.</summary>
    public string Text(int longest)
    {
        ReadOnlySpan<byte> content = Bytes();
        try
        {
            return content.Length <= longest ? Strict.GetString(content) : throw Wrong($"field {Field} is longer than {longest} bytes");
        }
        catch (DecoderFallbackException)
        {
            throw Wrong($"field {Field} is no UTF-8");
        }
    }

    /// <summary>Adds the field to a repeated one: packed numbers, or a single one.</summary>
    /// <param name="most">Most that the list may hold.</param>
    public void AddTo(List<ulong> numbers, int most)
    {
        if (_wire == WireType.Varint)
        {
            Add(numbers, Number(), most);
            return;
        }

        ReadOnlySpan<byte> packed = Bytes();
        while (!packed.IsEmpty)
        {
            Add(numbers, ProtoWire.TryReadVarint(ref packed, out ulong value) ? value : throw Wrong($"field {Field} is cut"), most);
        }
    }

    /// <summary>Passes over a field that nobody knows here.</summary>
    public void Skip()
    {
        if (!ProtoWire.TrySkip(ref _rest, _wire))
        {
            throw Wrong($"field {Field} is cut, or of no known kind");
        }
    }

    /// <summary>A complaint about this message.</summary>
    public readonly FormatException Wrong(string why) => new($"{what}: {why}");

    private readonly void Add(List<ulong> numbers, ulong value, int most)
    {
        if (numbers.Count == most)
        {
            throw Wrong($"field {Field} holds more than {most} numbers");
        }

        numbers.Add(value);
    }
}
