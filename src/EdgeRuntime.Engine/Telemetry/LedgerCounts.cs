using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Turns histograms into what goes on the wire: the buckets that hold something.</summary>
public static class LedgerCounts
{
    /// <summary>One histogram.</summary>
    public static LatencyCounts Of(LatencyHistogram histogram)
    {
        int filled = LatencyHistogram.BucketCount - histogram.Counts.Count(0);
        int[] buckets = new int[filled];
        long[] counts = new long[filled];
        histogram.CopySparse(buckets, counts);
        return new LatencyCounts { Buckets = buckets, Counts = counts, MaxMicroseconds = histogram.Max / 1000.0 };
    }

    /// <summary>The stages that hold something, by name.</summary>
    public static Dictionary<string, LatencyCounts> Of(LatencyLedger ledger)
    {
        Dictionary<string, LatencyCounts> stages = [];
        for (int i = 0; i < LatencyLedger.Stages; i++)
        {
            LatencyStage stage = (LatencyStage)i;
            if (ledger[stage].Count > 0)
            {
                stages[LatencyLedger.NameOf(stage)] = Of(ledger[stage]);
            }
        }

        return stages;
    }
}
