using System.Buffers.Binary;
using System.Globalization;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>Converts the elements of a tensor to another type, and refuses where a value would change.</summary>
public static class TensorCast
{
    /// <summary>
    /// Converts every element. Rounding to a shorter float is allowed, losing a whole number's value is not.
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

        if (wanted.Bits() < 8 || given.Element == TensorElement.Text || IsFloat8(wanted))
        {
            throw new TensorFileException($"{given.Element.Name()} values cannot become {wanted.Name()}");
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
                WriteFloat(to, wanted, reader.Number(i));
            }
            else
            {
                WriteInteger(to, wanted, Whole(reader, i, wanted), i);
            }
        }

        return given with { Element = wanted, Bytes = bytes };
    }

    private static bool IsFloat8(TensorElement element) =>
        element is >= TensorElement.Float8E4M3FN and <= TensorElement.Float8E5M2FNUZ;

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

    private static void WriteFloat(Span<byte> to, TensorElement wanted, double value)
    {
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
        (Int128 least, Int128 most) = wanted switch
        {
            TensorElement.Bool => (0, 1),
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

        Span<byte> wide = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(wide, value);
        wide[..to.Length].CopyTo(to);
    }

    private static TensorFileException Unfit(string value, int index, TensorElement wanted) =>
        new($"value {index} is {value}, which {wanted.Name()} cannot hold");
}
