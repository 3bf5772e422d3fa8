using System.Numerics;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Engine.Inference;

/// <summary>Turns numbers into the elements of one tensor and back, whatever their type.</summary>
/// <remarks>
/// Integers are codes: <c>real = (code - zero point) * scale</c>; written as
/// <c>saturate(round half to even(real / scale) + zero point)</c>, as ONNX QuantizeLinear does it, with NaN as the zero
/// point. Bool is true for everything but 0. Allocates nothing.
/// </remarks>
internal readonly struct ElementCode
{
    private readonly TensorElement _element;
    private readonly float _scale;
    private readonly double _zeroPoint;
    private readonly SmallFloatTable? _table;

    /// <param name="element">A type of numbers.</param>
    /// <param name="quantization">For integers; null for the plain numbers.</param>
    public ElementCode(TensorElement element, QuantizationSpec? quantization)
    {
        _element = element;
        _scale = (float)(quantization?.Scale ?? 1);
        _zeroPoint = quantization?.ZeroPoint ?? 0;
        _table = SmallFloatTable.For(element);
    }

    /// <summary>Writes the elements of a tensor.</summary>
    /// <param name="values">One for each element.</param>
    /// <param name="to">The tensor's whole memory.</param>
    public void Write(ReadOnlySpan<float> values, Span<byte> to)
    {
        switch (_element)
        {
            case TensorElement.Float32:
                values.CopyTo(MemoryMarshal.Cast<byte, float>(to));
                break;
            case TensorElement.Float64:
                WriteFloats(values, MemoryMarshal.Cast<byte, double>(to));
                break;
            case TensorElement.Float16:
                WriteFloats(values, MemoryMarshal.Cast<byte, Half>(to));
                break;
            case TensorElement.BFloat16:
                WriteBFloat16(values, MemoryMarshal.Cast<byte, ushort>(to));
                break;
            case TensorElement.Int8:
                WriteCodes(values, MemoryMarshal.Cast<byte, sbyte>(to));
                break;
            case TensorElement.UInt8:
                WriteCodes(values, to);
                break;
            case TensorElement.Int16:
                WriteCodes(values, MemoryMarshal.Cast<byte, short>(to));
                break;
            case TensorElement.UInt16:
                WriteCodes(values, MemoryMarshal.Cast<byte, ushort>(to));
                break;
            case TensorElement.Int32:
                WriteCodes(values, MemoryMarshal.Cast<byte, int>(to));
                break;
            case TensorElement.UInt32:
                WriteCodes(values, MemoryMarshal.Cast<byte, uint>(to));
                break;
            case TensorElement.Int64:
                WriteCodes(values, MemoryMarshal.Cast<byte, long>(to));
                break;
            case TensorElement.UInt64:
                WriteCodes(values, MemoryMarshal.Cast<byte, ulong>(to));
                break;
            case TensorElement.Bool:
                WriteBool(values, to);
                break;
            default:
                WriteSmall(values, to);
                break;
        }
    }

    /// <summary>Reads the elements of a tensor.</summary>
    /// <param name="from">The tensor's whole memory.</param>
    /// <param name="values">One for each element; overwritten whole.</param>
    public void Read(ReadOnlySpan<byte> from, Span<float> values)
    {
        switch (_element)
        {
            case TensorElement.Float32:
                MemoryMarshal.Cast<byte, float>(from).CopyTo(values);
                break;
            case TensorElement.Float64:
                ReadFloats(MemoryMarshal.Cast<byte, double>(from), values);
                break;
            case TensorElement.Float16:
                ReadFloats(MemoryMarshal.Cast<byte, Half>(from), values);
                break;
            case TensorElement.BFloat16:
                ReadBFloat16(MemoryMarshal.Cast<byte, ushort>(from), values);
                break;
            case TensorElement.Int8:
                ReadCodes(MemoryMarshal.Cast<byte, sbyte>(from), values);
                break;
            case TensorElement.UInt8:
                ReadCodes(from, values);
                break;
            case TensorElement.Int16:
                ReadCodes(MemoryMarshal.Cast<byte, short>(from), values);
                break;
            case TensorElement.UInt16:
                ReadCodes(MemoryMarshal.Cast<byte, ushort>(from), values);
                break;
            case TensorElement.Int32:
                ReadCodes(MemoryMarshal.Cast<byte, int>(from), values);
                break;
            case TensorElement.UInt32:
                ReadCodes(MemoryMarshal.Cast<byte, uint>(from), values);
                break;
            case TensorElement.Int64:
                ReadCodes(MemoryMarshal.Cast<byte, long>(from), values);
                break;
            case TensorElement.UInt64:
                ReadCodes(MemoryMarshal.Cast<byte, ulong>(from), values);
                break;
            case TensorElement.Bool:
                ReadBool(from, values);
                break;
            default:
                ReadSmall(from, values);
                break;
        }
    }

    /// <summary>False when an element is NaN or infinite; true for every type that has neither.</summary>
    public bool IsFinite(ReadOnlySpan<byte> memory) => _element switch
    {
        TensorElement.Float32 => AreFinite(MemoryMarshal.Cast<byte, float>(memory)),
        TensorElement.Float64 => AreFinite(MemoryMarshal.Cast<byte, double>(memory)),
        TensorElement.Float16 => AreFinite(MemoryMarshal.Cast<byte, Half>(memory)),
        TensorElement.BFloat16 => AreFiniteBFloat16(MemoryMarshal.Cast<byte, ushort>(memory)),
        _ => _table is null || AreFiniteCodes(memory),
    };

    private static bool AreFiniteBFloat16(ReadOnlySpan<ushort> values)
    {
        foreach (ushort value in values)
        {
            if (!float.IsFinite(SmallFloats.FromBFloat16(value)))
            {
                return false;
            }
        }

        return true;
    }

    // Of the small floats those of 4 bits are all finite.
    private bool AreFiniteCodes(ReadOnlySpan<byte> codes)
    {
        for (int i = 0; _element.Bits() == 8 && i < codes.Length; i++)
        {
            if (!float.IsFinite(_table!.Value(codes[i])))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteFloats<T>(ReadOnlySpan<float> values, Span<T> to)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            to[i] = T.CreateTruncating(values[i]);
        }
    }

    private static void ReadFloats<T>(ReadOnlySpan<T> from, Span<float> values)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < from.Length; i++)
        {
            values[i] = float.CreateTruncating(from[i]);
        }
    }

    private static bool AreFinite<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumberBase<T>
    {
        foreach (T value in values)
        {
            if (!T.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteBFloat16(ReadOnlySpan<float> values, Span<ushort> to)
    {
        for (int i = 0; i < values.Length; i++)
        {
            to[i] = SmallFloats.ToBFloat16(values[i]);
        }
    }

    private static void ReadBFloat16(ReadOnlySpan<ushort> from, Span<float> values)
    {
        for (int i = 0; i < from.Length; i++)
        {
            values[i] = SmallFloats.FromBFloat16(from[i]);
        }
    }

    private static void WriteBool(ReadOnlySpan<float> values, Span<byte> to)
    {
        for (int i = 0; i < values.Length; i++)
        {
            to[i] = values[i] == 0 ? (byte)0 : (byte)1;
        }
    }

    private static void ReadBool(ReadOnlySpan<byte> from, Span<float> values)
    {
        for (int i = 0; i < from.Length; i++)
        {
            values[i] = from[i] == 0 ? 0 : 1;
        }
    }

    private double CodeOf(float value)
    {
        // Divided in float32, as the library's own operator does: a wider division rounds other values to the half.
        float steps = MathF.Round(value / _scale);
        return float.IsNaN(steps) ? _zeroPoint : steps + _zeroPoint;
    }

    private void WriteCodes<T>(ReadOnlySpan<float> values, Span<T> to)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            to[i] = T.CreateSaturating(CodeOf(values[i]));
        }
    }

    private void ReadCodes<T>(ReadOnlySpan<T> from, Span<float> values)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < from.Length; i++)
        {
            values[i] = (float)((double.CreateTruncating(from[i]) - _zeroPoint) * _scale);
        }
    }

    // 2, 4 and 8 bits without a type of their own.
    private void WriteSmall(ReadOnlySpan<float> values, Span<byte> to)
    {
        int width = _element.Bits();
        for (int i = 0; i < values.Length; i++)
        {
            int bits = _element switch
            {
                TensorElement.Int4 => (int)Math.Clamp(CodeOf(values[i]), -8, 7),
                TensorElement.UInt4 => (int)Math.Clamp(CodeOf(values[i]), 0, 15),
                TensorElement.Int2 => (int)Math.Clamp(CodeOf(values[i]), -2, 1),
                TensorElement.UInt2 => (int)Math.Clamp(CodeOf(values[i]), 0, 3),
                _ => _table!.Nearest(values[i]),
            };
            if (width == 8)
            {
                to[i] = (byte)bits;
            }
            else
            {
                PackedBits.Write(to, width, i, bits);
            }
        }
    }

    private void ReadSmall(ReadOnlySpan<byte> from, Span<float> values)
    {
        int width = _element.Bits();
        for (int i = 0; i < values.Length; i++)
        {
            int bits = width == 8 ? from[i] : PackedBits.Read(from, width, i);
            values[i] = _element switch
            {
                TensorElement.Int4 => (float)((((bits ^ 8) - 8) - _zeroPoint) * _scale),
                TensorElement.Int2 => (float)((((bits ^ 2) - 2) - _zeroPoint) * _scale),
                TensorElement.UInt4 or TensorElement.UInt2 => (float)((bits - _zeroPoint) * _scale),
                _ => _table!.Value(bits),
            };
        }
    }
}
