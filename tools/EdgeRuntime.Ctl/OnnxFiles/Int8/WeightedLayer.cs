namespace EdgeRuntime.Ctl.OnnxFiles.Int8;

/// <summary>An operator that multiplies by constant weights: <c>Conv</c>, <c>Gemm</c> or <c>MatMul</c>.</summary>
/// <param name="Node">The operator.</param>
/// <param name="Weights">Values of the weights, row-major.</param>
/// <param name="Shape">Their shape.</param>
/// <param name="Axis">The dimension of the weights along which the outputs lie: each gets a scale of its own.</param>
internal sealed record WeightedLayer(OnnxNode Node, float[] Weights, IReadOnlyList<long> Shape, int Axis)
{
    /// <summary>Outputs, each with its own scale.</summary>
    public int Outputs => (int)Shape[Axis];

    /// <summary>The layers of a graph that can be computed with integers; others stay as they are.</summary>
    public static IReadOnlyList<WeightedLayer> Of(OnnxFile model)
    {
        List<WeightedLayer> layers = [];
        string[] outputs = [.. model.OutputNames];
        foreach (OnnxNode node in model.Nodes.Where(node => node.Domain.Length == 0 && node.Inputs.Count >= 2 && !outputs.Contains(node.Inputs[0])))
        {
            if (AxisOf(node) is int axis && Constant(model, node.Inputs[1], out IReadOnlyList<long> shape) is { } weights
                && shape.Count > axis && (node.Op == "Conv" || shape.Count == 2)
                && (node.Inputs.Count < 3 || node.Inputs[2].Length == 0 || Constant(model, node.Inputs[2], out _)?.Length == shape[axis]))
            {
                layers.Add(new WeightedLayer(node, weights, shape, axis));
            }
        }

        return layers;
    }

    /// <summary>The output that a weight belongs to.</summary>
    public int OutputOf(int weight)
    {
        long after = Shape.Skip(Axis + 1).Aggregate(1L, (product, size) => product * size);
        return (int)(weight / after % Shape[Axis]);
    }

    /// <summary>Values of a constant of float32, or null.</summary>
    public static float[]? Constant(OnnxFile model, string name, out IReadOnlyList<long> shape)
    {
        shape = [];
        return model.Constants.TryGetValue(name, out ReadOnlyMemory<byte> tensor) ? OnnxTensor.Floats(tensor, out shape) : null;
    }

    private static int? AxisOf(OnnxNode node) => node.Op switch
    {
        "Conv" => 0,
        "MatMul" => 1,
        "Gemm" when node.Integer("transA", 0) == 0 && IsOne(node, "alpha") && IsOne(node, "beta") => node.Integer("transB", 0) == 0 ? 1 : 0,
        _ => null,
    };

    private static bool IsOne(OnnxNode node, string attribute) => (node.Attribute(attribute)?.Single(2) ?? 1) == 1;
}
