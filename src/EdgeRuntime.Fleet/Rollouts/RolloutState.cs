using System.Text.Json.Serialization;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Where a rollout stands. Each state carries only what means something in it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Installing), "installing")]
[JsonDerivedType(typeof(Soaking), "soaking")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Halted), "halted")]
[JsonDerivedType(typeof(Reverting), "reverting")]
[JsonDerivedType(typeof(Reverted), "reverted")]
[JsonDerivedType(typeof(Kept), "kept")]
public abstract record RolloutState
{
    private RolloutState()
    {
    }

    /// <summary>The stage it is in, or ended in.</summary>
    public required int Stage { get; init; }

    /// <summary>False once nothing more will be ordered and another rollout of the model may begin.</summary>
    [JsonIgnore]
    public bool IsActive => this is Installing or Soaking or Halted or Reverting;

    /// <summary>True while devices are being exposed and judged.</summary>
    [JsonIgnore]
    public bool IsRunning => this is Installing or Soaking;

    /// <summary>Devices of the stage fetch and try the package.</summary>
    /// <param name="SinceMs">When the stage began, UTC milliseconds.</param>
    public sealed record Installing(long SinceMs) : RolloutState;

    /// <summary>Every device of the stage trusts the package; the gate gathers evidence.</summary>
    /// <param name="StageSinceMs">When the stage began, UTC milliseconds.</param>
    /// <param name="SinceMs">When the last device trusted it.</param>
    /// <param name="Lacking">What the gate waits for, in a sentence; empty before its first word.</param>
    public sealed record Soaking(long StageSinceMs, long SinceMs, string Lacking) : RolloutState;

    /// <summary>All stages passed. An end.</summary>
    public sealed record Completed : RolloutState;

    /// <summary>Found bad, or without evidence; waits for a person to resume or to abort.</summary>
    public sealed record Halted(string Reason) : RolloutState;

    /// <summary>Every exposed device is ordered back to what it ran before.</summary>
    public sealed record Reverting(string Reason) : RolloutState;

    /// <summary>
    /// Every exposed device within reach runs again what it ran before; those away find the order when they return.
    /// An end.
    /// </summary>
    public sealed record Reverted(string Reason) : RolloutState;

    /// <summary>Aborted by a person who left every device as it was. An end.</summary>
    public sealed record Kept(string Reason) : RolloutState;
}
