using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Device.Verbs;

/// <summary>
/// The child of <see cref="SandboxedProver"/>, not for people: takes everything from itself that a model does not need, becomes
/// this program again so that every thread is without it, and then does with the candidate all that serving will do.
/// </summary>
internal static class ProveVerb
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "prove";

    public static int Run(string[] words)
    {
        if (words is not [string text] || ProofRequest.Parse(text) is not ProofRequest request)
        {
            return Usage.Wrong($"'{Name}' is for edge-device itself: it proves a candidate in a process of its own", "run");
        }

        if (SandboxCalls.Parent != request.Parent && !request.IsConfined)
        {
            return ExitCode.Failed;
        }

        return request.IsConfined ? Prove(request) : Confine(request);
    }

    private static int Confine(ProofRequest request)
    {
        string program = Environment.ProcessPath!;
        string[] environment = [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}")];
        List<string> gaps = Confinement.Enter(request.Limits, Confinement.Readable(request.Library));
        int error = ChildProcess.Become(
            program, ["edge-device", Name, (request with { IsConfined = true, Gaps = gaps }).ToText()], environment);
        Say(new ProofLine { Step = $"starting again, which fails with error {error}" });
        return ExitCode.Failed;
    }

    private static int Prove(ProofRequest request)
    {
        List<string> gaps = [.. request.Gaps];
        if (Confinement.CloseDoor() is string gap)
        {
            gaps.Add(gap);
        }

        if (request.Probes)
        {
            gaps.AddRange(SandboxProbe.Holes(request.Limits.MemoryBytes));
        }

        ProofReport report;
        try
        {
            OnnxEnvironment onnx = OnnxEnvironment.Open(request.Library);
            ModelPackage package = PackageArchive.ReadUnverified(ReadInput(), new PackageLimits(long.MaxValue)).AsModel();
            SandboxCalls.DieOfCrashes();
            PackageProof proof = new(onnx.Load, request.ForRunner(), new ThreadClock(), step => Say(new ProofLine { Step = step }));
            report = proof.Run(package, request.Limits.P99Ms);
        }
        catch (PackageRejectedException refused)
        {
            report = new ProofReport { Refusal = refused.Detail, Fault = refused.Fault };
        }
        catch (ModelLoadException unusable)
        {
            // The library itself, not the model.
            Say(new ProofLine { Step = unusable.Message });
            return ExitCode.Unavailable;
        }
        catch (OutOfMemoryException)
        {
            report = new ProofReport { Refusal = "it needs more memory than it may have", Fault = PackageFault.LimitExceeded };
        }

        Say(new ProofLine { Report = report with { PeakBytes = PeakBytes(), Gaps = gaps } });
        OnnxEnvironment.EndProcess(ExitCode.Done);
        return ExitCode.Done;
    }

    // The parent checked the signature of the very bytes that stand here, sealed.
    private static byte[] ReadInput()
    {
        using FileStream input = new(
            new Microsoft.Win32.SafeHandles.SafeFileHandle(ChildProcess.InputDescriptor, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        byte[] bytes = new byte[input.Length];
        input.Position = 0;
        input.ReadExactly(bytes);
        return bytes;
    }

    private static long PeakBytes()
    {
        const string Field = "VmHWM:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.TryParse(line?[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), out long kilobytes)
            ? kilobytes * 1024
            : 0;
    }

    private static void Say(ProofLine line) => SandboxCalls.WriteAll(ChildProcess.OutputDescriptor, line.ToBytes());
}
