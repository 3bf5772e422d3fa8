namespace EdgeRuntime.Engine.Sampling;

/// <summary>What the sample path says about one sample, small enough to be copied.</summary>
/// <param name="N">Number of the accepted sample within the boot; from 1.</param>
/// <param name="UnixMs">When the newest frame of the window was taken, UTC milliseconds.</param>
/// <param name="Label">Number of the model's best label; 0 for other kinds of output, <see cref="NoLabel"/> where no answer stands behind the decision.</param>
/// <param name="Score">Probability of that label, the value, or the reconstruction error.</param>
/// <param name="Decision">Number of the decision in force, as the decision rule counts them.</param>
/// <param name="Changed">True when this sample changed the decision.</param>
/// <param name="Model">Which serving model answered: counts up with every switch of this path.</param>
/// <param name="DecidedAt">When it was decided, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
public readonly record struct PredictionRecord(
    long N, long UnixMs, int Label, double Score, int Decision, bool Changed, int Model, long DecidedAt)
{
    /// <summary>The label of a decision that was made because no answer came.</summary>
    public const int NoLabel = -1;
}

/// <summary>
/// Carries predictions from the sample path to telemetry: one writer, one reader, no lock. When it is full the newest
/// is dropped and counted, because the writer never waits.
/// </summary>
public sealed class PredictionRing
{
    private readonly PredictionRecord[] _records;
    private readonly int _mask;
    private long _written;
    private long _read;
    private long _dropped;
    private bool _changesOnly;

    /// <summary>Creates an empty ring.</summary>
    /// <param name="capacity">Records it holds; rounded up to a power of two; at least 1.</param>
    public PredictionRing(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _records = new PredictionRecord[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _records.Length - 1;
    }

    /// <summary>
    /// Whether records that change no decision are left out (but for the first of each model), as where nobody wants them: a fast model then cannot push the
    /// changes out while the reader is held up. From any thread.
    /// </summary>
    public bool ChangesOnly
    {
        get => Volatile.Read(ref _changesOnly);
        set => Volatile.Write(ref _changesOnly, value);
    }

    /// <summary>Records lost since start, because the reader was slower than the writer for too long.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds one record. For the sample path only; never waits, never allocates.</summary>
    /// <param name="always">Also where <see cref="ChangesOnly"/> would leave it out, as the first of a model.</param>
    public void Write(in PredictionRecord record, bool always = false)
    {
        if (!record.Changed && !always && Volatile.Read(ref _changesOnly))
        {
            return;
        }

        long at = _written;
        if (at - Volatile.Read(ref _read) == _records.Length)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        _records[at & _mask] = record;
        Volatile.Write(ref _written, at + 1);
    }

    /// <summary>Takes the oldest record. For one reader only.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryRead(out PredictionRecord record) => TryRead(int.MaxValue, out record);

    /// <summary>Takes the oldest record of a model or of those before it; what a later model says waits for its own reader.</summary>
    /// <param name="newest">As <see cref="PredictionRecord.Model"/> counts.</param>
    /// <returns>False when there is none.</returns>
    public bool TryRead(int newest, out PredictionRecord record)
    {
        long at = _read;
        if (at == Volatile.Read(ref _written) || _records[at & _mask].Model > newest)
        {
            record = default;
            return false;
        }

        record = _records[at & _mask];
        Volatile.Write(ref _read, at + 1);
        return true;
    }
}
