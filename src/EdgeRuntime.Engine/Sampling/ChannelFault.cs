namespace EdgeRuntime.Engine.Sampling;

/// <summary>What can be wrong with a channel.</summary>
public enum ChannelFault
{
    /// <summary>It has no value (NaN).</summary>
    Missing,

    /// <summary>Its value is infinite.</summary>
    Infinite,

    /// <summary>Its value lies outside the manifest's low and high.</summary>
    OutOfRange,

    /// <summary>Its value changed faster than it can.</summary>
    Rate,

    /// <summary>Its value has not changed for longer than it can stay.</summary>
    Stuck,
}

/// <summary>What can be wrong with the clocks of a sensor's frames.</summary>
public enum ClockFault
{
    /// <summary>Wall time went back.</summary>
    Backwards,

    /// <summary>Wall time leapt forward: it was set, or the machine was asleep.</summary>
    Forwards,
}

/// <summary>Names of the faults, as they stand on the wire.</summary>
public static class ChannelFaults
{
    /// <summary>Number of <see cref="ChannelFault"/> values.</summary>
    public const int Count = 5;

    /// <summary>The name on the wire.</summary>
    public static string Name(this ChannelFault fault) => fault switch
    {
        ChannelFault.Missing => "missing",
        ChannelFault.Infinite => "infinite",
        ChannelFault.OutOfRange => "out_of_range",
        ChannelFault.Rate => "rate",
        _ => "stuck",
    };

    /// <summary>The name on the wire.</summary>
    public static string Name(this ClockFault fault) => fault == ClockFault.Backwards ? "clock_backwards" : "clock_forwards";
}
