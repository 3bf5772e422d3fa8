namespace EdgeRuntime.Mqtt;

/// <summary>When the broker is to be asked whether it lives, and when it has not answered for too long.</summary>
/// <param name="patience">Silence after which it is asked, and after that again, until it counts as gone.</param>
internal sealed class KeepAlive(TimeProvider time, TimeSpan patience)
{
    private long _lastIn = time.GetTimestamp();
    private long _lastOut = time.GetTimestamp();
    private long? _askedAt;
    private bool _hasAnswered;

    /// <summary>As the options have it, or the broker's wish.</summary>
    public TimeSpan Patience { get; set; } = patience;

    /// <summary>True when the broker owes an answer, the first one to us or that to the question, and its time is over.</summary>
    public bool IsOver => Owed is { } since && time.GetElapsedTime(since) >= Patience;

    /// <summary>True when it is time to ask. The question counts as asked then.</summary>
    public bool TryAsk()
    {
        if (Owed is not null || (time.GetElapsedTime(_lastOut) < Patience && time.GetElapsedTime(_lastIn) < Patience))
        {
            return false;
        }

        _askedAt = time.GetTimestamp();
        return true;
    }

    /// <summary>A packet came.</summary>
    public void OnIn()
    {
        _lastIn = time.GetTimestamp();
        _askedAt = null;
    }

    /// <summary>A packet was written.</summary>
    public void OnOut() => _lastOut = time.GetTimestamp();

    /// <summary>The broker's answer to our first packet came.</summary>
    public void OnAnswered() => _hasAnswered = true;

    private long? Owed => _askedAt ?? (_hasAnswered ? null : _lastOut);
}
