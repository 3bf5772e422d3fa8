using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What the child says that proves a candidate: it ran a stranger's model, which may have taken it over.</summary>
internal static class ProofAnswers
{
    private static readonly ProofLimits Limits = new(MemoryBytes: 64L * 1024 * 1024, CpuSeconds: 15, WallSeconds: 45, P99Ms: 100);

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "proof",
            About = "what the process says in which a candidate's golden vectors ran",
            Run = Answer,
            Seeds = Seeds,
            Mutations = [JsonMutation.Change, LineMutation.Change, ByteMutation.Havoc],
        },
    ];

    // Whatever is said, what the device makes of it can be shown, and told on as JSON.
    private static bool Answer(byte[] bytes)
    {
        ProofLine said = ProofLine.Parse(bytes);
        byte[] written = said.ToBytes();
        Promise.Require(ProofLine.Parse(written).ToBytes().AsSpan().SequenceEqual(written), "writing and reading change it");
        if (said.Report is null)
        {
            return said.Step is not null;
        }

        ProofReport judged = SandboxedProver.Judge(new ChildEnd(0, null, 1, WasOverdue: false), said, Limits);
        string[] texts = [judged.Refusal ?? "", .. judged.Gaps];
        Promise.Require(texts.All(text => text is not null && text.Length <= 1000 && !text.Any(char.IsControl)), "a text comes through that is not safe to show");
        Promise.Require(double.IsFinite(judged.MedianMs) && double.IsFinite(judged.P99Ms) && Enum.IsDefined(judged.Fault), "a figure is believed that cannot be");
        return judged.Refusal is null;
    }

    private static IEnumerable<byte[]> Seeds()
    {
        ProofReport report = new() { Runs = 32, MedianMs = 0.4, P99Ms = 0.9, PeakBytes = 30_000_000, Gaps = ["this kernel has no Landlock"] };
        yield return [.. new ProofLine { Step = "loading model.onnx" }.ToBytes(), .. new ProofLine { Report = report }.ToBytes()];
        yield return new ProofLine { Report = report with { Refusal = "bad_alloc", Fault = PackageFault.GoldenMismatch } }.ToBytes();
    }
}
