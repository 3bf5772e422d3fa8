using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.OnnxFiles;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>What a model itself says: what it takes and gives, and what its operators tell of the meaning.</summary>
internal sealed record ModelContract
{
    private const long LargestModel = 2L * 1024 * 1024 * 1024;

    /// <summary>The model to be packed, in one piece.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Inputs that get features: neither constants nor state.</summary>
    public required IReadOnlyList<TensorInfo> Inputs { get; init; }

    /// <summary>Outputs that may be the answer: numbers, and no state.</summary>
    public required IReadOnlyList<TensorInfo> Outputs { get; init; }

    /// <summary>The output that is read.</summary>
    public required TensorInfo Answer { get; init; }

    /// <summary>Class labels that the graph names itself; empty when it names none.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The operator that makes the answer what it is, such as <c>Softmax</c>; empty when it is not known.</summary>
    public required string LastOperator { get; init; }

    /// <summary>Whether the graph computes with integers: its answers then differ by whole steps between processors.</summary>
    public required bool IsQuantized { get; init; }

    /// <summary>Reads a model through ONNX Runtime.</summary>
    /// <exception cref="CommandException">It is none, or takes or gives what no device can handle; says which flags help.</exception>
    public static ModelContract Read(NewOptions options, OnnxEnvironment environment, Guesses guesses)
    {
        ReadOnlyMemory<byte> bytes = Files.Read(options.Model, LargestModel);
        IReadOnlyList<string> labels = [];
        string last = "";
        OnnxFile? graph;
        try
        {
            bytes = ExternalData.Inline(bytes, Path.GetDirectoryName(options.Model) ?? "");
            graph = OnnxFile.TryParse(bytes);
            if (graph is not null)
            {
                labels = Classifiers.Labels(graph);
                bytes = WithoutMaps(graph, bytes, guesses);
            }

            using OnnxModel model = environment.Read(bytes, new RunnerOptions { InputShapes = options.Shapes });
            List<string> mistakes = [];
            TensorInfo[] inputs = [.. InputsOf(model, options, mistakes)];
            TensorInfo[] outputs =
            [
                .. model.Outputs.Where(output => output.Element.Bits() > 0 && !options.States.Any(state => state.Output == output.Name)),
            ];
            TensorInfo? answer = AnswerOf(outputs, labels, options, guesses, mistakes);
            if (answer is null || mistakes.Count > 0)
            {
                throw new CommandException(ExitCode.Data, [.. mistakes.Select(mistake => $"{options.Model}: {mistake}")]);
            }

            last = graph is null ? "" : Classifiers.LastOperator(graph, answer.Name);
            return new ModelContract
            {
                Bytes = bytes,
                Inputs = inputs,
                Outputs = outputs,
                Answer = answer,
                Labels = labels,
                LastOperator = last,
                IsQuantized = graph?.Nodes.Exists(node => node.Op is "QuantizeLinear" or "QLinearConv" or "QLinearMatMul" or "MatMulInteger") == true,
            };
        }
        catch (ModelLoadException refused)
        {
            throw new CommandException(ExitCode.Data, $"{options.Model}: {refused.Message}");
        }
    }

    private static ReadOnlyMemory<byte> WithoutMaps(OnnxFile graph, ReadOnlyMemory<byte> bytes, Guesses guesses)
    {
        IReadOnlyList<string> freed = Classifiers.RemoveMaps(graph);
        if (freed.Count == 0)
        {
            return bytes;
        }

        guesses.AddElsewhere(
            $"the operator ZipMap is left out of the package's copy of the model, which now gives '{freed[0]}'",
            "it makes a list of maps of the probabilities, and a device reads tensors", "the exporter: options={'zipmap': False}");
        return graph.ToArray();
    }

    private static IEnumerable<TensorInfo> InputsOf(OnnxModel model, NewOptions options, List<string> mistakes)
    {
        string[] names = [.. model.Inputs.Select(input => input.Name)];
        foreach (string name in options.Constants.Keys.Concat(options.States.Select(state => state.Input)).Concat(options.Shapes.Keys))
        {
            if (!names.Contains(name))
            {
                mistakes.Add($"the model has no input '{name}'; it has {string.Join(", ", names)}");
            }
        }

        foreach (StateSpec state in options.States.Where(state => model.Outputs.All(output => output.Name != state.Output)))
        {
            mistakes.Add($"the model has no output '{state.Output}' for --state; it has {string.Join(", ", model.Outputs.Select(output => output.Name))}");
        }

        foreach (TensorInfo input in model.Inputs)
        {
            if (options.Constants.ContainsKey(input.Name) || options.States.Any(state => state.Input == input.Name))
            {
                continue;
            }

            if (input.Element.Bits() == 0)
            {
                mistakes.Add($"input '{input.Name}' takes {input.Element.Name()}; a model on a device takes numbers: "
                    + "leave the operators that read texts out when exporting it");
            }

            yield return options.Shapes.TryGetValue(input.Name, out IReadOnlyList<long>? shape) ? input with { Shape = shape } : input;
        }
    }

    private static TensorInfo? AnswerOf(
        TensorInfo[] outputs, IReadOnlyList<string> labels, NewOptions options, Guesses guesses, List<string> mistakes)
    {
        if (options.Answer is string wanted)
        {
            TensorInfo? found = outputs.FirstOrDefault(output => output.Name == wanted);
            if (found is null)
            {
                mistakes.Add($"--answer {wanted}: the model has no such output of numbers; it has {string.Join(", ", outputs.Select(Spell))}");
            }

            return found;
        }

        if (outputs.Length == 1)
        {
            return outputs[0];
        }

        // Classical models give the label, and the probabilities beside it: the probabilities say more.
        TensorInfo[] floats = [.. outputs.Where(output => output.Element is TensorElement.Float32 or TensorElement.Float64 or TensorElement.Float16)];
        TensorInfo? probabilities = floats.FirstOrDefault(output => output.Name.Contains("prob", StringComparison.OrdinalIgnoreCase))
            ?? (labels.Count > 0 || floats.Length == 1 ? floats.FirstOrDefault() : null);
        if (probabilities is not null)
        {
            guesses.Add(
                $"the answer is the output '{probabilities.Name}'",
                $"of {string.Join(", ", outputs.Select(output => $"'{output.Name}'"))} it looks like the one with scores", "/model/output");
            return probabilities;
        }

        mistakes.Add(outputs.Length == 0
            ? "it gives no tensor of numbers that could be the answer"
            : $"it gives {string.Join(", ", outputs.Select(Spell))}; say which is the answer with --answer NAME, and with "
                + "--state INPUT=OUTPUT which the model hands itself");
        return null;
    }

    /// <summary>A tensor as people write it.</summary>
    public static string Spell(TensorInfo tensor) => $"'{tensor.Name}' {tensor.Element.Name()} {TensorElements.Spell(tensor.Shape)}";
}
