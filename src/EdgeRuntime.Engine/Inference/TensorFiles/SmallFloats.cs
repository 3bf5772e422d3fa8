namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>
/// The floats below 32 bits that .NET has no type for, as ONNX defines them (ONNX, "Float stored in 8 bits").
/// </summary>
internal static class SmallFloats
{
    /// <summary>The upper half of a float32.</summary>
    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Rounds to the nearest bfloat16, ties to even.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Truncated, a NaN whose payload is in the lower half would become infinity.
            return (ushort)((bits >> 16) | 0x40);
        }

        uint half = 0x7FFF + ((bits >> 16) & 1);
        return (ushort)((bits + half) >> 16);
    }

    public static double FromE4M3FN(byte bits) => (bits & 0x7F) == 0x7F ? double.NaN : Finite(bits, 4, 3, bias: 7);

    public static double FromE4M3FNUZ(byte bits) => bits == 0x80 ? double.NaN : Finite(bits, 4, 3, bias: 8);

    public static double FromE5M2FNUZ(byte bits) => bits == 0x80 ? double.NaN : Finite(bits, 5, 2, bias: 16);

    public static double FromE5M2(byte bits) => (bits & 0x7F) switch
    {
        0x7C => bits == 0x7C ? double.PositiveInfinity : double.NegativeInfinity,
        > 0x7C => double.NaN,
        _ => Finite(bits, 5, 2, bias: 15),
    };

    public static double FromE8M0(byte bits) => bits == 0xFF ? double.NaN : Math.ScaleB(1, bits - 127);

    public static double FromE2M1(int bits) => Finite(bits, 2, 1, bias: 1);

    private static double Finite(int bits, int exponentBits, int mantissaBits, int bias)
    {
        int mantissa = bits & ((1 << mantissaBits) - 1);
        int exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
        double size = exponent == 0
            ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
            : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return bits >> (exponentBits + mantissaBits) == 0 ? size : -size;
    }
}
