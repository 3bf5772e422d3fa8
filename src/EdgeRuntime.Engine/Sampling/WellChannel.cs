using System.Runtime.CompilerServices;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// What nearly every frame needs of a channel, side by side: of a well one whose value is in its range, unlike the one before and not
/// too far from it, nothing changes but the value.
/// </summary>
internal struct WellChannel(int source, double low, double high, double mostPerSecond, double lastValue)
{
    private readonly int _source = source;
    private readonly double _low = low;
    private readonly double _high = high;
    private readonly double _mostPerSecond = mostPerSecond;

    public bool IsWell { get; } = true;

    public double LastValue { get; private set; } = lastValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Takes(ReadOnlySpan<double> frame, double seconds)
    {
        double value = frame[_source];

        // The bounds are finite, so what is no number, or infinite, is not within them.
        bool isOrdinary = IsWell && value >= _low && value <= _high && value != LastValue
            && !(Math.Abs(value - LastValue) > _mostPerSecond * seconds);
        if (isOrdinary)
        {
            LastValue = value;
        }

        return isOrdinary;
    }
}
