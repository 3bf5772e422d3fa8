using System.Runtime.InteropServices;
using EdgeRuntime.Ctl.OnnxFiles;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>Small ONNX models, written here so that the tests need no file.</summary>
internal static class TinyModel
{
    /// <summary>Two values; the second class wins where the second value is the larger one. Ends in a softmax.</summary>
    public static byte[] LargerOfTwo(string input = "x", bool softmax = true) => Write(
        input, [-1, 2], softmax ? "p" : "z", [-1, 2],
        [
            OnnxNode.Of("MatMul", [input, "w"], "z"),
            .. softmax ? [OnnxNode.Of("Softmax", ["z"], "p", 1)] : Array.Empty<OnnxNode>(),
        ],
        ("w", [2, 2], [1, 0, 0, 1]));

    /// <summary>The mean of so many values, or of as many as there are.</summary>
    public static byte[] Sum(long values) => Write(
        "x", [1, values], "y", [1, 1], [OnnxNode.Of("MatMul", ["x", "w"], "y")],
        ("w", [values, 1], [.. Enumerable.Repeat(1f / values, (int)values)]));

    /// <summary>A layer of weights, a rectifier, and a second layer.</summary>
    public static byte[] Layers(float[] first, float[] second, int inputs, int hidden, int outputs) => Write(
        "x", [-1, inputs], "y", [-1, outputs],
        [
            OnnxNode.Of("MatMul", ["x", "w1"], "h"),
            OnnxNode.Of("Relu", ["h"], "r"),
            OnnxNode.Of("MatMul", ["r", "w2"], "y"),
        ],
        ("w1", [inputs, hidden], first), ("w2", [hidden, outputs], second));

    private static byte[] Write(
        string input, long[] inputShape, string output, long[] outputShape, OnnxNode[] nodes,
        params (string Name, long[] Shape, float[] Values)[] constants)
    {
        ProtoMessage graph = new ProtoMessage().Add(2, "tiny").Add(11, OnnxFile.FloatOutput(input, inputShape));
        foreach ((string name, long[] shape, float[] values) in constants)
        {
            graph.Add(5, OnnxTensor.Write(name, TensorElement.Float32, shape, MemoryMarshal.AsBytes<float>(values)));
        }

        foreach (OnnxNode node in nodes)
        {
            graph.Add(1, node.ToArray());
        }

        graph.Add(12, OnnxFile.FloatOutput(output, outputShape));
        return new ProtoMessage().Add(1, 8L).Add(8, new ProtoMessage().Add(1, "").Add(2, 13L)).Add(7, graph).ToArray();
    }
}
