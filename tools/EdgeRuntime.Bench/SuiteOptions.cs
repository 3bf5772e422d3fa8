namespace EdgeRuntime.Bench;

/// <summary>What tools/bench found and made for the suite; every path is a file or directory that exists.</summary>
internal sealed record SuiteOptions
{
    /// <summary>The ONNX Runtime library that ours and the C++ loop load.</summary>
    public required string Library { get; init; }

    /// <summary>The compiled C++ loop.</summary>
    public required string Cpp { get; init; }

    /// <summary>The device profile of this machine. (default: linux-x64)</summary>
    public string Profile { get; init; } = "linux-x64";

    /// <summary>The directory of the node programs.</summary>
    public required string NodeScripts { get; init; }

    /// <summary>NODE_PATH for them.</summary>
    public required string NodePath { get; init; }

    /// <summary>Where the rows are written.</summary>
    public required string Output { get; init; }

    /// <summary>Which commit is measured.</summary>
    public string Commit { get; init; } = "unknown";

    /// <summary>The test material; null where it is absent.</summary>
    public string? Material { get; init; }

    /// <summary>The published edge-device; null when there is none.</summary>
    public string? Device { get; init; }

    /// <summary>
    /// A configuration of that device which connects to <see cref="Port"/>; null when none could be made.
    /// </summary>
    public string? DeviceConfiguration { get; init; }

    /// <summary>The model in that configuration's package.</summary>
    public string? DeviceModel { get; init; }

    /// <summary>This program compiled with the other binding; null where only one can be built.</summary>
    public string? OtherBench { get; init; }

    /// <summary>Port of a broker on this machine.</summary>
    public string? Port { get; init; }

    /// <summary>qemu-x86_64; null where it is absent or this is no x64 machine.</summary>
    public string? Qemu { get; init; }

    /// <summary>The model that is built into edge-device; null where it is absent.</summary>
    public string? BuiltInModel { get; init; }

    /// <summary>Minutes of each competitor at 1 kHz under load; null to leave that out.</summary>
    public double? RealTimeMinutes { get; init; }

    /// <summary>The built edgectl; null when there is none.</summary>
    public string? Ctl { get; init; }

    /// <summary>The directory of the demonstration packages; null when it is absent.</summary>
    public string? Packages { get; init; }

    /// <summary>tools/fuzz; null to leave fuzzing out.</summary>
    public string? Fuzz { get; init; }

    /// <summary>How many inputs it tries; null to leave that out.</summary>
    public string? FuzzInputs { get; init; }

    /// <summary>Rounds of every duel. (default: 25)</summary>
    public int Rounds { get; init; } = 25;

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="BenchException">One is unknown or missing.</exception>
    public static SuiteOptions Parse(string[] words)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            given[words[i]] = words[i + 1];
        }

        return new SuiteOptions
        {
            Library = Needed(given, "--library"),
            Cpp = Needed(given, "--cpp"),
            Profile = given.GetValueOrDefault("--profile", "linux-x64"),
            NodeScripts = Needed(given, "--node-scripts"),
            NodePath = Needed(given, "--node-path"),
            Output = Needed(given, "--output"),
            Commit = given.GetValueOrDefault("--commit", "unknown"),
            Material = Given(given, "--material"),
            Device = Given(given, "--device"),
            DeviceConfiguration = Given(given, "--device-configuration"),
            DeviceModel = Given(given, "--device-model"),
            OtherBench = Given(given, "--other-bench"),
            Port = Given(given, "--port"),
            Qemu = Given(given, "--qemu"),
            BuiltInModel = Given(given, "--built-in-model"),
            Ctl = Given(given, "--ctl"),
            Packages = Given(given, "--packages"),
            Fuzz = Given(given, "--fuzz"),
            FuzzInputs = Given(given, "--fuzz-inputs"),
            RealTimeMinutes = double.TryParse(
                Given(given, "--realtime"), System.Globalization.CultureInfo.InvariantCulture, out double minutes) ? minutes : null,
            Rounds = int.TryParse(Given(given, "--rounds"), out int rounds) && rounds >= 3 ? rounds : 25,
        };
    }

    /// <summary>One of the C++ programs, which stand in one directory.</summary>
    public string CppProgram(string name) => Path.Combine(Path.GetDirectoryName(Cpp)!, $"{name}-cpp");

    private static string? Given(Dictionary<string, string> given, string name) =>
        given.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    private static string Needed(Dictionary<string, string> given, string name) =>
        Given(given, name) ?? throw new BenchException($"{name} is missing; tools/bench gives it");
}
