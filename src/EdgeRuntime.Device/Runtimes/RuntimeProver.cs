using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Device.Verbs;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>
/// Tries a candidate for the device's own program on this very machine: it must start, pass its own self-test, and read this device's
/// configuration without a mistake. In a process that can write nothing and reach nobody.
/// </summary>
/// <param name="trees">Where its files are laid out.</param>
/// <param name="configuration">Path of the device's configuration.</param>
internal sealed class RuntimeProver(RuntimeTree trees, string configuration, TimeProvider time)
{
    private const int LongestSentence = 300;
    private const int MostLines = 3;

    // Of a self-test with its small model; measured, and several times that.
    private static readonly ProofLimits Limits = new(MemoryBytes: 768L * 1024 * 1024, CpuSeconds: 60, WallSeconds: 180, P99Ms: 0);

    // Everything that the program looks at when it starts, and nothing of the service's.
    private static readonly string[] Kept =
        ["PATH", "LD_LIBRARY_PATH", "EDGE_ONNXRUNTIME", "EDGE_PROFILES", "TMPDIR", "CREDENTIALS_DIRECTORY", "LANG"];

    /// <summary>Tries it.</summary>
    /// <exception cref="ProverException">It could not be tried, through no fault of its own.</exception>
    public ProofReport Prove(RuntimePackage package)
    {
        string program;
        try
        {
            program = trees.Make(Convert.ToHexStringLower(SHA256.HashData(package.Bytes.Span)), package.Files, package.Manifest.Program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProverException($"its files cannot be laid out: {e.Message}");
        }

        return Try(program, "self-test", ["selftest"]) ?? Try(program, "check of this device's configuration", ["check", "--config", Path.GetFullPath(configuration)])
            ?? new ProofReport();
    }

    /// <returns>The refusal, or null where it did as it should.</returns>
    private ProofReport? Try(string program, string what, string[] words)
    {
        TryRequest request = new() { Parent = Environment.ProcessId, Limits = Limits, Program = program, Words = words };
        try
        {
            ChildEnd end = ChildProcess.Run(
                ProgramPath.Own, ["edge-device", TryVerb.Name, request.ToText()], Variables(), [], Limits.WallSeconds, time, out byte[] said);
            return Judge(what, end, Encoding.UTF8.GetString(said));
        }
        catch (IOException failed)
        {
            throw new ProverException($"no candidate can be tried, so none may serve: {failed.Message}");
        }

        static string[] Variables() =>
        [
            .. Kept.Select(name => (name, value: Environment.GetEnvironmentVariable(name)))
                .Where(variable => variable.value is not null).Select(variable => $"{variable.name}={variable.value}"),
        ];
    }

    /// <summary>What the end of a candidate and its words come to; null where it did as it should.</summary>
    internal static ProofReport? Judge(string what, ChildEnd end, string said)
    {
        if (end.WasOverdue || end.EndedBy == Signal.CpuLimit)
        {
            return Refuse(PackageFault.LimitExceeded, $"its {what} did not come to its end within {Limits.WallSeconds} s");
        }

        if (end.EndedBy is int signal)
        {
            string last = said.Length == 0 ? "" : $": {Words(said)}";
            return Refuse(PackageFault.Crashed, $"in its {what}, {Signal.Meaning(signal)} ({Signal.Name(signal)}){last}");
        }

        return end.Code == ExitCode.Done
            ? null
            : Refuse(PackageFault.ProgramRefused, $"its {what} ends with {end.Code} on this machine: {Words(said)}");
    }

    // Of a self-test what failed; of a loader or a list of mistakes the first lines.
    private static string Words(string said)
    {
        const string Failure = "FAILED";
        string[] lines = [.. said.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        string[] failures = [.. lines.Where(line => line.StartsWith(Failure, StringComparison.Ordinal)).Select(line => line[Failure.Length..].Trim())];
        string all = string.Join("; ", (failures.Length > 0 ? failures : lines).Take(MostLines));
        string clean = string.Concat(all.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        return clean.Length == 0 ? "it says nothing" : clean.Length <= LongestSentence ? clean : $"{clean.AsSpan(0, LongestSentence - 1)}…";
    }

    private static ProofReport Refuse(PackageFault fault, string sentence) => new() { Fault = fault, Refusal = sentence };
}
