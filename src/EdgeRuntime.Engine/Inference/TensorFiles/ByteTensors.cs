using System.Globalization;
using System.Text;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>An initializer of 8-bit elements in the file of a model.</summary>
/// <param name="Key">Name, type and shape: of two models, tensors with the same key are the same weights at two times.</param>
/// <param name="Offset">Where its elements begin in the file.</param>
/// <param name="Length">Bytes, one an element.</param>
public readonly record struct ByteTensor(string Key, int Offset, int Length);

/// <summary>Finds where the 8-bit weights of an ONNX model stand in its file.</summary>
/// <remarks>ONNX (onnx.proto3): ModelProto.graph 7, GraphProto.initializer 5, TensorProto dims 1, data_type 2, name 8, raw_data 9.</remarks>
public static class ByteTensors
{
    private const int Graph = 7;
    private const int Initializer = 5;
    private const ulong Uint8 = 2;
    private const ulong Int8 = 3;

    /// <summary>Every such initializer with its elements in raw form, in the order of the file; none where it is no ONNX model.</summary>
    public static IReadOnlyList<ByteTensor> Find(ReadOnlySpan<byte> model)
    {
        List<ByteTensor> found = [];
        try
        {
            ProtoReader reader = new(model, 0);
            while (reader.HasMore)
            {
                (int field, WireType wire) = reader.ReadTag();
                if (field == Graph && wire == WireType.Bytes)
                {
                    InGraph(reader.ReadNested(), found);
                }
                else
                {
                    reader.Skip(wire);
                }
            }
        }
        catch (TensorFileException)
        {
            // Not protobuf, or damaged: what was found so far is there all the same.
        }

        return found;
    }

    private static void InGraph(ProtoReader graph, List<ByteTensor> found)
    {
        while (graph.HasMore)
        {
            (int field, WireType wire) = graph.ReadTag();
            if (field != Initializer || wire != WireType.Bytes)
            {
                graph.Skip(wire);
            }
            else if (Tensor(graph.ReadNested()) is { Length: > 0 } tensor)
            {
                found.Add(tensor);
            }
        }
    }

    private static ByteTensor Tensor(ProtoReader tensor)
    {
        StringBuilder key = new();
        ulong type = 0;
        (int offset, int length) = (0, 0);
        while (tensor.HasMore)
        {
            (int field, WireType wire) = tensor.ReadTag();
            switch (field, wire)
            {
                case (1, WireType.Varint):
                    key.Append(CultureInfo.InvariantCulture, $"{tensor.ReadVarint()}x");
                    break;
                case (1, WireType.Bytes):
                    ProtoReader dimensions = tensor.ReadNested();
                    while (dimensions.HasMore)
                    {
                        key.Append(CultureInfo.InvariantCulture, $"{dimensions.ReadVarint()}x");
                    }

                    break;
                case (2, WireType.Varint):
                    type = tensor.ReadVarint();
                    break;
                case (8, WireType.Bytes):
                    key.Append(' ').Append(Encoding.UTF8.GetString(tensor.ReadBytes())).Append(' ');
                    break;
                case (9, WireType.Bytes):
                    length = tensor.ReadBytes().Length;
                    offset = tensor.Offset - length;
                    break;
                default:
                    tensor.Skip(wire);
                    break;
            }
        }

        key.Append(type);
        return type is Uint8 or Int8 ? new ByteTensor(key.ToString(), offset, length) : default;
    }
}
