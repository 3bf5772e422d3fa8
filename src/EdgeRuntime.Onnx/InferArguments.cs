using System.Globalization;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Onnx;

/// <summary>What was asked for after <c>infer</c>.</summary>
public sealed record InferArguments
{
    /// <summary>How the verb is used, for people.</summary>
    public const string Usage = """
        usage: infer MODEL --input FILE... [--library PATH] [--repeat N]
                     [--dtype TYPE] [--shape N,N,...] [--scale S] [--zero-point Z]
               infer MODEL --input FILE --chunk N [--context N] [--state IN=OUT]... [--set NAME=V,V,...]...

        Runs a model once and prints its outputs as one JSON object; or, with --chunk, feeds it a whole recording and
        prints one such line for each chunk.
          MODEL          an .onnx file
          --input        one file for each input, in the model's order or as name=FILE: .npy, .pb (ONNX TensorProto),
                         .csv or raw .bin; may be repeated
          --library      the ONNX Runtime library to use
          --repeat       runs it N times; microseconds is then their median (1 to 1000000)
        For recordings (.npy, .csv, .bin, .wav):
          --chunk        values of the recording that each run takes; the last chunk is filled up with zeros
          --context      values of the chunk before that stand in front of them
          --state        an output that is fed back into an input after every run; zeros at first; may be repeated
          --set          an input that always holds these values, or this one for all elements; may be repeated
        For .bin files, which hold little-endian elements and nothing else:
          --dtype        type of the elements (as the model's input declares): float32, int8, uint8, int16, ...
          --shape        their dimensions
          --scale, --zero-point
                         the input becomes (value - zero point) * scale, as float32

        Exit codes: 0 done, 64 wrong usage, 65 the model or a file is not what it should be, 69 a library is missing,
                    74 the output could not be written
        Example: infer model.onnx --input window.csv
        """;

    private const int MostRepeats = 1_000_000;
    private const int LongestChunk = 16 * 1024 * 1024;

    /// <summary>The .onnx file.</summary>
    public required string Model { get; init; }

    /// <summary>As given: <c>FILE</c> or <c>name=FILE</c>.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>What .bin files mean.</summary>
    public required RawFormat Raw { get; init; }

    /// <summary>The library to use; null to search for it.</summary>
    public string? Library { get; init; }

    /// <summary>How often to run. (default: 1; 1 to 1,000,000)</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Values of a recording for each run; null to run once.</summary>
    public int? Chunk { get; init; }

    /// <summary>Values of the chunk before that stand in front of a chunk. (default: 0)</summary>
    public int Context { get; init; }

    /// <summary>Inputs with the outputs fed back into them.</summary>
    public IReadOnlyList<(string Name, string Value)> States { get; init; } = [];

    /// <summary>Inputs that always hold the same values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Constants { get; init; } =
        new Dictionary<string, IReadOnlyList<double>>();

    /// <summary>Reads the words after <c>infer</c>.</summary>
    /// <param name="mistake">One sentence; empty when the result is not null.</param>
    /// <returns>Null when they are not right.</returns>
    public static InferArguments? Parse(IReadOnlyList<string> words, out string mistake)
    {
        List<string> models = [];
        List<string> inputs = [];
        List<string> states = [];
        List<string> constants = [];
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        List<string> bare = models;
        for (int i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                bare.Add(words[i]);
                continue;
            }

            (string option, string? value) = SplitOption(words[i]);
            if (option == "--input")
            {
                bare = inputs;
                if (value is not null)
                {
                    inputs.Add(value);
                }

                continue;
            }

            if (option is not ("--library" or "--repeat" or "--dtype" or "--shape" or "--scale" or "--zero-point"
                or "--chunk" or "--context" or "--state" or "--set"))
            {
                mistake = $"{option} is not an option of infer";
                return null;
            }

            if (value is null && ++i == words.Count)
            {
                mistake = $"{option} needs a value after it";
                return null;
            }

            value ??= words[i];
            switch (option)
            {
                case "--state":
                    states.Add(value);
                    break;
                case "--set":
                    constants.Add(value);
                    break;
                default:
                    options[option] = value;
                    break;
            }
        }

