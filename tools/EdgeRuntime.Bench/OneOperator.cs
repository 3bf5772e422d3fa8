using System.Text;

namespace EdgeRuntime.Bench;

/// <summary>
/// The smallest model there is, written byte by byte (onnx.proto3): y = relu(x) over float32 [1, 4]. What a run of it
/// costs is what a call costs.
/// </summary>
internal static class OneOperator
{
    /// <summary>Elements of input and output.</summary>
    public const int Width = 4;

    private const byte Float32 = 1;
    private const byte IrVersion = 8;
    private const byte OpsetVersion = 17;

    /// <summary>The bytes of an .onnx file.</summary>
    public static byte[] Build()
    {
        byte[] node = [.. Text(1, "x"), .. Text(2, "y"), .. Text(4, "Relu")];
        byte[] graph = [.. Field(1, node), .. Text(2, "g"), .. Field(11, Value("x")), .. Field(12, Value("y"))];
        byte[] opset = [.. Text(1, ""), 0x10, OpsetVersion];
        return [0x08, IrVersion, .. Field(7, graph), .. Field(8, opset)];
    }

    private static byte[] Value(string name)
    {
        byte[] shape = [.. Field(1, [0x08, 1]), .. Field(1, [0x08, Width])];
        byte[] tensor = [0x08, Float32, .. Field(2, shape)];
        return [.. Text(1, name), .. Field(2, Field(1, tensor))];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    // Everything here is shorter than 128 bytes, so a length is always one byte.
    private static byte[] Field(int field, byte[] content) =>
        [(byte)((field << 3) | 2), (byte)content.Length, .. content];
}
