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

        Runs a model once and prints its outputs as one JSON object.
          MODEL          an .onnx file
          --input        one file for each input, in the model's order or as name=FILE: .npy, .pb (ONNX TensorProto),
                         .csv or raw .bin; may be repeated
          --library      the ONNX Runtime library to use
          --repeat       runs it N times; microseconds is then their median (1 to 1000000)
        For .bin files, which hold little-endian elements and nothing else:
          --dtype        type of the elements (as the model's input declares): float32, int8, uint8, int16, ...
          --shape        their dimensions
          --scale, --zero-point
                         the input becomes (value - zero point) * scale, as float32
        """;

    private const int MostRepeats = 1_000_000;

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

    /// <summary>Reads the words after <c>infer</c>.</summary>
    /// <param name="mistake">One sentence; empty when the result is not null.</param>
    /// <returns>Null when they are not right.</returns>
    public static InferArguments? Parse(IReadOnlyList<string> words, out string mistake)
    {
        List<string> models = [];
        List<string> inputs = [];
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

            if (option is not ("--library" or "--repeat" or "--dtype" or "--shape" or "--scale" or "--zero-point"))
            {
                mistake = $"{option} is not an option of infer";
                return null;
            }

            if (value is null && ++i == words.Count)
            {
                mistake = $"{option} needs a value after it";
                return null;
            }

            options[option] = value ?? words[i];
        }

        mistake = models.Count switch
        {
            0 => "no model is given; it comes first, before --input",
            1 => "",
            _ => $"one model is run, but {models.Count} files stand before --input: {string.Join(", ", models)}",
        };
        return mistake.Length > 0 ? null : Build(models[0], inputs, options, out mistake);
    }

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
