using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the member <c>model</c> of a manifest.</summary>
internal static class ModelReader
{
    private const int MaxOutputs = 16;
    private const int MaxTensors = 64;
    private const int MaxMembers = 16;
    private const int MaxVariants = 8;
    private const int MaxRank = 16;
    private const int MaxElements = 1_048_576;
    private const double LongestGapSeconds = 86_400;

    private static readonly string[] Combinations = ["mean", "weighted_mean", "max", "median", "vote"];

    /// <summary>Reads it.</summary>
    /// <param name="output">What the same manifest says of the output; with an empty kind when that is wrong itself.</param>
    public static ModelSpec Read(JsonObjectReader model, OutputSpec output)
    {
        IReadOnlyList<MemberSpec>? members = Optional(model, "members", ReadMember, 2, MaxMembers);
        IReadOnlyList<VariantSpec>? variants = Optional(model, "variants", ReadVariant, 2, MaxVariants);
        IReadOnlyList<string>? outputs = model.Has("outputs") ? model.Strings("outputs", 1, MaxOutputs, Tensor) : null;
        ModelSpec spec = new()
        {
            File = FirstOf(model, "file", PackageNames.Path, FirstFile(members, variants)),
            Input = model.RequiredString("input", Tensor),
            Output = FirstOf(model, "output", Tensor, outputs is [string first, ..] ? first : null),
            MinOnnxruntime = model.String("min_onnxruntime", PackageNames.Version),
            Outputs = outputs,
            Shapes = Tensors(model, "shapes", (shapes, name) => shapes.Longs(name, 0, MaxRank, 1, int.MaxValue)),
            Constants = Tensors(model, "constants", Values),
            State = Optional(model, "state", ReadState, 1, MaxTensors),
            ResetAfterS = model.Double("reset_after_s", JsonObjectReader.AboveZero, LongestGapSeconds),
            Quantization = Tensors(
                model, "quantization", (tensors, name) => tensors.RequiredObject(name, ReadQuantization)),
            Members = members,
            Combine = model.Has("combine") ? model.Choice("combine", "mean", Combinations) : null,
            Variants = variants,
        };
        CheckTensors(model, spec);
        CheckFiles(model, spec, output);
        return spec;
    }

    private static string? Tensor(string name) => PackageNames.Line(name, 256);

    private static IReadOnlyList<double> Values(JsonObjectReader reader, string name) =>
        reader.Doubles(name, 1, MaxElements);

    private static string? FirstFile(IReadOnlyList<MemberSpec>? members, IReadOnlyList<VariantSpec>? variants) =>
        members is [MemberSpec member, ..] ? member.File : variants is [VariantSpec variant, ..] ? variant.File : null;

    // Where a list is given its first entry may stand alone too: a manifest that a program wrote says it twice.
    private static string FirstOf(JsonObjectReader model, string name, Func<string, string?> check, string? first)
    {
        if (first is null)
        {
            return model.RequiredString(name, check);
        }

        string text = model.String(name, first, check);
        if (text != first && !model.IsWrong(name) && first.Length > 0)
        {
            model.Mistake(name, $"\"{JsonValue.Shortened(text)}\" is not the first of the list, "
                + $"\"{JsonValue.Shortened(first)}\"; leave it out");
        }

        return first;
    }

    private static IReadOnlyList<T>? Optional<T>(
        JsonObjectReader model, string name, Func<JsonObjectReader, T> read, int min, int max) =>
        model.Has(name) ? model.RequiredObjects(name, read, min, max) : null;

    private static IReadOnlyDictionary<string, T>? Tensors<T>(
        JsonObjectReader model, string name, Func<JsonObjectReader, string, T> read)
    {
        if (!model.Has(name))
        {
            return null;
        }

        IReadOnlyDictionary<string, T> map = model.Map(name, read);
        if (map.Count > MaxTensors)
        {
            model.Mistake(name, $"names {map.Count} tensors; {MaxTensors} are allowed");
        }

        return map;
    }

