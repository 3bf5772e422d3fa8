using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// What one model's samples came to since the process began, whatever packages answered, and whether or not a reload made its
/// path anew. For the agent's thread only.
/// </summary>
internal sealed class ModelTotals
{
    /// <summary>How long they took, in all windows that were sent.</summary>
    public LatencyLedger Ledger { get; } = new();

    /// <summary>How long it took to give messages to the link since the last window. Whichever package they are of: the next window tells it.</summary>
    public LatencyHistogram Publish { get; } = new();

    /// <summary>How long the garbage collector held the process up since the last window.</summary>
    public LatencyHistogram Pauses { get; } = new();

    /// <summary>What became of the samples of the packages before the one that answers now.</summary>
    public SampleCounts Before { get; private set; }

    /// <summary>Adds a window that is sent.</summary>
    public void Add(WindowCounters window)
    {
        if (window.Ledger is not null)
        {
            Ledger.Add(window.Ledger);
        }
    }

    /// <summary>Adds everything of a package that answers no longer.</summary>
    public void Leave(SampleTally tally) => Before = With(tally);

    /// <summary>All of them, those of the package that answers now included.</summary>
    public SampleCounts With(SampleTally? current) => current is null ? Before : new SampleCounts(
        Before.Due + current.Due, Before.Served + current.Served, Before.Dropped + current.Dropped,
        Before.DeadlineMisses + current.DeadlineMisses);
}

/// <summary>What became of samples; see <see cref="SampleTally"/>.</summary>
internal readonly record struct SampleCounts(long Due, long Served, DropCounts Dropped, long DeadlineMisses);
