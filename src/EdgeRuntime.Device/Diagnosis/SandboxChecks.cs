using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Device.Verbs;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Whether candidates are confined here: the built-in package is proved, and its process tries what it must not be able to do.</summary>
internal static class SandboxChecks
{
    private const string Area = "sandbox";
    private const string Remedy =
        "use a kernel of 5.13 or newer with CONFIG_SECCOMP_FILTER and CONFIG_SECURITY_LANDLOCK, and the unit that is shipped; a candidate runs with what there is";

    /// <summary>One finding when all holds, else one for every gap.</summary>
    public static IEnumerable<Finding> Of(SandboxedProver prover)
    {
        using SigningKey key = SigningKey.Create();
        ModelPackage package = PackageArchive.Read(SelftestPackage.Pack(key, "x", "1", rateHz: 100), [key.Public]).AsModel();
        ProofReport report;
        try
        {
            report = prover.Prove(package, probes: true);
        }
        catch (ProverException failed)
        {
            return [Finding.Problem(Area, failed.Message, "let edge-device start itself, and take the limits of memory off the unit or raise them")];
        }

        if (report.Refusal is string refusal)
        {
            return [Finding.Problem(Area, $"the built-in package does not hold there: {refusal}", "run 'edge-device selftest'")];
        }

        return report.Gaps.Count > 0
            ? report.Gaps.Distinct().Select(gap => Finding.Warning(Area, gap, Remedy))
            : [Finding.Ok(Area, string.Create(
                CultureInfo.InvariantCulture,
                $"a candidate has no sockets, no files but to read programs, no other processes, and limits; the built-in one took {report.PeakBytes >> 20} MiB"))];
    }
}
