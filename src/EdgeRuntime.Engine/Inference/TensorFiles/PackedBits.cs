namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>Elements of 2 or 4 bits, several to a byte, the first in the lowest bits, as ONNX packs them.</summary>
internal static class PackedBits
{
    /// <param name="bits">Of one element: 2 or 4.</param>
    public static int Read(ReadOnlySpan<byte> bytes, int bits, int index)
    {
        int perByte = 8 / bits;
        return (bytes[index / perByte] >> (index % perByte * bits)) & ((1 << bits) - 1);
    }

    /// <summary>Writes one element and leaves its neighbours.</summary>
    /// <param name="bits">Of one element: 2 or 4.</param>
    /// <param name="value">What is above the element's bits is cut off.</param>
    public static void Write(Span<byte> bytes, int bits, int index, int value)
    {
        int perByte = 8 / bits;
        int shift = index % perByte * bits;
        int mask = ((1 << bits) - 1) << shift;
        bytes[index / perByte] = (byte)((bytes[index / perByte] & ~mask) | ((value << shift) & mask));
    }
}
