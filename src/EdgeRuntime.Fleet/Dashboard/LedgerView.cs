using EdgeRuntime.Fleet.Monitoring;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>What became of samples and how long each stage of their way took, over one window or several.</summary>
public sealed record LedgerView
{
    private const double NanosecondsPerMs = 1e6;

    /// <summary>Windows behind it.</summary>
    public required int Windows { get; init; }

    /// <summary>Samples that were due; 0 where the device does not tell.</summary>
    public required long Due { get; init; }

    /// <summary>Samples that reached the model.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples that never reached it, by cause.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Decisions that came after their deadline.</summary>
    public required long DeadlineMisses { get; init; }

    /// <summary>The stages, in the order of a sample's way.</summary>
    public required IReadOnlyList<LatencyStageView> Stages { get; init; }

    /// <summary>Shows a sum.</summary>
    public static LedgerView Of(LedgerSum sum) => new()
    {
        Windows = sum.Windows,
        Due = sum.Due,
        Samples = sum.Samples,
        Dropped = new Dictionary<string, long>(sum.Dropped),
        DeadlineMisses = sum.DeadlineMisses,
        Stages =
        [
            .. sum.Stages.Select(stage => new LatencyStageView(
                stage.Name, stage.Histogram.Count, stage.Histogram.Quantile(0.5) / NanosecondsPerMs,
                stage.Histogram.Quantile(0.99) / NanosecondsPerMs, stage.Histogram.Quantile(0.999) / NanosecondsPerMs,
                stage.Histogram.Max / NanosecondsPerMs)),
        ],
    };
}

/// <summary>One stage of the latency ledger, milliseconds.</summary>
public sealed record LatencyStageView(string Name, long Count, double P50Ms, double P99Ms, double P999Ms, double MaxMs);
