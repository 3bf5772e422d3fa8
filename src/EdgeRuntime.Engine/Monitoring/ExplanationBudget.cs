namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Inferences that explanations may take: so many a minute, of which a minute's may be saved.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ExplanationBudget(TimeProvider time, int perMinute)
{
    /// <summary>Fewer inferences explain nothing: f(x), f(baseline), and one with something absent.</summary>
    public const int Least = 3;

    private double _left = perMinute;
    private long _seenAt = time.GetTimestamp();

    /// <summary>Inferences that may be taken now.</summary>
    public int Left
    {
        get
        {
            long now = time.GetTimestamp();
            _left = Math.Min(perMinute, _left + (time.GetElapsedTime(_seenAt, now).TotalMinutes * perMinute));
            _seenAt = now;
            return (int)_left;
        }
    }

    /// <summary>Explanations refused for want of inferences.</summary>
    public long Refused { get; private set; }

    /// <summary>Takes inferences.</summary>
    /// <param name="inferences">At most <see cref="Left"/>.</param>
    public void Take(int inferences)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inferences, Left);
        _left -= inferences;
    }

    /// <summary>Gives back what was not needed.</summary>
    public void Return(int inferences) => _left = Math.Min(perMinute, _left + inferences);

    /// <summary>Counts an explanation that must wait, and says for how long.</summary>
    /// <param name="inferences">What it needs at least.</param>
    public string Refuse(int inferences)
    {
        Refused++;
        return perMinute < inferences
            ? $"it takes at least {inferences} inferences, and the package allows {perMinute} a minute (monitoring.explain.inferences_per_minute)"
            : $"it takes at least {inferences} inferences, and {Left} are left; ask again in {Math.Ceiling((inferences - _left) * 60 / perMinute)} s";
    }
}
