namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// One source of frames. Three kinds exist: live signals of the machine, a recording replayed, and a simulated plant.
/// </summary>
/// <remarks>
/// Not thread-safe; the sample path alone reads it. Once started, <see cref="TryRead"/> allocates no managed memory.
/// The sensor keeps its own pace from the <see cref="TimeProvider"/> it was built with, so a test or a simulation
/// moves it by moving the clock.
/// </remarks>
public interface ISensor : IDisposable
{
    /// <summary>Values per frame, in order; at least 1, and the same for the sensor's whole life.</summary>
    IReadOnlyList<Channel> Channels { get; }

    /// <summary>Frames per second when nothing is late; greater than 0.</summary>
    double RateHz { get; }

    /// <summary>When the next frame is due, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    long NextDue { get; }

    /// <summary>True when a finite recording has been read to its end and no frame will ever come.</summary>
    bool Ended { get; }

    /// <summary>Takes the frame that is due.</summary>
    /// <param name="frame">Shape [channels], in the units of <see cref="Channels"/>; NaN where a channel has no value.
    /// Unchanged when the result is false.</param>
    /// <param name="time">When the frame was taken.</param>
    /// <returns>False when no frame is due yet, or <see cref="Ended"/>; that is normal, and not a fault.</returns>
    /// <exception cref="IOException">The source failed. The caller counts it and may try again when the next is due.</exception>
    bool TryRead(Span<double> frame, out FrameTime time);
}

/// <summary>One value of a frame.</summary>
/// <param name="Name">Lower case with underscores, such as <c>cpu_busy</c>; unique in its sensor.</param>
/// <param name="Unit">UCUM code, such as <c>1</c>, <c>Cel</c>, <c>By/s</c>, <c>m/s2</c>.</param>
public sealed record Channel(string Name, string Unit)
{
    /// <summary>How it was brought to the frames' times. (default: it was not; a sensor's own value)</summary>
    public ResampleWay Way { get; init; }
}

/// <summary>How a channel of a sensor with another rate was brought to the times of the frames.</summary>
public enum ResampleWay
{
    /// <summary>Not at all: it was taken then.</summary>
    None,

    /// <summary>The newest value at or before the frame.</summary>
    Hold,

    /// <summary>The value nearest in time, the earlier of two equally near ones.</summary>
    Nearest,

    /// <summary>On the line between the values before and after; NaN where one of them is missing.</summary>
    Linear,

    /// <summary>The mean of the values since the frame before; NaN where there were none.</summary>
    Mean,

    /// <summary>Not the value, but the milliseconds since its newest one.</summary>
    Age,
}

/// <summary>When a frame was taken, on both clocks.</summary>
/// <param name="Timestamp">Monotonic, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="UnixMs">Wall time, UTC milliseconds since 1970; for a recording the recorded time.</param>
/// <param name="IsRecorded">True where <paramref name="UnixMs"/> is the sensor's own time, of a recording or a simulation, which runs
/// as fast as it is played and does not jump but by <paramref name="JumpMs"/>.</param>
/// <param name="JumpMs">Of a recording: how far the wall clock had stepped away from the monotonic one since the frame before.</param>
public readonly record struct FrameTime(long Timestamp, long UnixMs, bool IsRecorded = false, double JumpMs = 0);
