using System.Buffers.Binary;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>Reads single elements of a tensor of numbers, whatever their type.</summary>
internal readonly ref struct ElementReader(Tensor tensor)
{
    private readonly ReadOnlySpan<byte> _bytes = tensor.Bytes.Span;
    private readonly TensorElement _element = tensor.Element;

    /// <summary>Whether every element is a whole number by its type (bool counts as 0 and 1).</summary>
    public bool IsInteger => _element is TensorElement.Bool
        or TensorElement.Int2 or TensorElement.UInt2 or TensorElement.Int4 or TensorElement.Int8 or TensorElement.Int16 or TensorElement.Int32 or TensorElement.Int64
        or TensorElement.UInt4 or TensorElement.UInt8 or TensorElement.UInt16 or TensorElement.UInt32
        or TensorElement.UInt64;

    /// <summary>The exact value of an element of an integer type; for other types its whole part.</summary>
    public Int128 Integer(int index) => _element switch
    {
        TensorElement.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(index * 8)..]),
        TensorElement.Int64 => BinaryPrimitives.ReadInt64LittleEndian(_bytes[(index * 8)..]),
        _ => (Int128)Number(index),
    };

    /// <summary>The value of an element; exact for every type but 64-bit integers, which round to double.</summary>
    public double Number(int index) => _element switch
    {
        TensorElement.Float32 => BinaryPrimitives.ReadSingleLittleEndian(_bytes[(index * 4)..]),
        TensorElement.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(_bytes[(index * 8)..]),
        TensorElement.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(_bytes[(index * 2)..]),
        TensorElement.BFloat16 =>
            SmallFloats.FromBFloat16(BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(index * 2)..])),
        TensorElement.Int8 => (sbyte)_bytes[index],
        TensorElement.UInt8 => _bytes[index],
        TensorElement.Bool => _bytes[index] == 0 ? 0 : 1,
        TensorElement.Int16 => BinaryPrimitives.ReadInt16LittleEndian(_bytes[(index * 2)..]),
        TensorElement.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(index * 2)..]),
        TensorElement.Int32 => BinaryPrimitives.ReadInt32LittleEndian(_bytes[(index * 4)..]),
        TensorElement.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(index * 4)..]),
        TensorElement.Int64 => BinaryPrimitives.ReadInt64LittleEndian(_bytes[(index * 8)..]),
        TensorElement.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(index * 8)..]),
        TensorElement.Float8E4M3FN => SmallFloats.FromE4M3FN(_bytes[index]),
        TensorElement.Float8E4M3FNUZ => SmallFloats.FromE4M3FNUZ(_bytes[index]),
        TensorElement.Float8E5M2 => SmallFloats.FromE5M2(_bytes[index]),
        TensorElement.Float8E5M2FNUZ => SmallFloats.FromE5M2FNUZ(_bytes[index]),
        TensorElement.Float8E8M0 => SmallFloats.FromE8M0(_bytes[index]),
        TensorElement.UInt4 or TensorElement.UInt2 => Packed(index),
        TensorElement.Int4 => (Packed(index) ^ 8) - 8,
        TensorElement.Int2 => (Packed(index) ^ 2) - 2,
        TensorElement.Float4E2M1 => SmallFloats.FromE2M1(Packed(index)),
        _ => throw new InvalidOperationException($"{_element.Name()} elements are not numbers"),
    };

    private int Packed(int index) => PackedBits.Read(_bytes, _element.Bits(), index);
}
