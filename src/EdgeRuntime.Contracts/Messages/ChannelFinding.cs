namespace EdgeRuntime.Contracts.Messages;

/// <summary>A channel with a fault: since when, and how sure that is.</summary>
public sealed record ChannelFinding
{
    /// <summary>Name of the channel in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>When what shows the fault began, UTC milliseconds.</summary>
    public required long SinceUnixMs { get; init; }

    /// <summary>0 to 1: what is left of 1 after the chance that a channel without the fault looks like that.</summary>
    public required double Sure { get; init; }
}
