using System.Buffers.Binary;
using System.Globalization;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>Converts the elements of a tensor to another type, and refuses where a value would change.</summary>
public static class TensorCast
{
    /// <summary>
    /// Converts every element. Rounding to a shorter float is allowed (of 8 bits and less it saturates, as ONNX Cast does),
    /// losing a whole number's value is not.
    /// </summary>
    /// <returns>The tensor itself when it already has the type.</returns>
    /// <exception cref="TensorFileException">
    /// There is no such conversion, or a value does not fit; the message names it.
    /// </exception>
    public static Tensor To(TensorElement wanted, Tensor given)
    {
        if (wanted == given.Element)
        {
            return given;
        }

        if (wanted.Bits() == 0 || given.Element == TensorElement.Text)
        {
            throw new TensorFileException($"{given.Element.Name()} values cannot become {wanted.Name()}");
        }

        if (SmallFloatTable.For(wanted) is { } table)
        {
            return given with { Element = wanted, Bytes = ToSmallFloats(wanted, given, table) };
        }

        if (wanted.Bits() < 8)
        {
            return given with { Element = wanted, Bytes = ToPacked(wanted, given) };
        }

        int size = wanted.Bits() / 8;
        byte[] bytes = new byte[checked((int)given.Count * size)];
        ElementReader reader = new(given);
        bool toFloat = wanted is TensorElement.Float32 or TensorElement.Float64
            or TensorElement.Float16 or TensorElement.BFloat16;
        for (int i = 0; i < bytes.Length / size; i++)
        {
            Span<byte> to = bytes.AsSpan(i * size, size);
            if (toFloat)
            {
                WriteFloat(to, wanted, reader.Number(i), i);
            }
            else
            {
                WriteInteger(to, wanted, Whole(reader, i, wanted), i);
            }
        }

        return given with { Element = wanted, Bytes = bytes };
    }

    private static byte[] ToSmallFloats(TensorElement wanted, Tensor given, SmallFloatTable table)
    {
        byte[] bytes = new byte[checked((int)wanted.Bytes(given.Count))];
        ElementReader reader = new(given);
        for (int i = 0; i < given.Count; i++)
        {
            byte code = table.Nearest((float)reader.Number(i));
            if (wanted.Bits() == 8)
            {
                bytes[i] = code;
            }
            else
            {
                PackedBits.Write(bytes, wanted.Bits(), i, code);
            }
        }

        return bytes;
    }

    private static byte[] ToPacked(TensorElement wanted, Tensor given)
    {
        byte[] bytes = new byte[checked((int)wanted.Bytes(given.Count))];
        ElementReader reader = new(given);
        for (int i = 0; i < given.Count; i++)
        {
            Int128 value = Whole(reader, i, wanted);
            RequireWithin(value, i, wanted);
            PackedBits.Write(bytes, wanted.Bits(), i, (int)value);
        }

        return bytes;
    }

    private static Int128 Whole(ElementReader reader, int index, TensorElement wanted)
    {
        if (reader.IsInteger)
        {
            return reader.Integer(index);
        }

        double value = reader.Number(index);
        return double.IsInteger(value) && Math.Abs(value) <= Math.ScaleB(1, 64)
            ? (Int128)value
            : throw Unfit(value.ToString("R", CultureInfo.InvariantCulture), index, wanted);
    }

    private static void WriteFloat(Span<byte> to, TensorElement wanted, double value, int index)
    {
        double kept = wanted switch
        {
            TensorElement.Float32 => (float)value,
            TensorElement.Float16 => (double)(Half)value,
            TensorElement.BFloat16 => SmallFloats.FromBFloat16(SmallFloats.ToBFloat16((float)value)),
            _ => value,
        };
        if (double.IsInfinity(kept) && double.IsFinite(value))
        {
            throw Unfit(value.ToString("R", CultureInfo.InvariantCulture), index, wanted);
        }

        switch (wanted)
        {
            case TensorElement.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(to, (float)value);
                break;
            case TensorElement.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(to, value);
                break;
            case TensorElement.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(to, (Half)value);
                break;
            default:
                BinaryPrimitives.WriteUInt16LittleEndian(to, SmallFloats.ToBFloat16((float)value));
                break;
        }
    }

    private static void WriteInteger(Span<byte> to, TensorElement wanted, Int128 value, int index)
    {
        RequireWithin(value, index, wanted);
        Span<byte> wide = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(wide, value);
        wide[..to.Length].CopyTo(to);
    }

    private static void RequireWithin(Int128 value, int index, TensorElement wanted)
    {
        (Int128 least, Int128 most) = wanted switch
        {
            TensorElement.Bool => (0, 1),
            TensorElement.UInt2 => (0, 3),
            TensorElement.Int2 => (-2, 1),
            TensorElement.UInt4 => (0, 15),
            TensorElement.Int4 => (-8, 7),
            TensorElement.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            TensorElement.Int16 => (short.MinValue, short.MaxValue),
            TensorElement.Int32 => (int.MinValue, int.MaxValue),
            TensorElement.Int64 => (long.MinValue, long.MaxValue),
            TensorElement.UInt8 => (0, byte.MaxValue),
            TensorElement.UInt16 => (0, ushort.MaxValue),
            TensorElement.UInt32 => (0, uint.MaxValue),
            _ => ((Int128)0, (Int128)ulong.MaxValue),
        };
        if (value < least || value > most)
        {
            throw Unfit(value.ToString(CultureInfo.InvariantCulture), index, wanted);
        }
    }

    private static TensorFileException Unfit(string value, int index, TensorElement wanted) =>
        new($"value {index} is {value}, which {wanted.Name()} cannot hold");
}
