using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors;

/// <summary>
/// A fault put on one channel of a replayed or simulated sensor, on demand: from a moment on the channel reads
/// <c>value * gain + offset</c>, as a drifting or wrongly mounted sensor would.
/// </summary>
public sealed record Disturbance
{
    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>When it begins, in seconds of the sensor's own time since its first frame; at least 0. (default: 0)</summary>
    public double AtSeconds { get; init; }

    /// <summary>How long it lasts, ramp up included; greater than 0. (default: for ever)</summary>
    public double ForSeconds { get; init; } = double.PositiveInfinity;

    /// <summary>Multiplies the channel's value. (default: 1; finite)</summary>
    public double Gain { get; init; } = 1;

    /// <summary>Added to the channel's value, in its unit. (default: 0; finite)</summary>
    public double Offset { get; init; }

    /// <summary>Seconds over which it sets in, and over which it goes away again. (default: 0, at once)</summary>
    public double RampSeconds { get; init; }

    /// <summary>Lists every mistake at once. Empty when usable with a sensor of <paramref name="channels"/>.</summary>
    public IReadOnlyList<string> Validate(IReadOnlyList<Channel> channels)
    {
        List<string> errors = [];
        if (!channels.Any(channel => channel.Name == Channel))
        {
            string known = string.Join(", ", channels.Take(12).Select(channel => channel.Name));
            errors.Add($"channel: there is no channel '{Channel}'; the sensor has {known}");
        }

        if (!(AtSeconds >= 0) || double.IsInfinity(AtSeconds))
        {
            errors.Add($"at_s: {AtSeconds} is not 0 or more seconds");
        }

        if (!(ForSeconds > 0))
        {
            errors.Add($"for_s: {ForSeconds} is not greater than 0");
        }

        if (!double.IsFinite(Gain))
        {
            errors.Add($"gain: {Gain} is not a finite number");
        }

        if (!double.IsFinite(Offset))
        {
            errors.Add($"offset: {Offset} is not a finite number");
        }

        if (!(RampSeconds >= 0) || double.IsInfinity(RampSeconds))
        {
            errors.Add($"ramp_s: {RampSeconds} is not 0 or more seconds");
        }

        return errors;
    }

    /// <summary>How much of it is in force, 0 to 1, at a moment of the sensor's own time.</summary>
    internal double Weight(double seconds)
    {
        double end = AtSeconds + ForSeconds;
        if (seconds < AtSeconds || seconds >= end + RampSeconds)
        {
            return 0;
        }

        double rising = RampSeconds > 0 ? Math.Min((seconds - AtSeconds) / RampSeconds, 1) : 1;
        double falling = seconds < end || RampSeconds == 0 ? 1 : 1 - ((seconds - end) / RampSeconds);
        return Math.Min(rising, falling);
    }
}

/// <summary>The disturbances of one sensor, ready to be put on its frames.</summary>
internal sealed class Disturbances
{
    private readonly Disturbance[] _all;
    private readonly int[] _channel;

    /// <exception cref="InvalidOperationException">A disturbance names a channel that is not there; validate first.</exception>
    public Disturbances(IReadOnlyList<Disturbance> all, IReadOnlyList<Channel> channels)
    {
        _all = [.. all];
        string[] names = [.. channels.Select(channel => channel.Name)];
        _channel = [.. all.Select(disturbance => Array.IndexOf(names, disturbance.Channel))];
        if (_channel.Contains(-1))
        {
            throw new InvalidOperationException("a disturbance names a channel the sensor does not have");
        }
    }

    /// <summary>Lists the mistakes of all, each with its place in the list.</summary>
    public static IEnumerable<string> Validate(IReadOnlyList<Disturbance> all, IReadOnlyList<Channel> channels) =>
        all.SelectMany((disturbance, i) =>
            disturbance.Validate(channels).Select(mistake => $"disturbances[{i}].{mistake}"));

    /// <summary>Puts what is in force at <paramref name="seconds"/> on a frame, in the order of the list.</summary>
    public void Apply(double seconds, Span<double> frame)
    {
        for (int i = 0; i < _all.Length; i++)
        {
            Disturbance disturbance = _all[i];
            double weight = disturbance.Weight(seconds);

            // Only where something is in force: x * 1 + 0 would still turn -0 into 0, and a replay is exact to the bit.
            if (weight > 0)
            {
                double value = frame[_channel[i]];
                frame[_channel[i]] = (value * (1 + ((disturbance.Gain - 1) * weight))) + (disturbance.Offset * weight);
            }
        }
    }
}
