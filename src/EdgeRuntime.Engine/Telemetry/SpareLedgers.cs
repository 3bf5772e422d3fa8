namespace EdgeRuntime.Engine.Telemetry;

/// <summary>
/// Ledgers between one model and the next: 160 KB for each model, which would otherwise be the most of what the garbage
/// collector moves about at a switch. For one thread.
/// </summary>
public sealed class SpareLedgers
{
    // Two of the model that answers, two of the one that takes its place.
    private const int Most = 4;

    private readonly Stack<LatencyLedger> _spare = new(Most);

    /// <summary>An empty ledger.</summary>
    public LatencyLedger Take() => _spare.TryPop(out LatencyLedger? ledger) ? ledger : new LatencyLedger();

    /// <summary>Takes one back that nobody fills or reads any more, and empties it.</summary>
    public void Return(LatencyLedger ledger)
    {
        if (_spare.Count < Most)
        {
            ledger.Clear();
            _spare.Push(ledger);
        }
    }
}
