using System.Text;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>
/// Reads off an ONNX graph what the codes of its quantized inputs and outputs stand for: from its annotations, and from the
/// quantized operators that take the input or give the output.
/// </summary>
/// <remarks>ONNX (onnx.proto3), operators QuantizeLinear, DequantizeLinear, QLinearConv, QLinearMatMul, and those of the
/// domain com.microsoft. One scale for the whole tensor; a scale for each channel is left alone.</remarks>
public static class GraphQuantization
{
    private const int GraphOfModel = 7;
    private const int NodeOfGraph = 1;
    private const int InitializerOfGraph = 5;
    private const int InputOfGraph = 11;
    private const int OutputOfGraph = 12;
    private const int AnnotationOfGraph = 14;

    /// <summary>By name of input or output; empty when the graph says nothing, or is no ONNX model.</summary>
    public static IReadOnlyDictionary<string, QuantizationSpec> Read(ReadOnlyMemory<byte> model)
    {
        Dictionary<string, QuantizationSpec> found = new(StringComparer.Ordinal);
        try
        {
            ProtoReader reader = new(model.Span, 0);
            while (reader.HasMore)
            {
                (int field, WireType wire) = reader.ReadTag();
                if (field == GraphOfModel && wire == WireType.Bytes)
                {
                    ReadGraph(reader.ReadNested(), found);
                }
                else
                {
                    reader.Skip(wire);
                }
            }
        }
        catch (TensorFileException)
        {
            // The library judges the model; here only what it says of itself is asked, and it says nothing readable.
            found.Clear();
        }

        return found;
    }

    private static void ReadGraph(ProtoReader graph, Dictionary<string, QuantizationSpec> found)
    {
        HashSet<string> ends = new(StringComparer.Ordinal);
        Dictionary<string, (string Scale, string ZeroPoint)> parameters = new(StringComparer.Ordinal);
        Dictionary<string, double> constants = new(StringComparer.Ordinal);
        while (graph.HasMore)
        {
            (int field, WireType wire) = graph.ReadTag();
            if (wire != WireType.Bytes)
            {
                graph.Skip(wire);
                continue;
            }

            switch (field)
            {
                case NodeOfGraph:
                    ReadNode(graph.ReadNested(), parameters, constants);
                    break;
                case InitializerOfGraph:
                    ReadConstant(graph.ReadBytes(), null, constants);
                    break;
                case InputOfGraph or OutputOfGraph:
                    ends.Add(ReadFirstText(graph.ReadNested(), 1));
                    break;
                case AnnotationOfGraph:
                    ReadAnnotation(graph.ReadNested(), parameters);
                    break;
                default:
                    graph.Skip(wire);
                    break;
            }
        }

        foreach ((string tensor, (string scaleName, string zeroName)) in parameters)
        {
            if (ends.Contains(tensor) && constants.TryGetValue(scaleName, out double scale) && scale > 0
                && (zeroName.Length == 0 || constants.ContainsKey(zeroName)))
            {
                found[tensor] = new QuantizationSpec(scale, (long)constants.GetValueOrDefault(zeroName));
            }
        }
    }

    private static void ReadNode(
        ProtoReader node,
        Dictionary<string, (string Scale, string ZeroPoint)> parameters,
        Dictionary<string, double> constants)
    {
        List<string> inputs = [];
        List<string> outputs = [];
        string op = "";
        ReadOnlySpan<byte> value = default;
        while (node.HasMore)
        {
            (int field, WireType wire) = node.ReadTag();
            switch (field)
            {
                case 1 when wire == WireType.Bytes:
                    inputs.Add(Encoding.UTF8.GetString(node.ReadBytes()));
                    break;
                case 2 when wire == WireType.Bytes:
                    outputs.Add(Encoding.UTF8.GetString(node.ReadBytes()));
                    break;
                case 4 when wire == WireType.Bytes:
                    op = Encoding.UTF8.GetString(node.ReadBytes());
                    break;
                case 5 when wire == WireType.Bytes:
                    value = TensorOf(node.ReadNested(), value);
                    break;
                default:
                    node.Skip(wire);
                    break;
            }
        }

        if (op == "Constant" && outputs.Count == 1 && !value.IsEmpty)
        {
            ReadConstant(value, outputs[0], constants);
        }

        foreach ((int tensor, int scale) in TakenBy(op))
        {
            Note(inputs, tensor < inputs.Count ? inputs[tensor] : "", scale, parameters);
        }

        if (GivenBy(op) is int at)
        {
            Note(inputs, outputs.Count > 0 ? outputs[0] : "", at, parameters);
        }
    }

