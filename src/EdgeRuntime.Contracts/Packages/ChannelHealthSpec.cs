using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a device watches a channel for, beside missing, infinite and out-of-range values. Faults are told, and change nothing else.</summary>
public sealed record ChannelHealthSpec
{
    /// <summary>Seconds without any change of the value after which the channel is stuck; greater than 0.</summary>
    public double? StuckS { get; init; }

    /// <summary>Frames without any change of the value after which the channel is stuck; 2 to 1,000,000,000.</summary>
    public int? StuckFrames { get; init; }

    /// <summary>True for a channel that may rest for ever, and is never stuck; not beside the two above.</summary>
    public bool? MayRest { get; init; }

    /// <summary>Fastest change that is physical, in the channel's unit per second; greater than 0.</summary>
    public double? MaxPerS { get; init; }

    /// <summary>Reads the object <c>health</c> of a channel.</summary>
    internal static ChannelHealthSpec Read(JsonObjectReader health)
    {
        ChannelHealthSpec spec = new()
        {
            StuckS = health.Double("stuck_s", JsonObjectReader.AboveZero, 1e9),
            StuckFrames = health.Int("stuck_frames", 2, 1_000_000_000),
            MayRest = health.Has("may_rest") ? health.Bool("may_rest", false) : null,
            MaxPerS = health.Double("max_per_s", JsonObjectReader.AboveZero, double.MaxValue),
        };
        if (spec.MayRest == true && (spec.StuckS ?? spec.StuckFrames) is not null)
        {
            health.Mistake("may_rest", "is true and stuck_s or stuck_frames stands beside it; one of them is too much");
        }

        return spec;
    }
}
