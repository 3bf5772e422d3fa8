using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>What the command line of 'edgectl new' says; everything it does not say is guessed.</summary>
internal sealed record NewOptions
{
    public static readonly string[] Kinds = ["classification", "regression", "reconstruction"];
    public static readonly string[] Scalings = ["none", "standard", "min-max"];

    /// <summary>The ONNX file.</summary>
    public required string Model { get; init; }

    /// <summary>A table, an array, or a folder of pictures; null where pictures are made up.</summary>
    public string? Data { get; init; }

    /// <summary>Name of the package's model.</summary>
    public required string Name { get; init; }

    /// <summary>Directory that is written.</summary>
    public required string Output { get; init; }

    /// <summary>Columns that the model takes, in its order; empty to find them.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>The column that holds the truth; null to find it.</summary>
    public string? Truth { get; init; }

    /// <summary>Names of the classes, in the order of the model's output; empty to find them.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What the output means; null to find out.</summary>
    public string? Kind { get; init; }

    /// <summary>The output tensor that is read; null to find it.</summary>
    public string? Answer { get; init; }

    /// <summary>How the columns are scaled; null to find out.</summary>
    public string? Scaling { get; init; }

    /// <summary>Rows per second; 0 to find out.</summary>
    public double RateHz { get; init; }

    /// <summary>Inputs that always hold the same values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Constants { get; init; } = new Dictionary<string, IReadOnlyList<double>>();

    /// <summary>Tensors that the model hands itself.</summary>
    public IReadOnlyList<StateSpec> States { get; init; } = [];

    /// <summary>Shapes of inputs that the model leaves open.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes { get; init; } = new Dictionary<string, IReadOnlyList<long>>();

    /// <summary>Whether the model becomes an int8 one.</summary>
    public bool Quantize { get; init; }

    /// <summary>Whether a directory that is there is written again.</summary>
    public bool Force { get; init; }

    /// <summary>The ONNX Runtime library, or null for the one that is found.</summary>
    public string? Library { get; init; }

    /// <summary>Reads the words after the verb.</summary>
    /// <exception cref="CommandException">Something is wrong; all of it is listed.</exception>
    public static NewOptions Parse(IReadOnlyList<string> words)
    {
        Words read = Words.Parse(
            words,
            [
                "--data", "--output", "--name", "--channels", "--truth", "--labels", "--output-kind", "--answer", "--scaling", "--rate",
                "--set", "--state", "--shape", "--library",
            ],
            ["--quantize", "--force"]);
        string model = read.RequiredFiles("MODEL")[0];
        string? given = read.Text("--name");
        string name = given ?? NameOf(model);
        if (PackageNames.Model(name) is string wrong || name.Length == 0)
        {
            read.Mistakes.Add($"--name {name}: use 1 to 63 of a-z, 0-9 and '-'");
        }

        NewOptions options = new()
        {
            Model = model,
            Data = read.Text("--data"),
            Name = name,
            Output = read.Text("--output") ?? name,
            Channels = List(read, "--channels"),
            Truth = read.Text("--truth"),
            Labels = List(read, "--labels"),
            Kind = Choice(read, "--output-kind", Kinds),
            Answer = read.Text("--answer"),
            Scaling = Choice(read, "--scaling", Scalings),
            RateHz = read.Number("--rate", 0.0),
            Constants = Pairs(read, "--set", Numbers),
            States = [.. Pairs(read, "--state", (_, text) => text).Select(pair => new StateSpec { Input = pair.Key, Output = pair.Value })],
            Shapes = Pairs(read, "--shape", Shape),
            Quantize = read.Has("--quantize"),
            Force = read.Has("--force"),
            Library = read.Text("--library"),
        };
        if (options.RateHz < 0)
        {
            read.Mistakes.Add($"--rate {options.RateHz}: is below 0");
        }

        read.Check();
        return options;
    }

    /// <summary>A model's name by that of its file.</summary>
    private static string NameOf(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path).ToLowerInvariant();
        string name = string.Concat(stem.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return name.Length is 0 ? "model" : name.Length > 63 ? name[..63].Trim('-') : name;
    }

    private static string[] List(Words read, string option) =>
        (read.Text(option) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? Choice(Words read, string option, string[] choices)
    {
        if (read.Text(option) is string text && !choices.Contains(text))
        {
            read.Mistakes.Add($"{option} {text}: there are {string.Join(", ", choices)}{Spelling.Hint(text, choices)}");
            return null;
        }

        return read.Text(option);
    }

    private static Dictionary<string, T> Pairs<T>(Words read, string option, Func<Words, string, T> value)
    {
        Dictionary<string, T> pairs = new(StringComparer.Ordinal);
        foreach (string pair in read.All(option))
        {
            int equals = pair.LastIndexOf('=');
            if (equals <= 0 || !pairs.TryAdd(pair[..equals], value(read, pair[(equals + 1)..])))
            {
                read.Mistakes.Add($"{option} {pair}: give each once, as NAME=VALUE");
            }
        }

        return pairs;
    }

    private static IReadOnlyList<double> Numbers(Words read, string text)
    {
        List<double> numbers = [];
        foreach (string part in text.Split(','))
        {
            if (double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            {
                numbers.Add(number);
            }
            else
            {
                read.Mistakes.Add($"--set {text}: '{part}' is not a number");
            }
        }

        return numbers;
    }

    private static IReadOnlyList<long> Shape(Words read, string text)
    {
        List<long> shape = [];
        foreach (string part in text.Split('x', ','))
        {
            if (long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long size) && size > 0)
            {
                shape.Add(size);
            }
            else
            {
                read.Mistakes.Add($"--shape {text}: '{part}' is not a whole number above 0; write it as 1x3x96x96");
            }
        }

        return shape;
    }
}