    private static StateSpec ReadState(JsonObjectReader state) => new()
    {
        Input = state.RequiredString("input", Tensor),
        Output = state.RequiredString("output", Tensor),
        Initial = state.Has("initial") ? Values(state, "initial") : null,
    };

    private static QuantizationSpec ReadQuantization(JsonObjectReader tensor) => new(
        tensor.RequiredDouble("scale", JsonObjectReader.AboveZero, float.MaxValue),
        tensor.Long("zero_point", 0, int.MinValue, uint.MaxValue));

    private static MemberSpec ReadMember(JsonObjectReader member) => new()
    {
        File = member.RequiredString("file", PackageNames.Path),
        Weight = member.Double("weight", JsonObjectReader.AboveZero),
    };

    private static VariantSpec ReadVariant(JsonObjectReader variant) => new()
    {
        Name = variant.RequiredString("name", PackageNames.Signal),
        File = variant.RequiredString("file", PackageNames.Path),
        Tolerance = variant.Double("tolerance", JsonObjectReader.AboveZero),
    };

    private static void CheckTensors(JsonObjectReader model, ModelSpec spec)
    {
        NoteTwice(model, "outputs", null, spec.Outputs ?? []);
        NoteTwice(model, "state", "input", [.. (spec.State ?? []).Select(state => state.Input)]);
        NoteTwice(model, "state", "output", [.. (spec.State ?? []).Select(state => state.Output)]);
        foreach (string name in spec.Constants?.Keys ?? [])
        {
            if (name == spec.Input)
            {
                model.Mistake("constants", $"\"{JsonValue.Shortened(name)}\" takes the features, see input");
            }
        }

        for (int i = 0; i < spec.State?.Count; i++)
        {
            string name = spec.State[i].Input;
            if (name.Length > 0 && (name == spec.Input || spec.Constants?.ContainsKey(name) == true))
            {
                string other = name == spec.Input ? "takes the features, see input" : "is a constant already";
                model.Mistake("state", i, "input", $"\"{JsonValue.Shortened(name)}\" {other}");
            }
        }

        if (spec.ResetAfterS is not null && spec.State is null)
        {
            model.Mistake("reset_after_s", "is only for models with state");
        }
    }

    private static void CheckFiles(JsonObjectReader model, ModelSpec spec, OutputSpec output)
    {
        NoteTwice(model, "members", "file", [.. (spec.Members ?? []).Select(member => member.File)]);
        NoteTwice(model, "variants", "file", [.. (spec.Variants ?? []).Select(variant => variant.File)]);
        NoteTwice(model, "variants", "name", [.. (spec.Variants ?? []).Select(variant => variant.Name)]);
        if (spec.Members is not null && spec.Variants is not null)
        {
            model.Mistake("variants", "cannot stand beside members; a package has the one or the other");
        }

        if (spec.Combine is not null && spec.Members is null)
        {
            model.Mistake("combine", "is only for models with members");
        }

        string combine = spec.Combine ?? "mean";
        for (int i = 0; i < spec.Members?.Count && !model.IsWrong("combine"); i++)
        {
            if (spec.Members[i].Weight is not null && combine is not ("weighted_mean" or "vote"))
            {
                model.Mistake("members", i, "weight", $"is only for weighted_mean and vote; combine is {combine}");
            }
        }

        if (combine == "vote" && output.Kind.Length > 0 && (output.Kind != "classification" || output.Activation != "none"))
        {
            model.Mistake("combine", "vote answers with shares of votes: output.kind must be classification and "
                + "output.activation none");
        }
    }

    private static void NoteTwice(JsonObjectReader model, string array, string? member, IReadOnlyList<string> names)
    {
        Dictionary<string, int> first = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i].Length > 0 && !first.TryAdd(names[i], i))
            {
                string sentence = $"\"{JsonValue.Shortened(names[i])}\" is already that of entry {first[names[i]]}";
                model.Mistake(array, i, member, sentence);
            }
        }
    }
}
