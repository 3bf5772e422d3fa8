using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Onnx;

/// <summary>Matches the files given to <c>infer</c> with the model's inputs and makes them fit.</summary>
internal static class InferInputs
{
    /// <exception cref="TensorFileException">A file is missing, malformed, one too many, or does not fit.</exception>
    public static Tensor[] Read(OnnxModel model, InferArguments arguments)
    {
        List<TensorInfo> open = [.. model.Inputs];
        List<(TensorInfo Declared, string File)> pairs = [];
        List<string> inOrder = [];
        foreach (string given in arguments.Inputs)
        {
            if (TryNamed(model, given, out TensorInfo? declared, out string file))
            {
                if (pairs.Exists(pair => pair.Declared == declared))
                {
                    throw new TensorFileException($"input '{declared!.Name}' is given twice");
                }

                open.Remove(declared!);
                pairs.Add((declared!, file));
            }
            else
            {
                inOrder.Add(given);
            }
        }

        if (inOrder.Count != open.Count)
        {
            throw new TensorFileException(Missing(model, open, inOrder));
        }

        pairs.AddRange(open.Zip(inOrder));
        return [.. pairs.Select(pair => ReadOne(pair.Declared, pair.File, arguments.Raw))];
    }

    private static Tensor ReadOne(TensorInfo declared, string file, RawFormat raw)
    {
        Tensor given = TensorFile.Read(file, raw, declared);
        try
        {
            return TensorFit.To(declared, given);
        }
        catch (TensorFileException e)
        {
            throw new TensorFileException($"{file}: {e.Message}");
        }
    }

    // Both names of inputs and names of files may hold '=', so every one is tried and the model decides.
    private static bool TryNamed(OnnxModel model, string given, out TensorInfo? declared, out string file)
    {
        for (int at = given.IndexOf('='); at >= 0; at = given.IndexOf('=', at + 1))
        {
            string name = given[..at];
            declared = model.Inputs.Concat(model.OptionalInputs).FirstOrDefault(input => input.Name == name);
            file = given[(at + 1)..];
            if (declared is not null)
            {
                return true;
            }
        }

        bool looksNamed = given.Contains('=', StringComparison.Ordinal) && !File.Exists(given);
        declared = null;
        file = given;
        return looksNamed
            ? throw new TensorFileException($"{given}: the model has no input of that name; {Describe(model)}")
            : false;
    }

    private static string Missing(OnnxModel model, List<TensorInfo> open, List<string> inOrder) =>
        inOrder.Count > open.Count
            ? $"{inOrder[open.Count]}: is one input file too many; {Describe(model)}"
            : $"no file is given for input '{open[inOrder.Count].Name}'; {Describe(model)}";

    private static string Describe(OnnxModel model) => model.Inputs.Count == 0
        ? "the model takes no inputs"
        : $"the model takes {string.Join(", ", model.Inputs.Select(input =>
            $"'{input.Name}' {input.Element.Name()} {TensorElements.Spell(input.Shape)}"))}";
}