    // Places of quantized inputs among an operator's inputs, each with that of its scale; the zero point comes next.
    private static (int Tensor, int Scale)[] TakenBy(string op) => op switch
    {
        "DequantizeLinear" or "QLinearConv" or "QGemm" => [(0, 1)],
        "QLinearMatMul" or "QLinearAdd" or "QLinearMul" => [(0, 1), (3, 4)],
        "QLinearSigmoid" or "QLinearLeakyRelu" or "QLinearSoftmax" => [(0, 1)],
        "QLinearGlobalAveragePool" or "QLinearAveragePool" => [(0, 1)],
        _ => [],
    };

    // Place of the output's scale among an operator's inputs; the zero point comes next.
    private static int? GivenBy(string op) => op switch
    {
        "QuantizeLinear" => 1,
        "QLinearConv" or "QLinearMatMul" or "QLinearAdd" or "QLinearMul" => 6,
        "QGemm" => 7,
        "QLinearSigmoid" or "QLinearLeakyRelu" or "QLinearSoftmax" => 3,
        "QLinearGlobalAveragePool" or "QLinearAveragePool" => 3,
        _ => null,
    };

    private static void Note(
        List<string> inputs, string tensor, int scale, Dictionary<string, (string Scale, string ZeroPoint)> parameters)
    {
        // Of several readers of one tensor the first is as good as any: they see the same codes.
        if (tensor.Length > 0 && scale < inputs.Count)
        {
            parameters.TryAdd(tensor, (inputs[scale], scale + 1 < inputs.Count ? inputs[scale + 1] : ""));
        }
    }

    // AttributeProto: t = 5.
    private static ReadOnlySpan<byte> TensorOf(ProtoReader attribute, ReadOnlySpan<byte> before)
    {
        while (attribute.HasMore)
        {
            (int field, WireType wire) = attribute.ReadTag();
            if (field == 5 && wire == WireType.Bytes)
            {
                return attribute.ReadBytes();
            }

            attribute.Skip(wire);
        }

        return before;
    }

    // Scales are a few bytes; anything longer is a weight and not looked into.
    private static void ReadConstant(ReadOnlySpan<byte> tensor, string? name, Dictionary<string, double> constants)
    {
        const int LongestScalar = 4096;
        if (tensor.Length > LongestScalar)
        {
            return;
        }

        try
        {
            Tensor constant = TensorProtoFile.Parse(tensor);
            if (constant.Element != TensorElement.Text && constant.Count == 1)
            {
                constants[name ?? constant.Name] = new ElementReader(constant).Number(0);
            }
        }
        catch (TensorFileException)
        {
            // Kept in another file, or of a type unknown here: not a scale that can be read.
        }
    }

    // TensorAnnotation: tensor_name = 1, quant_parameter_tensor_names = 2 (key = 1, value = 2).
    private static void ReadAnnotation(ProtoReader annotation, Dictionary<string, (string Scale, string ZeroPoint)> parameters)
    {
        string tensor = "";
        string scale = "";
        string zeroPoint = "";
        while (annotation.HasMore)
        {
            (int field, WireType wire) = annotation.ReadTag();
            if (field == 1 && wire == WireType.Bytes)
            {
                tensor = Encoding.UTF8.GetString(annotation.ReadBytes());
            }
            else if (field == 2 && wire == WireType.Bytes)
            {
                ProtoReader entry = annotation.ReadNested();
                string value = ReadFirstText(entry, 2);
                switch (ReadFirstText(entry, 1))
                {
                    case "SCALE_TENSOR":
                        scale = value;
                        break;
                    case "ZERO_POINT_TENSOR":
                        zeroPoint = value;
                        break;
                }
            }
            else
            {
                annotation.Skip(wire);
            }
        }

        if (tensor.Length > 0 && scale.Length > 0)
        {
            parameters[tensor] = (scale, zeroPoint);
        }
    }

    private static string ReadFirstText(ProtoReader message, int wanted)
    {
        while (message.HasMore)
        {
            (int field, WireType wire) = message.ReadTag();
            if (field == wanted && wire == WireType.Bytes)
            {
                return Encoding.UTF8.GetString(message.ReadBytes());
            }

            message.Skip(wire);
        }

        return "";
    }
}
