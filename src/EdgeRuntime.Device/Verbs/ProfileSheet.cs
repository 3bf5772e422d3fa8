using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Shows a merged profile, each value with the file and line it comes from.</summary>
internal static class ProfileSheet
{
    /// <summary>Prints a profile by name or path, for this machine or another.</summary>
    public static int Print(string name, IReadOnlyList<string> directories)
    {
        Mistakes mistakes = new();
        DeviceProfile? profile = DeviceProfile.Inspect(name, directories, mistakes);
        if (profile is null)
        {
            return CheckVerb.Report(mistakes);
        }

        List<(string Path, JsonValue Value)> leaves = [];
        Collect(ProfileFiles.Read(name, directories, mistakes).Merged!, "", leaves);
        leaves.RemoveAll(leaf => leaf.Path is "$schema" or "inherits" || leaf.Path.StartsWith("sources.", StringComparison.Ordinal));
        int widest = leaves.Max(leaf => PlaceOf(leaf.Value).Length);
        foreach ((string path, JsonValue value) in leaves)
        {
            Console.WriteLine($"  {PlaceOf(value).PadRight(widest)}  {path} = {Shown(value)}");
        }

        Console.WriteLine("where each fact comes from stands in these files under sources");
        Console.WriteLine($"{profile.Name}: good, for {profile.Architecture}{(profile.Architecture == DeviceProfile.Here ? "" : $"; this machine is {DeviceProfile.Here} and would refuse it")}");
        Console.WriteLine($"  8-bit kernels: {Int8KernelsOf(profile.InstructionSets)}");
        return ExitCode.Done;
    }

    /// <summary>What ONNX Runtime runs 8-bit models with, best first (onnxruntime/core/mlas/lib/platform.cpp).</summary>
    internal static string Int8KernelsOf(IReadOnlyList<string> sets) =>
        sets.Contains("amx_int8") ? "AMX tiles"
        : sets.Contains("avx512_vnni") ? "AVX-512 VNNI"
        : sets.Contains("avx_vnni") ? "AVX-VNNI"
        : sets.Contains("i8mm") ? "i8mm matrix products"
        : sets.Contains("asimddp") ? "dot products (UDOT, SDOT)"
        : sets.Contains("avx2") || sets.Contains("avx512f") ? "AVX2 without VNNI: exact products are asked for, at a price"
        : sets.Contains("asimd") ? "plain NEON: 8 bits may be no faster than 32"
        : "not stated by this profile; doctor looks at the processor";

    private static void Collect(JsonValue value, string path, List<(string Path, JsonValue Value)> leaves)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                foreach (JsonMember member in value.Members)
                {
                    Collect(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", leaves);
                }

                break;
            case JsonKind.Array when value.Items.Any(item => item.Kind is JsonKind.Object or JsonKind.Array):
                for (int i = 0; i < value.Items.Count; i++)
                {
                    Collect(value.Items[i], $"{path}[{i}]", leaves);
                }

                break;
            default:
                leaves.Add((path, value));
                break;
        }
    }

    private static string PlaceOf(JsonValue value) => $"{Path.GetFileName(value.File)}:{value.Position.Line}";

    private static string Shown(JsonValue value) =>
        value.Kind == JsonKind.Array ? $"[{string.Join(", ", value.Items.Select(item => item.Text))}]" : value.Text;
}
