namespace EdgeRuntime.Engine.Tuf;

/// <summary>When a device asks its repository for newer metadata: every hour, and soon while an order waits for it. Not thread-safe.</summary>
internal sealed class RepositoryPace(TimeProvider time, Random random)
{
    /// <summary>Between two rounds, with a tenth of jitter, so that a fleet that started together does not ask together.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <summary>Between two rounds while an order waits, and after a failure; doubled with each that follows, up to the usual.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(15);

    private const double Jitter = 0.1;

    private long _ended;
    private int _inVain;
    private double _jitter = 1;
    private bool _hasAsked;

    /// <summary>Whether a round is on.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>Rounds in a row that failed; 0 after one that did not.</summary>
    public int Failures { get; private set; }

    /// <summary>Begins a round if it is time for one.</summary>
    /// <param name="orderWaits">Whether an order waits for what it might bring.</param>
    public bool TryBegin(bool orderWaits)
    {
        if (IsAsking || (_hasAsked && time.GetElapsedTime(_ended) < Pause(orderWaits)))
        {
            return false;
        }

        IsAsking = _hasAsked = true;
        return true;
    }

    /// <summary>A round ended.</summary>
    /// <param name="failed">Whether the repository was silent, or something of it was refused.</param>
    /// <param name="orderWaits">Whether an order waits all the same.</param>
    public void End(bool failed, bool orderWaits)
    {
        IsAsking = false;
        Failures = failed ? Failures + 1 : 0;
        _inVain = failed || orderWaits ? _inVain + 1 : 0;
        _ended = time.GetTimestamp();
        _jitter = 1 + (Jitter * ((2 * random.NextDouble()) - 1));
    }

    private TimeSpan Pause(bool orderWaits)
    {
        bool soon = orderWaits || Failures > 0;
        TimeSpan pause = soon ? Shortest * Math.Pow(2, Math.Clamp(_inVain - 1, 0, 16)) : Usual;
        return (pause < Usual ? pause : Usual) * _jitter;
    }
}
