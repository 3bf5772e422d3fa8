using System.Globalization;

namespace EdgeRuntime.Ctl.OnnxFiles;

/// <summary>What converters of classical models (skl2onnx, onnxmltools) write into a graph: class labels, and maps of them.</summary>
internal static class Classifiers
{
    private const int IntegersOfAttribute = 8;
    private const int TextsOfAttribute = 9;

    // What changes no value, or not which of them is largest.
    private static readonly string[] Passing =
        ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "DequantizeLinear", "QuantizeLinear", "Dropout", "Transpose"];

    /// <summary>
    /// Leaves out the operators that turn a tensor of probabilities into a list of maps, which no sample path can read: the
    /// graph then gives the tensor itself.
    /// </summary>
    /// <returns>Names of the outputs that took the place of maps; empty when there were none.</returns>
    public static IReadOnlyList<string> RemoveMaps(OnnxFile model)
    {
        List<string> freed = [];
        foreach (OnnxNode map in model.Nodes.Where(node => node is { Op: "ZipMap", Inputs: [_], Outputs: [_] }).ToArray())
        {
            int at = model.Outputs.FindIndex(output => OnnxFile.NameOf(output) == map.Outputs[0]);
            if (at >= 0)
            {
                model.Outputs[at] = OnnxFile.FloatOutput(map.Inputs[0], [-1, LabelsOf(map).Count]);
                model.Nodes.Remove(map);
                freed.Add(map.Inputs[0]);
            }
        }

        return freed;
    }

    /// <summary>Class labels that the graph itself names, in the order of its probabilities; empty when it names none.</summary>
    public static IReadOnlyList<string> Labels(OnnxFile model) =>
        model.Nodes.Select(LabelsOf).FirstOrDefault(labels => labels.Count > 0) ?? [];

    /// <summary>The operator that makes an output what it is, such as <c>Softmax</c>; empty when there is none.</summary>
    public static string LastOperator(OnnxFile model, string output)
    {
        for (int steps = 0; steps < model.Nodes.Count && model.GiverOf(output) is { } node; steps++)
        {
            if (!Passing.Contains(node.Op) || node.Inputs.Count == 0)
            {
                return node.Op;
            }

            output = node.Inputs[0];
        }

        return "";
    }

    private static IReadOnlyList<string> LabelsOf(OnnxNode node)
    {
        IReadOnlyList<string> texts = [.. node.Attribute("classlabels_strings")?.Texts(TextsOfAttribute) ?? []];
        return texts.Count > 0
            ? texts
            : [.. (node.Attribute("classlabels_int64s") ?? node.Attribute("classlabels_ints"))?.Integers(IntegersOfAttribute)
                .Select(label => label.ToString(CultureInfo.InvariantCulture)) ?? []];
    }
}
