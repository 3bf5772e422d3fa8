using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the members <c>kind</c>, <c>requires</c> and <c>gates</c> of a manifest.</summary>
internal static class RequirementReader
{
    private const int MaxGates = 64;
    private const double MostMemoryMb = 16 * 1024 * 1024;

    private static readonly string[] Architectures = ["x64", "arm64", "arm", "riscv64", "x86", "loongarch64"];

    /// <summary>What the package holds: one of the kinds that this program activates.</summary>
    public static string? ReadKind(JsonObjectReader root, IReadOnlyList<string> kinds) => root.String("kind", kind => kinds.Contains(kind)
        ? null
        : $"this program does not activate packages of the kind \"{JsonValue.Shortened(kind)}\", only {string.Join(", ", kinds)}; "
            + $"a newer one may{Spelling.Hint(kind, kinds)}");

    /// <summary>Reads <c>requires</c>.</summary>
    public static RequirementSpec Read(JsonObjectReader requires)
    {
        RequirementSpec spec = new()
        {
            Architectures = requires.Has("architectures") ? requires.Strings("architectures", 1, 8, Architecture) : null,
            InstructionSets = requires.Has("instruction_sets") ? requires.Strings("instruction_sets", 1, 64, InstructionSet) : null,
            MemoryMb = requires.Double("memory_mb", JsonObjectReader.AboveZero, MostMemoryMb),
            MinOnnxruntime = requires.String("min_onnxruntime", PackageNames.Version),
            MaxOnnxruntime = requires.String("max_onnxruntime", PackageNames.Version),
            MinGlibc = requires.String("min_glibc", Glibc),
            RateTolerance = requires.Double("rate_tolerance", 0, 0.5),
        };
        if (SemanticVersion.TryParse(spec.MinOnnxruntime, out SemanticVersion oldest)
            && SemanticVersion.TryParse(spec.MaxOnnxruntime, out SemanticVersion newest) && newest < oldest)
        {
            requires.Mistake("max_onnxruntime", $"{newest} is below min_onnxruntime, {oldest}; no version would do");
        }

        return spec;
    }

    /// <summary>Reads <c>gates</c>.</summary>
    public static IReadOnlyList<GateSpec>? ReadGates(JsonObjectReader root)
    {
        if (!root.Has("gates"))
        {
            return null;
        }

        IReadOnlyList<GateSpec> gates = root.RequiredObjects(
            "gates",
            gate => new GateSpec(
                gate.RequiredString("metric", text => PackageNames.Line(text, 63)),
                gate.RequiredChoice("comparison", ["at_least", "at_most"]),
                gate.RequiredDouble("value")),
            1,
            MaxGates);
        return gates;
    }

    private static string? Architecture(string name) => Architectures.Contains(name)
        ? null
        : $"\"{JsonValue.Shortened(name)}\" is none of {string.Join(", ", Architectures)}{Spelling.Hint(name, Architectures)}";

    private static string? Glibc(string version) => version.Length <= 16 && Version.TryParse(version, out _)
        ? null
        : $"\"{JsonValue.Shortened(version)}\" is no version of the GNU C library; it is written like 2.34";

    private static string? InstructionSet(string name) =>
        name.Length <= 32 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
            ? null
            : $"\"{JsonValue.Shortened(name)}\" is not a name as the kernel gives it in /proc/cpuinfo: 1 to 32 of a-z, 0-9 and '_'";
}
