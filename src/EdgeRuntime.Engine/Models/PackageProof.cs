using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>Does with a candidate all that serving will do: loads it, asks it for the golden vectors, and times it.</summary>
/// <param name="loader">Loads a model.</param>
/// <param name="options">How the device runs models.</param>
/// <param name="clock">
/// Measures inferences; best by the processor time of the calling thread, since a busy device must not make a good model look slow.
/// </param>
/// <param name="step">Told what is done next, so that a crash can be put down to something.</param>
public sealed class PackageProof(ModelLoader loader, RunnerOptions options, TimeProvider clock, Action<string> step)
{
    /// <summary>Inferences that are timed at least, of each variant.</summary>
    public const int FewestRuns = 20;

    /// <summary>Seconds after which timing a variant ends, when the fewest runs are done.</summary>
    public const double MostSeconds = 2;

    private const int MostRuns = 500;

    /// <summary>Proves every variant of the package; one that holds is enough.</summary>
    /// <param name="p99Ms">The limit of one inference's 99th percentile, milliseconds.</param>
    public ProofReport Run(ModelPackage package, double p99Ms)
    {
        if (package.Manifest.Model.Variants is not { } variants)
        {
            return Prove(package, package.Manifest.Model, package.Golden.Tolerance, p99Ms);
        }

        ProofReport? best = null;
        foreach (VariantSpec variant in variants)
        {
            ProofReport report = Prove(
                package, RightModel.SpecOf(package, variant), RightModel.ToleranceOf(package, variant), p99Ms);
            bool better = best is null || (report.Refusal is null && (best.Refusal is not null || report.P99Ms < best.P99Ms));
            best = better ? report : best;
        }

        return best!;
    }

    private ProofReport Prove(ModelPackage package, ModelSpec spec, double tolerance, double p99Ms)
    {
        try
        {
            step($"loading {string.Join(", ", spec.Files())}");
            using ModelCall call = RightModel.Load(package, spec, tolerance, loader, options);
            step($"timing {string.Join(", ", spec.Files())}");
            double[] times = Time(call, RightModel.InputsOf(package));
            ProofReport report = new() { Runs = times.Length, MedianMs = times[times.Length / 2], P99Ms = Percentile99(times) };
            return report.P99Ms <= p99Ms ? report : report with
            {
                Fault = PackageFault.LimitExceeded,
                Refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"its inference takes {report.P99Ms:G3} ms of processor time at the 99th percentile; {p99Ms:G3} ms is the limit, "
                        + $"{ProofLimits.Generosity:G3} times what its manifest promises"),
            };
        }
        catch (PackageRejectedException refused)
        {
            return new ProofReport { Fault = refused.Fault, Refusal = refused.Detail };
        }
        catch (InferenceException failed)
        {
            return new ProofReport { Fault = PackageFault.ModelRefused, Refusal = failed.Message };
        }
    }

    // Ascending, milliseconds.
    private double[] Time(ModelCall call, float[][] inputs)
    {
        List<double> times = [];
        long begin = clock.GetTimestamp();
        while (times.Count < FewestRuns || (times.Count < MostRuns && clock.GetElapsedTime(begin).TotalSeconds < MostSeconds))
        {
            if (times.Count % inputs.Length == 0)
            {
                call.Reset();
            }

            long start = clock.GetTimestamp();
            call.Run(inputs[times.Count % inputs.Length]);
            times.Add(clock.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return [.. times];
    }

    // One slow run alone is never held against a model: it may be the device's doing.
    private static double Percentile99(double[] ascending) =>
        ascending[Math.Min((int)Math.Ceiling(0.99 * ascending.Length) - 1, ascending.Length - 2)];
}
