using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Fuzz.Mutation;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>
/// ONNX models, parsed by the native library. A crash in it is a finding like any other: the device never gives it bytes
/// that no release key signed, and this is what that wall keeps out.
/// </summary>
internal static class ModelFiles
{
    private static OnnxEnvironment? _environment;

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "model",
            About = "an ONNX model, loaded by ONNX Runtime",
            Run = Load,
            Refuses = e => e is ModelLoadException,
            Seeds = () => Open([.. SeedFiles.Of("src", "*.onnx"), .. SeedFiles.Of("tests", "*.onnx"), .. SeedFiles.OfMaterial("*.onnx")]),
            Mutations = [ProtoMutation.Change, ProtoMutation.Change, ProtoMutation.Change, ByteMutation.Havoc],
            Weight = 0.05,
            FixedBytes = 4 * 1024 * 1024,
            LargestInput = 64 * 1024,
            TimeLimit = TimeSpan.FromSeconds(30),
        },
    ];

    // Before the first input: where there is no library, nothing would be tried and all would look well.
    private static IEnumerable<byte[]> Open(IEnumerable<byte[]> seeds)
    {
        _environment = OnnxEnvironment.Open();
        return seeds;
    }

    private static bool Load(byte[] bytes)
    {
        _environment ??= OnnxEnvironment.Open();
        _environment.Read(bytes, new RunnerOptions()).Dispose();
        return true;
    }
}
