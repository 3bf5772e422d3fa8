using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>A window with what the manager adds to it.</summary>
/// <param name="Message">As the device sent it.</param>
/// <param name="ReceivedMs">When it arrived, UTC milliseconds of the manager.</param>
public sealed record ReceivedWindow(WindowMessage Message, long ReceivedMs)
{
    /// <summary>Largest ratio of an index to its threshold; above 1 is drift.</summary>
    public double Drift { get; } = WindowDrift.Ratio(Message);

    /// <summary>True when a feature or the predictions drifted.</summary>
    public bool Drifting => Drift > 1;

    /// <summary>
    /// First sample, UTC milliseconds. Where the device's clock was not synchronized, counted back from the arrival: late
    /// by what the message waited, but never years off.
    /// </summary>
    public long StartMs => Message.ClockSynchronized ? Message.StartUnixMs : ReceivedMs - (Message.EndUnixMs - Message.StartUnixMs);

    /// <summary>Last sample, UTC milliseconds, by the same rule.</summary>
    public long EndMs => Message.ClockSynchronized ? Message.EndUnixMs : ReceivedMs;
}
