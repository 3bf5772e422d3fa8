using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// The occupancy data again and again, every number in them unlike any other, with the frame's number and who is there beside them: what
/// of a frame is kept, and where it came from, can be told from the value alone.
/// </summary>
/// <param name="rows">Values by channel of <see cref="OccupancyPackage"/>.</param>
/// <param name="clock">Says when a frame is taken.</param>
internal sealed class RoomSensor(double[][] rows, TimeProvider clock, double rateHz) : ISensor
{
    // Of the unit for each frame: less than a ten-thousandth in a day, far below what the model or a person would notice.
    private const double Mark = 1e-10;

    private static readonly string[] People = ["ann", "bert", "carla", "dora", "emil"];
    private static readonly double[] Codes = [.. People.Select(person => CategoryCode.Of(person))];

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels { get; } =
    [
        .. OccupancyPackage.Names.Zip(OccupancyPackage.Units, (name, unit) => new Channel(name, unit)), new Channel("number", "1"), new Channel("badge", "1"),
    ];

    /// <inheritdoc/>
    public double RateHz => rateHz;

    /// <inheritdoc/>
    public long NextDue => 0;

    /// <inheritdoc/>
    public bool Ended => false;

    /// <summary>Frames taken.</summary>
    public long Taken { get; private set; }

    /// <summary>The value of a channel in a frame.</summary>
    /// <param name="channel">By its place; the last is the badge.</param>
    /// <param name="number">Of the frame, from 0.</param>
    public double ValueOf(int channel, long number) => channel == rows.Length ? number
        : channel > rows.Length ? Codes[(int)(number / 97 % Codes.Length)]
        : rows[channel][(int)(number % rows[channel].Length)] + (Mark * (number + 1));

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        for (int i = 0; i < frame.Length; i++)
        {
            frame[i] = ValueOf(i, Taken);
        }

        Taken++;
        time = new FrameTime(clock.GetTimestamp(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
