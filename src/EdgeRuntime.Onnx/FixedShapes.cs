using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx;

/// <summary>Fixes every dimension that a model leaves open, so that its memory can be bound once.</summary>
internal static class FixedShapes
{
    /// <summary>Shapes from the options, else 1 for every open dimension.</summary>
    /// <exception cref="ModelLoadException">The options contradict the model, or name no input of it.</exception>
    public static TensorInfo[] OfInputs(IReadOnlyList<TensorInfo> declared, RunnerOptions options)
    {
        foreach (string name in options.InputShapes.Keys)
        {
            if (!declared.Any(input => input.Name == name))
            {
                throw new ModelLoadException(
                    $"a shape is given for input '{name}', which the model does not have; it has {Names(declared)}");
            }
        }

        return [.. declared.Select(input => OfInput(input, options))];
    }

    /// <summary>
    /// Outputs of the model; where it leaves them open, the model is run once on zeros to learn their shapes.
    /// </summary>
    /// <param name="wanted">Numbers of the outputs.</param>
    /// <exception cref="ModelLoadException">An output is empty, or the model does not run on zeros.</exception>
    public static TensorInfo[] OfOutputs(OnnxSession session, TensorInfo[] inputs, IReadOnlyList<int> wanted)
    {
        TensorInfo[] outputs = [.. wanted.Select(output => session.Outputs[output])];
        bool open = outputs.Any(output => output.Shape.Count == 0 || output.Shape.Any(size => size < 0));
        return open ? Probe(session, inputs, wanted) : outputs;
    }

    /// <summary>Memory that a tensor of fixed shape takes.</summary>
    /// <exception cref="ModelLoadException">It has no fixed size, or is empty or too large.</exception>
    public static int BytesOf(TensorInfo tensor, string role)
    {
        if (tensor.Element.Bits() == 0)
        {
            throw new ModelLoadException(
                $"{role} '{tensor.Name}' is {tensor.Element.Name()}; a model on the sample path takes and gives "
                    + "numbers only");
        }

        try
        {
            return checked((int)tensor.Element.Bytes(Tensor.CountOf(tensor.Shape))) is int bytes and > 0
                ? bytes
                : throw new ModelLoadException($"{role} '{tensor.Name}' {TensorElements.Spell(tensor.Shape)} is empty");
        }
        catch (OverflowException)
        {
            throw new ModelLoadException($"{role} '{tensor.Name}' {TensorElements.Spell(tensor.Shape)} is larger than "
                + "2 GiB");
        }
    }

    private static TensorInfo OfInput(TensorInfo declared, RunnerOptions options)
    {
        if (!options.InputShapes.TryGetValue(declared.Name, out IReadOnlyList<long>? wanted))
        {
            return declared with { Shape = Settle(declared, options.InputLengths.GetValueOrDefault(declared.Name, 1)) };
        }

        bool fits = declared.Shape.Count == 0 || declared.Shape.Count == wanted.Count;
        for (int axis = 0; fits && axis < wanted.Count; axis++)
        {
            bool isOpen = declared.Shape.Count == 0 || declared.Shape[axis] < 0;
            fits = wanted[axis] >= 1 && (isOpen || declared.Shape[axis] == wanted[axis]);
        }

        return fits
            ? declared with { Shape = wanted }
            : throw new ModelLoadException(
                $"input '{declared.Name}' is {TensorElements.Spell(declared.Shape)} in the model, it cannot be given "
                    + $"the shape {TensorElements.Spell(wanted)}");
    }

    // The last open dimension takes what the fixed ones leave of the elements, others are 1: batches come first. Where that
    // does not come out even every open one is 1, and whoever gives the elements says that they are too many or too few.
    private static long[] Settle(TensorInfo declared, long elements)
    {
        long[] shape = [.. declared.Shape.Select(size => size < 0 ? 1 : size)];
        int open = declared.Shape.ToList().FindLastIndex(size => size < 0);
        long others = shape.Aggregate(1L, (product, size) => product * size);
        if (open >= 0 && others > 0 && elements % others == 0)
        {
            shape[open] = elements / others;
        }

        return shape;
    }

    private static TensorInfo[] Probe(OnnxSession session, TensorInfo[] inputs, IReadOnlyList<int> wanted)
    {
        Tensor[] zeros = [.. inputs.Select(input =>
            new Tensor(input.Name, input.Element, input.Shape) { Bytes = new byte[BytesOf(input, "input")] })];
        try
        {
            IReadOnlyList<Tensor> outputs = session.Run(zeros, wanted).Outputs;
            return [.. outputs.Select(output => new TensorInfo(output.Name, output.Element, output.Shape))];
        }
        catch (InferenceException e)
        {
            throw new ModelLoadException(
                $"the model leaves the shapes of its outputs open and does not run on zeros to show them: {e.Message}");
        }
    }

    private static string Names(IReadOnlyList<TensorInfo> tensors) =>
        string.Join(", ", tensors.Select(tensor => $"'{tensor.Name}'"));
}
