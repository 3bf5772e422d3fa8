using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>Writes one protobuf message. As proto3 has it, a field that holds its default is left out.</summary>
internal sealed class ProtoWriter
{
    private const int LongestVarint = 10;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>An unsigned number or a bool.</summary>
    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Varint(ProtoWire.Tag(field, WireType.Varint));
            Varint(value);
        }
    }

    /// <summary>A count, which is never negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is.</exception>
    public void Count(int field, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Number(field, (ulong)value);
    }

    /// <summary>A signed number, as sint64.</summary>
    public void Signed(int field, long value) => Number(field, ProtoWire.ZigZag(value));

    /// <summary>Eight bytes, as fixed64.</summary>
    public void Fixed(int field, ulong value)
    {
        if (value != 0)
        {
            Varint(ProtoWire.Tag(field, WireType.Fixed64));
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
            _bytes.Advance(sizeof(ulong));
        }
    }

    /// <summary>A number of double precision. Minus zero is no default.</summary>
    public void Double(int field, double value) => Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A number of single precision. Minus zero is no default.</summary>
    public void Float(int field, float value)
    {
        if (BitConverter.SingleToUInt32Bits(value) != 0)
        {
            Varint(ProtoWire.Tag(field, WireType.Fixed32));
            BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
            _bytes.Advance(sizeof(float));
        }
    }

    /// <summary>Bytes; none are left out.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Element(field, value);
        }
    }

    /// <summary>A text as UTF-8; an empty one is left out.</summary>
    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message, or another element of a repeated field: written even when it is empty.</summary>
    public void Element(int field, ReadOnlySpan<byte> value)
    {
        Varint(ProtoWire.Tag(field, WireType.Bytes));
        Varint((ulong)value.Length);
        _bytes.Write(value);
    }

    /// <summary>A repeated field of numbers, packed; none are left out.</summary>
    public void Packed(int field, IEnumerable<ulong> values)
    {
        ProtoWriter packed = new();
        foreach (ulong value in values)
        {
            packed.Varint(value);
        }

        Bytes(field, packed.Written);
    }

    private void Varint(ulong value) => _bytes.Advance(ProtoWire.WriteVarint(_bytes.GetSpan(LongestVarint), value));
}
