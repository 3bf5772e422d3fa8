using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>One rollout.</summary>
public sealed record RolloutView
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>Its model.</summary>
    public required string Model { get; init; }

    /// <summary>The new package.</summary>
    public required PackageLabel Package { get; init; }

    /// <summary>What the devices ran before, the most frequent first.</summary>
    public required IReadOnlyList<PreviousView> Previous { get; init; }

    /// <summary><c>running completed halted reverting reverted aborted</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>installing</c> or <c>soaking</c> while running.</summary>
    public string? Phase { get; init; }

    /// <summary>The stage it is in, or ended in.</summary>
    public required int Stage { get; init; }

    /// <summary>Why it halted or ended.</summary>
    public string? Reason { get; init; }

    /// <summary>True until it has ended.</summary>
    public required bool Active { get; init; }

    /// <summary>When it began.</summary>
    public required long CreatedUnixMs { get; init; }

    /// <summary>When its state changed last.</summary>
    public required long UpdatedUnixMs { get; init; }

    /// <summary>When it ended.</summary>
    public long? FinishedUnixMs { get; init; }

    /// <summary><c>revert</c> or <c>hold</c>.</summary>
    public required string OnHalt { get; init; }

    /// <summary>What a stage must show.</summary>
    public required GateLimits GateLimits { get; init; }

    /// <summary>Devices exposed so far.</summary>
    public required int Exposed { get; init; }

    /// <summary>Devices it is about.</summary>
    public required int Targets { get; init; }

    /// <summary>Its stages.</summary>
    public required IReadOnlyList<StageView> Stages { get; init; }

    /// <summary>Devices not exposed yet.</summary>
    public required IReadOnlyList<DeviceId> Control { get; init; }

    /// <summary>What the gate said last.</summary>
    public GateFinding? Gate { get; init; }

    /// <summary>What happened, the oldest first; null in lists.</summary>
    public IReadOnlyList<RolloutStep>? History { get; init; }
}

/// <summary>What some of the devices ran before.</summary>
public sealed record PreviousView(ModelId Digest, string Version, int Devices);

/// <summary>One stage.</summary>
public sealed record StageView
{
    /// <summary>Its number, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Share of the devices.</summary>
    public required double Percent { get; init; }

    /// <summary><c>waiting active passed failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Devices it may expose, those of earlier stages included.</summary>
    public required int Quota { get; init; }

    /// <summary>When it began.</summary>
    public long? StartedUnixMs { get; init; }

    /// <summary>When its gate passed.</summary>
    public long? PassedUnixMs { get; init; }

    /// <summary>Devices it exposed; null in lists.</summary>
    public IReadOnlyList<TargetView>? Devices { get; init; }
}

/// <summary>One device of a stage.</summary>
public sealed record TargetView
{
    /// <summary>The device.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>How far it got.</summary>
    public required TargetState State { get; init; }

    /// <summary>Share of the bytes fetched while downloading, 0 to 100.</summary>
    public double? Percent { get; init; }

    /// <summary>Why it refused or undid the package.</summary>
    public string? Reason { get; init; }

    /// <summary>Generation of its order.</summary>
    public required long Generation { get; init; }

    /// <summary>What it ran before.</summary>
    public PackageLabel? From { get; init; }

    /// <summary>Its own state.</summary>
    public required string Connection { get; init; }
}
