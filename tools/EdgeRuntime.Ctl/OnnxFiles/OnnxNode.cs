namespace EdgeRuntime.Ctl.OnnxFiles;

/// <summary>One operator of a graph (NodeProto of onnx.proto3).</summary>
internal sealed class OnnxNode
{
    private const int InputField = 1;
    private const int OutputField = 2;
    private const int OpField = 4;
    private const int AttributeField = 5;
    private const int DomainField = 7;

    private readonly ProtoMessage _rest;

    private OnnxNode(ProtoMessage message)
    {
        Op = message.Text(OpField);
        Domain = message.Text(DomainField);
        Inputs = [.. message.Texts(InputField)];
        Outputs = [.. message.Texts(OutputField)];
        _rest = message.Remove(InputField).Remove(OutputField).Remove(OpField).Remove(DomainField);
    }

    /// <summary>Name of the operator, such as <c>Conv</c>.</summary>
    public string Op { get; }

    /// <summary>Whose operator it is; empty for ONNX's own.</summary>
    public string Domain { get; }

    /// <summary>Values it takes, by name; empty for an optional one that is left out.</summary>
    public List<string> Inputs { get; }

    /// <summary>Values it gives, by name.</summary>
    public List<string> Outputs { get; }

    /// <summary>Takes a node apart.</summary>
    public static OnnxNode Parse(ReadOnlyMemory<byte> bytes) => new(ProtoMessage.Parse(bytes));

    /// <summary>Makes a node of ONNX's own operators.</summary>
    /// <param name="axis">The attribute of this name; null for none.</param>
    public static OnnxNode Of(string op, IEnumerable<string> inputs, string output, long? axis = null)
    {
        ProtoMessage message = new ProtoMessage().Add(OpField, op).Add(OutputField, output);
        foreach (string input in inputs)
        {
            message.Add(InputField, input);
        }

        if (axis is long value)
        {
            const long Integer = 2;
            message.Add(AttributeField, new ProtoMessage().Add(1, "axis").Add(3, value).Add(20, Integer));
        }

        return new OnnxNode(message);
    }

    /// <summary>An attribute (AttributeProto), or null.</summary>
    public ProtoMessage? Attribute(string name) =>
        _rest.All(AttributeField).Select(ProtoMessage.Parse).FirstOrDefault(attribute => attribute.Text(1) == name);

    /// <summary>An attribute that is a whole number.</summary>
    public long Integer(string name, long absent) =>
        Attribute(name)?.Integers(3) is [long value, ..] ? value : absent;

    /// <summary>The node as it stands in a file.</summary>
    public byte[] ToArray()
    {
        ProtoMessage message = new();
        Inputs.ForEach(input => message.Add(InputField, input));
        Outputs.ForEach(output => message.Add(OutputField, output));
        message.Add(OpField, Op);
        message.Fields.AddRange(_rest.Fields);
        if (Domain.Length > 0)
        {
            message.Add(DomainField, Domain);
        }

        return message.ToArray();
    }
}
