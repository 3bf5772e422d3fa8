using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Bench;

/// <summary>Writes .onnx files byte by byte (onnx.proto3): just enough to make models that are good, and models that are not.</summary>
internal static class OnnxFile
{
    private const int Float32 = 1;
    private const int Int64 = 7;
    private const int Bool = 9;
    private const int IrVersion = 8;

    /// <summary>A file.</summary>
    /// <param name="functions">Of <see cref="Function"/>; they may call each other.</param>
    /// <param name="opset">Operator set that it asks for.</param>
    public static byte[] Model(byte[] graph, int opset, IEnumerable<byte[]>? functions = null, string? domain = null) =>
    [
        .. Number(1, IrVersion), .. Field(7, graph), .. Field(8, Opset("", opset)),
        .. domain is null ? [] : Field(8, Opset(domain, 1)),
        .. (functions ?? []).SelectMany(function => Field(25, function)),
    ];

    /// <summary>A graph, or the body of a loop.</summary>
    public static byte[] Graph(
        IEnumerable<byte[]> nodes, IEnumerable<byte[]> inputs, IEnumerable<byte[]> outputs, IEnumerable<byte[]>? tensors = null) =>
    [
        .. nodes.SelectMany(node => Field(1, node)), .. Text(2, "g"), .. (tensors ?? []).SelectMany(tensor => Field(5, tensor)),
        .. inputs.SelectMany(input => Field(11, input)), .. outputs.SelectMany(output => Field(12, output)),
    ];

    /// <summary>One operator, or a call of a function of <paramref name="domain"/>.</summary>
    /// <param name="body">Of a loop.</param>
    public static byte[] Node(
        string type, IEnumerable<string> inputs, IEnumerable<string> outputs, string domain = "", byte[]? body = null) =>
    [
        .. inputs.SelectMany(input => Text(1, input)), .. outputs.SelectMany(output => Text(2, output)), .. Text(4, type),
        .. body is null ? [] : Field(5, [.. Text(1, "body"), .. Field(6, body), .. Number(20, 5)]), .. Text(7, domain),
    ];

    /// <summary>A function of one input and one output.</summary>
    public static byte[] Function(string domain, string name, string input, string output, byte[] node, int opset) =>
    [
        .. Text(1, name), .. Text(4, input), .. Text(5, output), .. Field(7, node), .. Field(9, Opset("", opset)),
        .. Field(9, Opset(domain, 1)), .. Text(10, domain),
    ];

    /// <summary>Name, type and shape of a tensor of floats.</summary>
    public static byte[] Floats(string name, params int[] shape) => Value(name, Float32, shape);

    /// <summary>The same of one integer.</summary>
    public static byte[] Integer(string name) => Value(name, Int64);

    /// <summary>The same of one truth value.</summary>
    public static byte[] Truth(string name) => Value(name, Bool);

    /// <summary>Values that the model brings.</summary>
    public static byte[] Tensor(string name, float[] values, params int[] shape)
    {
        byte[] raw = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * sizeof(float)), values[i]);
        }

        return Tensor(name, Float32, raw, shape);
    }

    /// <summary>Integers that the model brings: one without a shape, or a row.</summary>
    public static byte[] Tensor(string name, long[] values, bool isRow)
    {
        byte[] raw = new byte[values.Length * sizeof(long)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(i * sizeof(long)), values[i]);
        }

        return Tensor(name, Int64, raw, isRow ? [values.Length] : []);
    }

    /// <summary>One truth value that the model brings.</summary>
    public static byte[] Tensor(string name, bool value) => Tensor(name, Bool, [value ? (byte)1 : (byte)0], []);

    private static byte[] Tensor(string name, int type, byte[] raw, int[] shape) =>
        [.. shape.SelectMany(size => Number(1, size)), .. Number(2, type), .. Text(8, name), .. Field(9, raw)];

    private static byte[] Value(string name, int type, params int[] shape)
    {
        byte[] dimensions = [.. shape.SelectMany(size => Field(1, Number(1, size)))];
        return [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, type), .. Field(2, dimensions)]))];
    }

    private static byte[] Opset(string domain, int version) => [.. Text(1, domain), .. Number(2, version)];

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) =>
        [.. Varint(((uint)field << 3) | 2), .. Varint((uint)content.Length), .. content];

    private static byte[] Number(int field, long value) => [.. Varint((uint)field << 3), .. Varint((ulong)value)];

    private static List<byte> Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
