using System.Buffers.Binary;
using System.Text;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Tests;

/// <summary>
/// Writes small ONNX models byte by byte (onnx.proto3), so that the tests need neither files nor Python.
/// </summary>
internal sealed class ModelBytes
{
    private const int IrVersion = 8;
    private const int OpsetVersion = 17;

    private readonly List<byte> _graph = [];
    private readonly SortedSet<string> _domains = new(StringComparer.Ordinal) { "" };

    /// <summary>y = relu(x) over float32 [1, size].</summary>
    public static byte[] Relu(int size) => new ModelBytes()
        .Node("Relu", ["x"], ["y"])
        .Input("x", TensorElement.Float32, 1, size)
        .Output("y", TensorElement.Float32, 1, size)
        .Build();

    /// <summary>One operator. Attributes are single integers.</summary>
    public ModelBytes Node(
        string op, string[] inputs, string[] outputs, string domain = "", params (string Name, long Value)[] integers)
    {
        List<byte> node = [];
        Array.ForEach(inputs, name => Text(node, 1, name));
        Array.ForEach(outputs, name => Text(node, 2, name));
        Text(node, 4, op);
        foreach ((string name, long value) in integers)
        {
            List<byte> attribute = [];
            Text(attribute, 1, name);
            Number(attribute, 3, (ulong)value);
            Number(attribute, 20, 2);
            Field(node, 5, [.. attribute]);
        }

        Text(node, 7, domain);
        _domains.Add(domain);
        Field(_graph, 1, [.. node]);
        return this;
    }

    /// <summary>A tensor the graph takes; -1 leaves a dimension open.</summary>
    public ModelBytes Input(string name, TensorElement element, params long[] shape) => Value(11, name, element, shape);

    /// <summary>A tensor the graph gives; -1 leaves a dimension open.</summary>
    public ModelBytes Output(string name, TensorElement element, params long[] shape) => Value(12, name, element, shape);

    /// <summary>An output that is a sequence of float32 tensors.</summary>
    public ModelBytes SequenceOutput(string name)
    {
        byte[] sequence = Message(1, TensorType(TensorElement.Float32, []));
        Field(_graph, 12, [.. TextField(1, name), .. Message(2, Message(4, sequence))]);
        return this;
    }

    /// <summary>A constant, or the default of an input of the same name.</summary>
    public ModelBytes Constant(string name, TensorElement element, long[] shape, byte[] raw)
    {
        List<byte> tensor = [];
        Array.ForEach(shape, size => Number(tensor, 1, (ulong)size));
        Number(tensor, 2, (ulong)element);
        Text(tensor, 8, name);
        Field(tensor, 9, raw);
        Field(_graph, 5, [.. tensor]);
        return this;
    }

    /// <summary>Float32 values in a file beside the model.</summary>
    public ModelBytes External(string name, long[] shape, string place, long offset, long length)
    {
        List<byte> tensor = [];
        Array.ForEach(shape, size => Number(tensor, 1, (ulong)size));
        Number(tensor, 2, (ulong)TensorElement.Float32);
        Text(tensor, 8, name);
        foreach ((string key, string value) in new[] { ("location", place), ("offset", $"{offset}"), ("length", $"{length}") })
        {
            Field(tensor, 13, [.. TextField(1, key), .. TextField(2, value)]);
        }

        Number(tensor, 14, 1);
        Field(_graph, 5, [.. tensor]);
        return this;
    }

    public ModelBytes Floats(string name, long[] shape, params float[] values)
    {
        byte[] raw = new byte[values.Length * 4];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * 4), values[i]);
        }

        return Constant(name, TensorElement.Float32, shape, raw);
    }

    public ModelBytes Longs(string name, params long[] values)
    {
        byte[] raw = new byte[values.Length * 8];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(i * 8), values[i]);
        }

        return Constant(name, TensorElement.Int64, [values.Length], raw);
    }

    public byte[] Build(int irVersion = IrVersion, int opset = OpsetVersion)
    {
        List<byte> model = [];
        Number(model, 1, (ulong)irVersion);
        Text(_graph, 2, "g");
        Field(model, 7, [.. _graph]);
        foreach (string domain in _domains)
        {
            List<byte> import = [];
            Text(import, 1, domain);
            Number(import, 2, domain.Length == 0 ? (ulong)opset : 1UL);
            Field(model, 8, [.. import]);
        }

        return [.. model];
    }

    private static byte[] TensorType(TensorElement element, long[] shape)
    {
        List<byte> dimensions = [];
        foreach (long size in shape)
        {
            List<byte> dimension = [];
            if (size >= 0)
            {
                Number(dimension, 1, (ulong)size);
            }

            Field(dimensions, 1, [.. dimension]);
        }

        List<byte> tensor = [];
        Number(tensor, 1, (ulong)element);
        Field(tensor, 2, [.. dimensions]);
        return Message(1, [.. tensor]);
    }

    private static byte[] Message(int field, byte[] content)
    {
        List<byte> stream = [];
        Field(stream, field, content);
        return [.. stream];
    }

    private static byte[] TextField(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static void Text(List<byte> to, int field, string text) => Field(to, field, Encoding.UTF8.GetBytes(text));

    private static void Field(List<byte> to, int field, byte[] content)
    {
        Varint(to, ((ulong)field << 3) | 2);
        Varint(to, (ulong)content.Length);
        to.AddRange(content);
    }

    private static void Number(List<byte> to, int field, ulong value)
    {
        Varint(to, (ulong)field << 3);
        Varint(to, value);
    }

    private static void Varint(List<byte> to, ulong value)
    {
        while (value >= 0x80)
        {
            to.Add((byte)(value | 0x80));
            value >>= 7;
        }

        to.Add((byte)value);
    }

    private ModelBytes Value(int field, string name, TensorElement element, long[] shape)
    {
        Field(_graph, field, [.. TextField(1, name), .. Message(2, TensorType(element, shape))]);
        return this;
    }
}
