namespace EdgeRuntime.Engine.Inference;

/// <summary>Size and spelling of the element types.</summary>
public static class TensorElements
{
    /// <summary>Bits of one element; 0 for <see cref="TensorElement.Text"/> and for unknown types.</summary>
    public static int Bits(this TensorElement element) => element switch
    {
        TensorElement.UInt2 or TensorElement.Int2 => 2,
        TensorElement.UInt4 or TensorElement.Int4 or TensorElement.Float4E2M1 => 4,
        TensorElement.UInt8 or TensorElement.Int8 or TensorElement.Bool => 8,
        TensorElement.Float8E4M3FN or TensorElement.Float8E4M3FNUZ => 8,
        TensorElement.Float8E5M2 or TensorElement.Float8E5M2FNUZ or TensorElement.Float8E8M0 => 8,
        TensorElement.UInt16 or TensorElement.Int16 or TensorElement.Float16 or TensorElement.BFloat16 => 16,
        TensorElement.Float32 or TensorElement.Int32 or TensorElement.UInt32 => 32,
        TensorElement.Float64 or TensorElement.Int64 or TensorElement.UInt64 => 64,
        _ => 0,
    };

    /// <summary>
    /// Bytes that <paramref name="count"/> elements take in memory; those below 8 bits are packed, the first in the lowest bits.
    /// </summary>
    public static long Bytes(this TensorElement element, long count)
    {
        int bits = element.Bits();
        return bits % 8 == 0
            ? checked(count * (bits / 8))
            : (count / (8 / bits)) + (count % (8 / bits) == 0 ? 0 : 1);
    }

    /// <summary>The name people write and read: <c>float32</c>, <c>int8</c>, <c>string</c>.</summary>
    public static string Name(this TensorElement element) => element switch
    {
        TensorElement.Float32 => "float32",
        TensorElement.UInt8 => "uint8",
        TensorElement.Int8 => "int8",
        TensorElement.UInt16 => "uint16",
        TensorElement.Int16 => "int16",
        TensorElement.Int32 => "int32",
        TensorElement.Int64 => "int64",
        TensorElement.Text => "string",
        TensorElement.Bool => "bool",
        TensorElement.Float16 => "float16",
        TensorElement.Float64 => "float64",
        TensorElement.UInt32 => "uint32",
        TensorElement.UInt64 => "uint64",
        TensorElement.BFloat16 => "bfloat16",
        TensorElement.Float8E4M3FN => "float8e4m3fn",
        TensorElement.Float8E4M3FNUZ => "float8e4m3fnuz",
        TensorElement.Float8E5M2 => "float8e5m2",
        TensorElement.Float8E5M2FNUZ => "float8e5m2fnuz",
        TensorElement.UInt4 => "uint4",
        TensorElement.Int4 => "int4",
        TensorElement.Float4E2M1 => "float4e2m1",
        TensorElement.Float8E8M0 => "float8e8m0",
        TensorElement.UInt2 => "uint2",
        TensorElement.Int2 => "int2",
        _ => "an unknown type",
    };

    /// <summary>Reads a name as <see cref="Name"/> writes it. False when it names no type.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out TensorElement element)
    {
        // A loop over the numbers rather than Enum.GetValues, which needs reflection data in a natively compiled
        // program.
        for (int number = (int)TensorElement.Float32; number <= (int)TensorElement.Int2; number++)
        {
            element = (TensorElement)number;
            if (element.IsKnown() && name.SequenceEqual(element.Name()))
            {
                return true;
            }
        }

        element = TensorElement.Undefined;
        return false;
    }

    /// <summary>Whether this program can read and write elements of the type.</summary>
    public static bool IsKnown(this TensorElement element) => element == TensorElement.Text || element.Bits() > 0;

    /// <summary>
    /// A shape as people write it: <c>[1, 490]</c>, with <c>?</c> for a dimension the model leaves open.
    /// </summary>
    public static string Spell(IReadOnlyList<long> shape) =>
        $"[{string.Join(", ", shape.Select(size => size < 0 ? "?" : $"{size}"))}]";
}
