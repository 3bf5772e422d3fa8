using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>
/// One package on its way to a fleet. Immutable: <see cref="Next"/> is the only thing that moves it, and it is pure, so
/// that a rollout can be replayed from its events and continued by another process from what was stored.
/// </summary>
/// <remarks>
/// <para>
/// It never orders anything itself. <see cref="Wanted"/> says what each device should have been ordered; the driver
/// issues what is missing, stores rollout and order in one transaction, and only then publishes.
/// </para>
/// <para>
/// What holds in every state, whatever happens in whatever order: no more devices are exposed than the stage allows;
/// devices that joined later are exposed by the last stage only; once reverting, nothing is ever ordered forward again.
/// </para>
/// </remarks>
public sealed record Rollout
{
    /// <summary>Name of the rollout, and of the deployment its orders carry: 1 to 63 of <c>a-z 0-9 -</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Kind of the package, as manifests write it; null for a model.</summary>
    public string? Kind { get; init; }

    /// <summary>The new package.</summary>
    public required PackageLabel Package { get; init; }

    /// <summary>How it is to go.</summary>
    public required RolloutPlan Plan { get; init; }

    /// <summary>When it began, UTC milliseconds.</summary>
    public required long CreatedMs { get; init; }

    /// <summary>Where it stands.</summary>
    public required RolloutState State { get; init; }

    /// <summary>Failed installs a person accepted by resuming.</summary>
    public int AcceptedFailures { get; init; }

    /// <summary>
    /// The devices, in the order in which stages expose them; those that joined later at the end. At least one.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<RolloutTarget> Targets { get; init; } = [];

    /// <summary>Devices a stage may expose, those of earlier stages included, those that joined later not counted.</summary>
    public int Quota(int stage)
    {
        int began = 0;
        int chosen = 0;
        foreach (RolloutTarget target in Targets)
        {
            began += target.Joined ? 0 : 1;
            chosen += !target.Joined && IsChosen(target) ? 1 : 0;
        }

        return Plan.Quota(stage, began, chosen);
    }

    /// <summary>True when no stage follows <paramref name="stage"/>.</summary>
    public bool IsLast(int stage) => stage == Plan.Stages.Count - 1;

    /// <summary>True when a person named the device as canary.</summary>
    public bool IsChosen(RolloutTarget target) => Plan.Canary.Contains(target.Device.ToString());

    /// <summary>True when a device can be taken back: to what it ran before, or to none where it can do without.</summary>
    public bool CanReturn(RolloutTarget target) => target.From is not null || Kind is PackageManifest.ConfigurationKind or PackageManifest.RuntimeKind;

    /// <summary>The order a device should have been given by now.</summary>
    public TargetOrder Wanted(RolloutTarget target) => State switch
    {
        _ when target.Stage is null => TargetOrder.None,
        RolloutState.Reverting or RolloutState.Reverted => CanReturn(target) ? TargetOrder.Old : target.Order,

        // Whoever keeps wants everything left alone, an order that was not issued yet included.
        RolloutState.Kept => target.Order,
        _ => TargetOrder.New,
    };

    /// <summary>Applies one event. Pure: no clock, no disk, no network.</summary>
    /// <returns>The rollout after it; the same instance when the event means nothing.</returns>
    public static Rollout Next(Rollout rollout, RolloutEvent happened) =>
        RolloutRules.Settle(RolloutRules.Apply(rollout, happened), happened.AtMs);

    /// <summary>The target of a device, or null.</summary>
    public RolloutTarget? Target(DeviceId device)
    {
        int index = IndexOf(device);
        return index < 0 ? null : Targets[index];
    }

    internal int IndexOf(DeviceId device)
    {
        for (int i = 0; i < Targets.Count; i++)
        {
            if (Targets[i].Device == device)
            {
                return i;
            }
        }

        return -1;
    }

    internal Rollout With(int index, RolloutTarget target)
    {
        if (target == Targets[index])
        {
            return this;
        }

        RolloutTarget[] targets = [.. Targets];
        targets[index] = target;
        return this with { Targets = targets };
    }
}
