using System.Globalization;
using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Supervision;

/// <summary>
/// Decides when systemd's watchdog may be fed: at most every half of WatchdogSec, and only when every sample path has made a turn
/// since the last time. A path stuck in a read or an inference so starves it, however well the rest of the program is.
/// </summary>
/// <param name="interval">WatchdogSec, or null when nobody watches.</param>
/// <param name="time">The clock.</param>
internal sealed class Watchdog(TimeSpan? interval, TimeProvider time)
{
    private readonly Dictionary<string, long> _turns = new(StringComparer.Ordinal);
    private long _fed = time.GetTimestamp();

    /// <summary>The path that stood still when the watchdog was last due, or null.</summary>
    public string? Stuck { get; private set; }

    /// <summary>Whether half of the interval has passed since it was last fed.</summary>
    public bool IsHungry => interval is TimeSpan whole && time.GetElapsedTime(_fed) >= whole / 2;

    /// <summary>WatchdogSec as systemd passed it to this process; null when it did not.</summary>
    public static TimeSpan? IntervalFrom(string? microseconds, string? process, int thisProcess)
    {
        bool forOther = process is { Length: > 0 } && process != thisProcess.ToString(CultureInfo.InvariantCulture);
        return !forOther && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long interval) && interval > 0
            ? TimeSpan.FromMicroseconds(interval)
            : null;
    }

    /// <summary>
    /// Longest wait of a path under a watchdog: a path must have turned at every look, and the second look comes at half of the
    /// interval.
    /// </summary>
    public static TimeSpan LongestWait(TimeSpan? interval) =>
        interval is TimeSpan whole && whole / 4 < PathWait.Longest ? TimeSpan.FromMilliseconds(Math.Max(10, whole.TotalMilliseconds / 4)) : PathWait.Longest;

    /// <summary>Looks whether it is to be fed now.</summary>
    /// <param name="paths">Every sample path by name, with how often it has turned.</param>
    /// <returns>True when it is due and all paths live; the caller then feeds it.</returns>
    public bool IsDue(IEnumerable<(string Name, long Turns)> paths)
    {
        if (!IsHungry)
        {
            return false;
        }

        Stuck = null;
        foreach ((string name, long turns) in paths)
        {
            if (_turns.GetValueOrDefault(name) == turns)
            {
                Stuck ??= name;
            }
        }

        if (Stuck is not null)
        {
            return false;
        }

        _fed = time.GetTimestamp();
        _turns.Clear();
        foreach ((string name, long turns) in paths)
        {
            _turns[name] = turns;
        }

        return true;
    }
}
