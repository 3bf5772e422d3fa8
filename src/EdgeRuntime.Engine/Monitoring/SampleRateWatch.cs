using System.Numerics;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// Finds a sensor that delivers at another rate than in the reference: 24 of 32 frames came closer together, or further apart, than
/// all but one in a thousand of the reference's. Allocates nothing once made; not thread-safe.
/// </summary>
internal sealed class SampleRateWatch
{
    private const int Frames = 32;
    private const int Most = 24;

    // Timers of a busy machine are late by as much; a rate that is off by less is within what a manifest allows.
    private const double Slack = 1.15;

    private readonly double _shortestMs;
    private readonly double _longestMs;
    private readonly double _intervalMs;
    private uint _quick;
    private uint _slow;
    private double _meanMs;

    /// <param name="timing">How the reference's frames followed each other.</param>
    public SampleRateWatch(TimingReference timing)
    {
        _intervalMs = timing.IntervalMs;
        _shortestMs = Math.Min(timing.ShortestMs, timing.IntervalMs / Slack);
        _longestMs = Math.Max(timing.LongestMs, timing.IntervalMs * Slack);
        _meanMs = timing.IntervalMs;
    }

    /// <summary>Whether the rate is another one now.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Times as many frames as in the reference; 1 for the same.</summary>
    public double Ratio => _intervalMs / _meanMs;

    /// <summary>Takes the time since the frame before.</summary>
    /// <param name="milliseconds">On the samples' own clock; 0 or more.</param>
    /// <returns>True when the rate changed just now.</returns>
    public bool Take(double milliseconds)
    {
        _quick = (_quick << 1) | (milliseconds < _shortestMs ? 1u : 0);
        _slow = (_slow << 1) | (milliseconds > _longestMs ? 1u : 0);

        // A pause is a gap and no rate: it counts as one slow frame, and as long as eight.
        _meanMs += (Math.Min(milliseconds, 8 * _intervalMs) - _meanMs) / (Frames / 2);
        int most = Math.Max(BitOperations.PopCount(_quick), BitOperations.PopCount(_slow));
        bool was = IsChanged;
        IsChanged = was ? most > Frames - Most : most >= Most;
        return IsChanged && !was;
    }
}
