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

    /// <summary>Its values pile up at an edge: the signal is clipped.</summary>
    Saturated,

    /// <summary>Its values are told in another unit, or on another scale.</summary>
    Unit,

    /// <summary>It and another channel have changed places.</summary>
    Swapped,

    /// <summary>Its values are none that the reference knows.</summary>
    Novel,

    /// <summary>Its values are of another kind: between the steps, whole numbers among them, that the reference has.</summary>
    Schema,
}

/// <summary>What can be wrong with the clocks of a sensor's frames.</summary>
public enum ClockFault
{
    /// <summary>Wall time went back.</summary>
    Backwards,

    /// <summary>Wall time leapt forward: it was set, or the machine was asleep.</summary>
    Forwards,

    /// <summary>Frames come at another rate than in the reference.</summary>
    SampleRate,
}

/// <summary>Names of the faults, as they stand on the wire.</summary>
public static class ChannelFaults
{
    /// <summary>Number of <see cref="ChannelFault"/> values.</summary>
    public const int Count = 10;

    /// <summary>The name on the wire.</summary>
    public static string Name(this ChannelFault fault) => fault switch
    {
        ChannelFault.Missing => "missing",
        ChannelFault.Infinite => "infinite",
        ChannelFault.OutOfRange => "out_of_range",
        ChannelFault.Rate => "rate",
        ChannelFault.Stuck => "stuck",
        ChannelFault.Saturated => "saturated",
        ChannelFault.Unit => "unit",
        ChannelFault.Swapped => "swapped",
        ChannelFault.Novel => "novel",
        _ => "schema",
    };

    /// <summary>The name on the wire.</summary>
    public static string Name(this ClockFault fault) => fault switch
    {
        ClockFault.Backwards => "clock_backwards",
        ClockFault.Forwards => "clock_forwards",
        _ => "sample_rate",
    };
}
