using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>What a candidate may use up while it is proved.</summary>
/// <param name="MemoryBytes">Writable memory of the whole process.</param>
/// <param name="CpuSeconds">Processor time of the whole process, all threads together.</param>
/// <param name="WallSeconds">Time on the wall; a busy device gives an idle process little of it.</param>
/// <param name="P99Ms">99th percentile of the processor time of one inference.</param>
public sealed record ProofLimits(long MemoryBytes, int CpuSeconds, int WallSeconds, double P99Ms)
{
    /// <summary>
    /// How much longer an inference may take than <see cref="SoakSpec.MaxP99Ms"/> while it is proved: its caches are cold and
    /// its priority is the lowest. What is ten times too slow is found out all the same.
    /// </summary>
    public const double Generosity = 2;

    // Of a runtime that holds a model of one operator; measured, and doubled.
    private const long EmptyProcessBytes = 256L * 1024 * 1024;

    // Archive, graph, optimized graph, weights in another layout, and what lies between the operators.
    private const int TimesTheArchive = 8;
    private const int LoadSeconds = 20;
    private const int LongestSeconds = 3600;
    private const int WallPerCpu = 4;
    private const int PatienceSeconds = 30;

    /// <summary>Those of one package.</summary>
    /// <param name="archiveBytes">Size of its archive.</param>
    /// <param name="threads">Threads inside one operator, whose times add up; at least 1.</param>
    /// <param name="mostMemory">What the device's profile allows on top of an empty process; null for no word on it.</param>
    public static ProofLimits Of(ModelManifest manifest, int vectors, long archiveBytes, int threads, long? mostMemory)
    {
        double slowest = manifest.Soak.MaxP99Ms * Generosity / 1000;
        int variants = Math.Max(1, manifest.Model.Variants?.Count ?? 1);
        double runs = variants * ((2.0 * vectors) + PackageProof.FewestRuns);
        double seconds = LoadSeconds + (variants * PackageProof.MostSeconds) + (runs * slowest * threads);
        int cpu = (int)Math.Ceiling(Math.Min(seconds, LongestSeconds));

        // A small file can need much between its operators; its makers say so.
        long demanded = (long)((manifest.Requires?.MemoryMb ?? 0) * 1024 * 1024);
        long model = Math.Max(TimesTheArchive * archiveBytes, demanded);
        return new ProofLimits(
            EmptyProcessBytes + Math.Min(model, mostMemory ?? model),
            cpu,
            PatienceSeconds + (WallPerCpu * cpu),
            manifest.Soak.MaxP99Ms * Generosity);
    }
}
