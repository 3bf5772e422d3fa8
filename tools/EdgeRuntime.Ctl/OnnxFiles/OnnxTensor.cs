using System.Runtime.InteropServices;
using System.Text;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.OnnxFiles;

/// <summary>Constants of a graph (TensorProto of onnx.proto3).</summary>
internal static class OnnxTensor
{
    private const int NameField = 8;

    /// <summary>The name alone, without a look at the values.</summary>
    public static string NameOf(ReadOnlyMemory<byte> tensor) => ProtoMessage.Parse(tensor).Text(NameField);

    /// <summary>The values of a tensor of float32, or null for one of another type.</summary>
    public static float[]? Floats(ReadOnlyMemory<byte> tensor, out IReadOnlyList<long> shape)
    {
        Tensor read = TensorProtoFile.Parse(tensor.Span);
        shape = read.Shape;
        return read.Element == TensorElement.Float32 ? MemoryMarshal.Cast<byte, float>(read.Bytes.Span).ToArray() : null;
    }

    /// <summary>The same values under another name.</summary>
    public static byte[] Renamed(ReadOnlyMemory<byte> tensor, string name) =>
        ProtoMessage.Parse(tensor).Remove(NameField).Add(NameField, name).ToArray();

    /// <summary>Writes a tensor.</summary>
    /// <param name="shape">Row-major; empty for a scalar.</param>
    /// <param name="values">Little endian.</param>
    public static byte[] Write(string name, TensorElement element, IReadOnlyList<long> shape, ReadOnlySpan<byte> values)
    {
        ProtoMessage message = new();
        foreach (long size in shape)
        {
            message.Add(1, size);
        }

        return message.Add(2, (long)element).Add(NameField, Encoding.UTF8.GetBytes(name)).Add(9, values.ToArray()).ToArray();
    }
}