        mistake = models.Count switch
        {
            0 => "no model is given; it comes first, before --input",
            1 => "",
            _ => $"one model is run, but {models.Count} files stand before --input: {string.Join(", ", models)}",
        };
        InferArguments? read = mistake.Length > 0 ? null : Build(models[0], inputs, options, out mistake);
        return read is null ? null : OfRecording(read, options, states, constants, out mistake);
    }

    private static InferArguments? OfRecording(
        InferArguments read,
        Dictionary<string, string> options,
        List<string> states,
        List<string> constants,
        out string mistake)
    {
        if (!options.TryGetValue("--chunk", out string? chunkText))
        {
            bool stray = options.ContainsKey("--context") || states.Count > 0 || constants.Count > 0;
            mistake = stray ? "--context, --state and --set are for recordings; give --chunk too" : "";
            return stray ? null : read;
        }

        string contextText = options.GetValueOrDefault("--context", "0");
        Dictionary<string, IReadOnlyList<double>> values = new(StringComparer.Ordinal);
        bool chunkIsRight = TryCount(chunkText, 1, out int chunk);
        bool contextIsRight = TryCount(contextText, 0, out int context);
        string? badState = states.Find(state => Split(state) is null);
        string? badConstant = constants.Find(constant => !TryConstant(constant, values));
        mistake = !chunkIsRight ? $"--chunk {chunkText}: give a whole number from 1 to {LongestChunk}"
            : !contextIsRight || context > chunk ? $"--context {contextText}: give a whole number from 0 to {chunk}, the chunk"
            : badState is not null ? $"--state {badState}: give the input and the output, such as state=stateN"
            : badConstant is not null ? $"--set {badConstant}: give an input and numbers, such as sr=16000"
            : read.Inputs.Count != 1 ? $"a recording is one --input, not {read.Inputs.Count}"
            : options.ContainsKey("--repeat") ? "--repeat is for single runs, not for recordings"
            : "";
        return mistake.Length > 0 ? null : read with
        {
            Chunk = chunk,
            Context = context,
            States = [.. states.Select(state => Split(state)!.Value)],
            Constants = values,
        };
    }

    private static (string Name, string Value)? Split(string pair)
    {
        int at = pair.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && at + 1 < pair.Length ? (pair[..at], pair[(at + 1)..]) : null;
    }

    private static bool TryConstant(string text, Dictionary<string, IReadOnlyList<double>> values)
    {
        if (Split(text) is not { } pair)
        {
            return false;
        }

        List<double> numbers = [];
        foreach (string part in pair.Value.Split(','))
        {
            if (!TryReal(part, out double number))
            {
                return false;
            }

            numbers.Add(number);
        }

        values[pair.Name] = numbers;
        return true;
    }

    private static bool TryCount(string text, int least, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count)
        && count >= least && count <= LongestChunk;

    private static (string Option, string? Value) SplitOption(string word)
    {
        // --input=name=file names an input, so only the first sign of equality is the option's.
        int at = word.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (word, null) : (word[..at], word[(at + 1)..]);
    }

    private static InferArguments? Build(
        string model, List<string> inputs, Dictionary<string, string> options, out string mistake)
    {
        RawFormat raw = new();
        int repeat = 1;
        foreach ((string option, string value) in options)
        {
            mistake = option switch
            {
                "--repeat" when TryRepeat(value, out repeat) => "",
                "--repeat" => $"--repeat {value}: give a whole number from 1 to {MostRepeats}",
                "--dtype" when TensorElements.TryParse(value, out TensorElement element) && element.Bits() > 0 =>
                    Accept(raw = raw with { Element = element }),
                "--dtype" => $"--dtype {value}: is not a type that a raw file can hold; float32, int8, uint8, int16 "
                    + "are some",
                "--shape" when TryShape(value, out long[] shape) => Accept(raw = raw with { Shape = shape }),
                "--shape" => $"--shape {value}: give sizes of 0 or more with commas between them, such as 1,490",
                "--scale" when TryReal(value, out double scale) => Accept(raw = raw with { Scale = scale }),
                "--zero-point" when TryReal(value, out double zero) => Accept(raw = raw with { ZeroPoint = zero }),
                "--scale" or "--zero-point" => $"{option} {value}: is not a number",
                _ => "",
            };
            if (mistake.Length > 0)
            {
                return null;
            }
        }

        mistake = "";
        return new InferArguments
        {
            Model = model,
            Inputs = inputs,
            Raw = raw,
            Library = options.GetValueOrDefault("--library"),
            Repeat = repeat,
        };
    }

    private static string Accept(RawFormat _) => "";

    private static bool TryRepeat(string text, out int repeat) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out repeat)
        && repeat is >= 1 and <= MostRepeats;

    private static bool TryReal(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool TryShape(string text, out long[] shape)
    {
        string[] sizes = text.Split(',', StringSplitOptions.TrimEntries);
        shape = new long[sizes.Length];
        long count = 1;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (!int.TryParse(sizes[axis], NumberStyles.None, CultureInfo.InvariantCulture, out int size))
            {
                return false;
            }

            shape[axis] = size;
            count *= size;
            if (count > int.MaxValue)
            {
                return false;
            }
        }

        return true;
    }
}
