namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// Lets a cheap model open and close the way to a costly one: it is open while one of certain decisions is in force, and
/// for a while after. One thread decides, others ask; one word between them, no lock.
/// </summary>
/// <param name="decisions">Decisions of the cheap model that open it.</param>
/// <param name="hold">How long it stays open once none of them is in force; 0 or more.</param>
public sealed class ModelGate(IReadOnlyList<string> decisions, TimeSpan hold, TimeProvider clock)
{
    private readonly long _holdTicks = (long)(hold.TotalSeconds * clock.TimestampFrequency);

    // Closed before the first decision: no decision is not one of those that open.
    private long _openUntil = long.MinValue;

    /// <summary>Decisions of the cheap model that open it.</summary>
    public IReadOnlyList<string> Decisions => decisions;

    /// <summary>Whether a sample taken at this time passes.</summary>
    /// <param name="timestamp">On the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool IsOpen(long timestamp) => timestamp < Volatile.Read(ref _openUntil);

    /// <summary>Which decisions open it, by their number in <paramref name="names"/>.</summary>
    internal bool[] Opening(IReadOnlyList<string> names) => [.. names.Select(decisions.Contains)];

    /// <summary>A decision is in force. For one thread only.</summary>
    /// <param name="opens">Whether it is one of <see cref="Decisions"/>.</param>
    /// <param name="timestamp">When the sample was taken that it rests on.</param>
    public void Decide(bool opens, long timestamp)
    {
        if (opens)
        {
            Volatile.Write(ref _openUntil, long.MaxValue);
        }
        else if (_openUntil == long.MaxValue)
        {
            Volatile.Write(ref _openUntil, timestamp + _holdTicks);
        }
    }
}
