using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Verbs;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Sandbox;

/// <summary>Proves candidates in a child process that has neither rights nor means to do harm, and dies of what they do.</summary>
/// <param name="program">Path of edge-device.</param>
/// <param name="library">Path of ONNX Runtime's library; null to look for it as the device does.</param>
/// <param name="options">How the device runs models.</param>
/// <param name="mostMemory">What the profile lets a candidate have on top of an empty process, bytes; null for no word on it.</param>
/// <param name="told">Told of every proof, with the package's version, and of gaps in the confinement.</param>
internal sealed class SandboxedProver(
    string program, string? library, RunnerOptions options, long? mostMemory, TimeProvider time, Action<string, ProofReport>? told = null)
{
    private const int LongestSentence = 400;
    private const int MostGaps = 64;

    // Of the collector in the child: the archive, a copy of the model, and what parsing takes.
    private const long HeapBytes = 64L * 1024 * 1024;

    // What a program needs to find itself; passwords and sockets of the service are not among them.
    private static readonly string[] Inherited = ["LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "EDGE_ONNXRUNTIME", "TMPDIR"];

    /// <summary>A <see cref="PackageProver"/>.</summary>
    public ProofReport Prove(ModelPackage package) => Prove(package, probes: false);

    /// <summary>The same; with <paramref name="probes"/> the child also tries what it must not be able to do.</summary>
    public ProofReport Prove(ModelPackage package, bool probes)
    {
        ProofLimits limits = ProofLimits.Of(
            package.Manifest, package.Golden.Vectors.Count, package.Bytes.Length, options.IntraOpThreads, mostMemory);
        ProofRequest request = new()
        {
            Library = library,
            Parent = Environment.ProcessId,
            Limits = limits,
            Threads = options.IntraOpThreads,
            Arena = options.Arena,
            DenormalsAsZero = options.DenormalsAsZero,
            Probes = probes,
        };
        ChildEnd end;
        byte[] answer;
        try
        {
            end = ChildProcess.Run(
                program, ["edge-device", ProveVerb.Name, request.ToText()], Variables(package.Bytes.Length), package.Bytes.Span,
                limits.WallSeconds, time, out answer);
        }
        catch (IOException failed)
        {
            throw new ProverException($"no candidate can be proved, so none may serve: {failed.Message}");
        }

        ProofReport report = Judge(end, ProofLine.Parse(answer), limits);
        told?.Invoke(package.Manifest.Version, report);
        return report;
    }

    /// <summary>What the end of a child and its words come to.</summary>
    /// <exception cref="ProverException">The device is the cause, not the package.</exception>
    internal static ProofReport Judge(ChildEnd end, ProofLine said, ProofLimits limits)
    {
        string where = said.Step is string step ? $"while {Clean(step)}, " : "";
        if (end.WasOverdue && end.CpuSeconds < limits.CpuSeconds / 2.0)
        {
            throw new ProverException(string.Create(
                CultureInfo.InvariantCulture,
                $"{where}it did not come to its end within {limits.WallSeconds} s, of which it was on a processor for {end.CpuSeconds:F1} s"));
        }

        if (end.WasOverdue || end.EndedBy == Signal.CpuLimit || (end.EndedBy == Signal.Kill && end.CpuSeconds >= limits.CpuSeconds))
        {
            return Refuse(
                PackageFault.LimitExceeded, $"{where}it used more than {limits.CpuSeconds} s of processor time, its limit");
        }

        if (end.EndedBy is int signal)
        {
            return Refuse(PackageFault.Crashed, $"{where}{Signal.Meaning(signal)} ({Signal.Name(signal)})");
        }

        if (end.Code != ExitCode.Done || said.Report is not ProofReport report)
        {
            string doing = said.Step is null ? "" : $" while {Clean(said.Step)}";
            throw new ProverException($"no candidate can be proved, so none may serve: the child process ended with {end.Code}{doing}");
        }

        return Believed(report, limits);
    }

    // A child that was taken over says what it likes; it goes into logs and messages.
    private static ProofReport Believed(ProofReport report, ProofLimits limits)
    {
        bool isPossible = report is { Runs: >= 0, MedianMs: >= 0, P99Ms: >= 0, PeakBytes: >= 0 } && double.IsFinite(report.MedianMs + report.P99Ms)
            && Enum.IsDefined(report.Fault);
        if (!isPossible)
        {
            return Refuse(PackageFault.Crashed, "the process in which it ran told what no proof tells: the model had taken it over");
        }

        report = report with { Gaps = [.. report.Gaps.Take(MostGaps).Select(gap => Clean(gap ?? ""))] };
        return report.Refusal is not string refusal ? report : report with
        {
            Refusal = Clean(SaysOutOfMemory(refusal) ? $"{refusal}; it may have {limits.MemoryBytes >> 20} MiB" : refusal),
            Fault = SaysOutOfMemory(refusal) ? PackageFault.LimitExceeded : report.Fault,
        };
    }

    private static ProofReport Refuse(PackageFault fault, string sentence) => new() { Fault = fault, Refusal = sentence };

    private static bool SaysOutOfMemory(string refusal) =>
        refusal.Contains("bad_alloc", StringComparison.Ordinal) || refusal.Contains("allocate", StringComparison.OrdinalIgnoreCase)
        || refusal.Contains("more memory", StringComparison.Ordinal);

    private static string Clean(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        return line.Length <= LongestSentence ? line : $"{line.AsSpan(0, LongestSentence - 1)}…";
    }

    private static string[] Variables(long archiveBytes)
    {
        IEnumerable<string> kept = Inherited.Select(name => (name, value: Environment.GetEnvironmentVariable(name)))
            .Where(variable => variable.value is not null).Select(variable => $"{variable.name}={variable.value}");
        return
        [
            .. kept,
            string.Create(CultureInfo.InvariantCulture, $"DOTNET_GCHeapHardLimit={HeapBytes + (4 * archiveBytes):X}"),
            "DOTNET_gcConcurrent=0",

            // Both would write files: the first maps code twice through one, the second listens on a socket.
            "DOTNET_EnableWriteXorExecute=0",
            "DOTNET_EnableDiagnostics=0",
            "ORT_DISABLE_TELEMETRY=1",
        ];
    }
}
