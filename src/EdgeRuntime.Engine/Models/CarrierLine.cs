namespace EdgeRuntime.Engine.Models;

/// <summary>
/// What one download comes by: what the order offers and the device's owner allows, in the owner's order. One that is gone for good,
/// or fails again and again, gives way to the next; that is told, never done silently, and what is not allowed is never taken.
/// </summary>
/// <remarks>After a failure nothing is asked for during a random part (full jitter) of a pause that doubles up to
/// <see cref="LongestPause"/>. Not thread-safe.</remarks>
public sealed class CarrierLine
{
    /// <summary>Chunks over the broker.</summary>
    public const string Mqtt = "mqtt";

    /// <summary>In a policy: HTTP ranges of the address that the order names.</summary>
    public const string Url = "url";

    private const int MostFailures = 5;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<string> _usable;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private int _at;
    private int _failures;
    private long _quietUntil = long.MinValue;

    private CarrierLine(IReadOnlyList<string> usable, TimeProvider time, Random random)
    {
        _usable = usable;
        _time = time;
        _random = random;
    }

    /// <summary>The one in use: <see cref="Mqtt"/> or an address; null when none is left.</summary>
    public string? Current => _at < _usable.Count ? _usable[_at] : null;

    /// <summary>True while the broker carries.</summary>
    public bool IsMqtt => Current == Mqtt;

    /// <summary>False during the pause after a failure.</summary>
    public bool MayAsk => _time.GetTimestamp() >= _quietUntil;

    /// <summary>What may be used of what is offered.</summary>
    /// <param name="offered">By the order; empty means the broker.</param>
    /// <param name="allowed">By the device's owner.</param>
    public static CarrierLine Of(IReadOnlyList<string> offered, IReadOnlyList<string> allowed, TimeProvider time, Random random)
    {
        IReadOnlyList<string> all = offered.Count == 0 ? [Mqtt] : offered;
        IEnumerable<string> usable = allowed.SelectMany(kind => kind == Mqtt ? all.Where(one => one == Mqtt) : all.Where(IsAddress));
        return new CarrierLine([.. usable.Distinct()], time, random);
    }

    /// <summary>Bytes came.</summary>
    public void OnArrived() => _failures = 0;

    /// <summary>The carrier in use failed.</summary>
    /// <param name="isGone">True when trying it again cannot help, such as after an answer 404.</param>
    /// <returns>True when another takes its place, or none is left.</returns>
    public bool OnFailed(bool isGone)
    {
        _failures++;
        bool isLast = _at + 1 >= _usable.Count;
        if (isGone || (_failures >= MostFailures && !isLast))
        {
            _at++;
            _failures = 0;
            _quietUntil = long.MinValue;
            return true;
        }

        double pause = Math.Min(LongestPause.TotalSeconds, ShortestPause.TotalSeconds * Math.Pow(2, Math.Min(_failures - 1, 10)));
        _quietUntil = _time.GetTimestamp() + (long)(pause * _random.NextDouble() * _time.TimestampFrequency);
        return false;
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https";
}
