using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.OnnxFiles;

/// <summary>
/// An ONNX model taken apart as far as 'edgectl' changes and compares models: operators, constants and ends of its graph.
/// Everything else, subgraphs and what this program does not know among it, is kept byte for byte.
/// </summary>
internal sealed class OnnxFile
{
    private const int VersionField = 1;
    private const int GraphField = 7;
    private const int OpsetField = 8;
    private const int NodeField = 1;
    private const int ConstantField = 5;
    private const int InputField = 11;
    private const int OutputField = 12;

    private readonly ProtoMessage _model;
    private readonly ProtoMessage _graph;

    private OnnxFile(ProtoMessage model)
    {
        _model = model;
        _graph = model.Message(GraphField) ?? new ProtoMessage();
        Nodes = [.. _graph.All(NodeField).Select(OnnxNode.Parse)];
        Outputs = [.. _graph.All(OutputField)];
        foreach (ReadOnlyMemory<byte> constant in _graph.All(ConstantField))
        {
            Constants[OnnxTensor.NameOf(constant)] = constant;
        }
    }

    /// <summary>Operators, in an order in which they can be run.</summary>
    public List<OnnxNode> Nodes { get; }

    /// <summary>Constants by name (TensorProto).</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Constants { get; } = new(StringComparer.Ordinal);

    /// <summary>What the graph gives (ValueInfoProto), in its order.</summary>
    public List<ReadOnlyMemory<byte>> Outputs { get; }

    /// <summary>Names of what the graph gives.</summary>
    public IEnumerable<string> OutputNames => Outputs.Select(NameOf);

    /// <summary>Names of what the graph takes, constants that may be overridden among them.</summary>
    public IEnumerable<string> InputNames => _graph.All(InputField).Select(NameOf);

    /// <summary>Version of ONNX's own operators; 0 when it uses none.</summary>
    public long Opset
    {
        get => _model.All(OpsetField).Select(ProtoMessage.Parse)
            .Where(IsOwn)
            .Select(opset => opset.Integers(2) is [long version, ..] ? version : 1)
            .FirstOrDefault();
        set
        {
            _model.Fields.RemoveAll(each => each.Number == OpsetField && IsOwn(ProtoMessage.Parse(each.Value)));
            _model.Add(OpsetField, new ProtoMessage().Add(1, "").Add(2, value));
        }
    }

    /// <summary>Takes a model apart, or returns null when it is no ONNX model.</summary>
    public static OnnxFile? TryParse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return new OnnxFile(ProtoMessage.Parse(bytes));
        }
        catch (TensorFileException)
        {
            return null;
        }
    }

    /// <summary>The node that gives a value; null for an input or a constant.</summary>
    public OnnxNode? GiverOf(string value) => Nodes.Find(node => node.Outputs.Contains(value));

    /// <summary>Says that the graph gives a tensor of float32.</summary>
    /// <param name="shape">-1 for an open dimension; null for any shape.</param>
    public static byte[] FloatOutput(string name, IReadOnlyList<long>? shape)
    {
        ProtoMessage dimensions = new();
        ProtoMessage tensor = new ProtoMessage().Add(1, 1L);
        if (shape is null)
        {
            return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, tensor)).ToArray();
        }

        foreach (long size in shape)
        {
            dimensions.Add(1, size < 0 ? new ProtoMessage().Add(2, "N") : new ProtoMessage().Add(1, size));
        }

        return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, tensor.Add(2, dimensions))).ToArray();
    }

    /// <summary>
    /// Takes constants away that no operator and no output uses, and lets nobody override the others, as old files may: their
    /// names stand among the inputs too.
    /// </summary>
    public void Tidy()
    {
        const long ConstantsAlone = 7;
        if (_graph.Fields.RemoveAll(field => field.Number == InputField && Constants.ContainsKey(NameOf(field.Value))) > 0)
        {
            _model.Remove(VersionField).Add(VersionField, ConstantsAlone);
        }

        HashSet<string> used = [.. Nodes.SelectMany(node => node.Inputs), .. OutputNames];
        foreach (string name in Constants.Keys.Where(name => !used.Contains(name)).ToArray())
        {
            Constants.Remove(name);
        }
    }

    /// <summary>Name of what a graph takes or gives (ValueInfoProto).</summary>
    public static string NameOf(ReadOnlyMemory<byte> end) => ProtoMessage.Parse(end).Text(1);

    private static bool IsOwn(ProtoMessage opset) => opset.Text(1) is "" or "ai.onnx";

    /// <summary>The model as it stands in a file.</summary>
    public byte[] ToArray()
    {
        ProtoMessage graph = new();
        Nodes.ForEach(node => graph.Add(NodeField, node.ToArray()));
        graph.Fields.AddRange(_graph.Fields.Where(field => field.Number is not (NodeField or ConstantField or OutputField)));
        foreach (ReadOnlyMemory<byte> constant in Constants.Values)
        {
            graph.Add(ConstantField, constant);
        }

        Outputs.ForEach(output => graph.Add(OutputField, output));
        ProtoMessage model = new();
        model.Fields.AddRange(_model.Fields.Where(field => field.Number != GraphField));
        return model.Add(GraphField, graph).ToArray();
    }
}
