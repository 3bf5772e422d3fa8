using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.OnnxFiles.Int8;

/// <summary>Brings a graph into the form in which it can be quantized: constants as such, normalization within the weights, opset 13.</summary>
internal static class GraphPreparation
{
    /// <summary>The opset in which weights can have a scale for each output.</summary>
    public const long Opset = 13;

    private const float UsualEpsilon = 1e-5f;

    // Of the operators older opsets have, those whose meaning is the same in opset 13.
    private static readonly string[] Lasting =
    [
        "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv", "Div", "Exp", "Flatten", "Gemm",
        "GlobalAveragePool", "GlobalMaxPool", "Identity", "LeakyRelu", "Log", "MatMul", "MaxPool", "Mul", "Neg", "Pad", "Pow", "Reciprocal",
        "ReduceMean", "Relu", "Reshape", "Shape", "Sigmoid", "Slice", "Sqrt", "Sub", "Tanh", "Transpose",
    ];

    /// <summary>What keeps a graph from being brought to opset 13, as a sentence, or null once it is.</summary>
    /// <param name="rows">Names of values that are known to be rows of a batch: of two dimensions.</param>
    public static string? Raise(OnnxFile model, IReadOnlyList<string> rows)
    {
        if (model.Opset >= Opset)
        {
            return null;
        }

        string[] changed =
        [
            .. model.Nodes.Where(node => !Lasting.Contains(node.Op) && !IsPlainSoftmax(model, node, rows)).Select(node => node.Op).Distinct(),
        ];
        if (model.Opset < 11 || changed.Length > 0)
        {
            return $"it is written in opset {model.Opset}{(changed.Length > 0 ? $" with {string.Join(", ", changed)}" : "")}, and int8 weights with a "
                + $"scale for each output need {Opset}; export it with opset {Opset} or newer";
        }

        model.Opset = Opset;
        return null;
    }

    /// <summary>Makes initializers of constants that stand among the operators.</summary>
    public static void LiftConstants(OnnxFile model)
    {
        foreach (OnnxNode node in model.Nodes.Where(node => node is { Op: "Constant", Outputs: [_] }).ToArray())
        {
            const int TensorOfAttribute = 5;
            if (node.Attribute("value")?.All(TensorOfAttribute).FirstOrDefault() is { Length: > 0 } tensor)
            {
                model.Constants[node.Outputs[0]] = OnnxTensor.Renamed(tensor, node.Outputs[0]);
                model.Nodes.Remove(node);
            }
        }
    }

    /// <summary>Multiplies batch normalization after a convolution into its weights: quantized weights cannot be folded later.</summary>
    public static void FoldNormalization(OnnxFile model)
    {
        foreach (OnnxNode norm in model.Nodes.Where(node => node is { Op: "BatchNormalization", Inputs.Count: 5 }).ToArray())
        {
            OnnxNode? conv = model.GiverOf(norm.Inputs[0]);
            bool only = model.Nodes.Count(node => node.Inputs.Contains(norm.Inputs[0])) == 1 && !model.OutputNames.Contains(norm.Inputs[0]);
            float[]?[] parts = [.. norm.Inputs.Skip(1).Select(name => WeightedLayer.Constant(model, name, out _))];
            if (conv is not { Op: "Conv" } || !only || parts.Any(part => part is null)
                || conv.Inputs.Count < 2 || WeightedLayer.Constant(model, conv.Inputs[1], out IReadOnlyList<long> shape) is not { Length: > 0 } weights
                || shape.Count < 2)
            {
                continue;
            }

            int outputs = (int)shape[0];
            float[]? bias = conv.Inputs.Count > 2 ? WeightedLayer.Constant(model, conv.Inputs[2], out _) : new float[outputs];
            if (bias is null || parts.Any(part => part!.Length != outputs))
            {
                continue;
            }

            float epsilon = norm.Attribute("epsilon")?.Single(2) ?? UsualEpsilon;
            int each = weights.Length / outputs;
            for (int i = 0; i < outputs; i++)
            {
                double factor = parts[0]![i] / Math.Sqrt(parts[3]![i] + (double)epsilon);
                bias[i] = (float)(((bias[i] - parts[2]![i]) * factor) + parts[1]![i]);
                for (int j = i * each; j < (i + 1) * each; j++)
                {
                    weights[j] = (float)(weights[j] * factor);
                }
            }

            // Under names of their own: other operators may use the same constants.
            string name = norm.Outputs[0];
            model.Constants[$"{name}/folded_weight"] = OnnxTensor.Write($"{name}/folded_weight", TensorElement.Float32, shape, MemoryMarshal.AsBytes<float>(weights));
            model.Constants[$"{name}/folded_bias"] = OnnxTensor.Write($"{name}/folded_bias", TensorElement.Float32, [outputs], MemoryMarshal.AsBytes<float>(bias));
            conv.Inputs.RemoveRange(1, conv.Inputs.Count - 1);
            conv.Inputs.Add($"{name}/folded_weight");
            conv.Inputs.Add($"{name}/folded_bias");
            conv.Outputs[0] = name;
            model.Nodes.Remove(norm);
        }
    }

    // Before opset 13 it works on all dimensions from its axis on, 1 by default; of a row of a batch that is the same.
    private static bool IsPlainSoftmax(OnnxFile model, OnnxNode node, IReadOnlyList<string> rows) =>
        node.Op == "Softmax" && node.Integer("axis", 1) is 1 or -1
            && (rows.Contains(node.Outputs[0]) || model.GiverOf(node.Inputs[0])?.Op == "Gemm");
}
