using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.OnnxFiles.Int8;

/// <summary>
/// Rewrites a float graph so that its layers of weights are computed with integers: weights int8 with a scale for each output,
/// values between operators unsigned bytes, in the form of quantize and dequantize operators (QDQ) that ONNX Runtime fuses.
/// </summary>
/// <remarks>
/// Weights keep within 7 bits: on x64 processors without VNNI two products of an unsigned and a signed byte are added in 16
/// bits and would saturate; 2 * 255 * 64 fits. So the answers are the same on every processor.
/// </remarks>
internal static class Int8Graph
{
    private const int WeightLimit = 64;

    /// <summary>Values that are written in 8 bits: what layers take, and what convolutions give.</summary>
    public static IReadOnlyList<string> ValuesOf(OnnxFile model, IReadOnlyList<WeightedLayer> layers)
    {
        HashSet<string> values = [.. layers.Select(layer => layer.Node.Inputs[0])];
        foreach (WeightedLayer layer in layers.Where(layer => layer.Node.Op == "Conv"))
        {
            values.Add(AfterActivation(model, layer.Node.Outputs[0]));
        }

        return [.. values.Where(value => !model.OutputNames.Contains(value))];
    }

    /// <summary>Rewrites.</summary>
    /// <param name="ranges">Of every value in <see cref="ValuesOf"/>.</param>
    public static void Rewrite(OnnxFile model, IReadOnlyList<WeightedLayer> layers, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        // Short names: those of exporters are paths, and would be written several times for each.
        for (int i = 0; i < layers.Count; i++)
        {
            Requantize(model, layers[i], $"int8/l{i}", ranges);
        }

        int number = 0;
        foreach ((string value, ActivationRange range) in ranges)
        {
            string name = $"int8/v{number++}";
            string scale = Put(model, $"{name}/scale", TensorElement.Float32, [], MemoryMarshal.AsBytes<float>([range.Scale]));
            string zero = Put(model, $"{name}/zero_point", TensorElement.UInt8, [], [range.ZeroPoint]);
            string codes = $"{name}/codes";
            string real = $"{name}/real";
            foreach (OnnxNode user in model.Nodes)
            {
                for (int i = 0; i < user.Inputs.Count; i++)
                {
                    user.Inputs[i] = user.Inputs[i] == value ? real : user.Inputs[i];
                }
            }

            int giver = model.Nodes.FindIndex(node => node.Outputs.Contains(value));
            model.Nodes.Insert(giver + 1, OnnxNode.Of("QuantizeLinear", [value, scale, zero], codes));
            model.Nodes.Insert(giver + 2, OnnxNode.Of("DequantizeLinear", [codes, scale, zero], real));
        }
    }

    private static void Requantize(OnnxFile model, WeightedLayer layer, string name, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        float[] largest = new float[layer.Outputs];
        for (int i = 0; i < layer.Weights.Length; i++)
        {
            int output = layer.OutputOf(i);
            largest[output] = Math.Max(largest[output], Math.Abs(layer.Weights[i]));
        }

        float[] scales = [.. largest.Select(weight => Math.Max(weight, 1e-8f) / WeightLimit)];
        sbyte[] codes = new sbyte[layer.Weights.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (sbyte)Math.Clamp(MathF.Round(layer.Weights[i] / scales[layer.OutputOf(i)]), -WeightLimit, WeightLimit);
        }

        layer.Node.Inputs[1] = Dequantized(model, $"{name}/w", TensorElement.Int8, layer.Shape, MemoryMarshal.AsBytes<sbyte>(codes), scales, layer.Axis, layer.Node);
        if (layer.Node.Inputs.Count < 3 || layer.Node.Inputs[2].Length == 0)
        {
            return;
        }

        // The bias is added to sums of products, and is written in their scale.
        float[] bias = WeightedLayer.Constant(model, layer.Node.Inputs[2], out _)!;
        float input = ranges[layer.Node.Inputs[0]].Scale;
        float[] biasScales = [.. scales.Select(scale => scale * input)];
        int[] biasCodes = [.. bias.Select((value, i) => (int)Math.Clamp(Math.Round(value / (double)biasScales[i]), int.MinValue, int.MaxValue))];
        layer.Node.Inputs[2] = Dequantized(
            model, $"{name}/b", TensorElement.Int32, [bias.Length], MemoryMarshal.AsBytes<int>(biasCodes), biasScales, 0, layer.Node);
    }

    private static string Dequantized(
        OnnxFile model, string name, TensorElement element, IReadOnlyList<long> shape, ReadOnlySpan<byte> codes, float[] scales, int axis, OnnxNode before)
    {
        byte[] zeros = new byte[scales.Length * (element == TensorElement.Int32 ? sizeof(int) : 1)];
        string[] inputs =
        [
            Put(model, $"{name}/codes", element, shape, codes),
            Put(model, $"{name}/scale", TensorElement.Float32, [scales.Length], MemoryMarshal.AsBytes<float>(scales)),
            Put(model, $"{name}/zero_point", element, [scales.Length], zeros),
        ];
        model.Nodes.Insert(model.Nodes.IndexOf(before), OnnxNode.Of("DequantizeLinear", inputs, $"{name}/real", axis));
        return $"{name}/real";
    }

    private static string Put(OnnxFile model, string name, TensorElement element, IReadOnlyList<long> shape, ReadOnlySpan<byte> values)
    {
        model.Constants[name] = OnnxTensor.Write(name, element, shape, values);
        return name;
    }

    // The library takes a rectifier into the convolution, so its output is what is written in 8 bits.
    private static string AfterActivation(OnnxFile model, string value)
    {
        OnnxNode[] users = [.. model.Nodes.Where(node => node.Inputs.Contains(value))];
        return users is [{ Op: "Relu" or "Clip" } activation] && !model.OutputNames.Contains(value) ? activation.Outputs[0] : value;
    }
}
