using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Windows of the devices one rollout compares, kept in memory while it runs and read back from the database after a restart.</summary>
/// <remarks>
/// Bounded: at most three groups of <see cref="GateEvidence.MaxDevices"/> devices, each with <see cref="MaxBefore"/>
/// windows from before the rollout and <see cref="MaxSince"/> since; the oldest of each go first.
/// </remarks>
public sealed class EvidenceStore
{
    /// <summary>How far back before the rollout's beginning windows count, milliseconds: 15 minutes.</summary>
    public const long LookbackMs = 15 * 60_000;

    /// <summary>Windows kept of one device from before the rollout.</summary>
    public const int MaxBefore = 180;

    /// <summary>Windows kept of one device since the rollout began.</summary>
    public const int MaxSince = 360;

    private const int MaxRegimes = 40;

    private readonly Dictionary<DeviceId, DeviceWindows> _devices = [];

    /// <summary>True when the device's windows are already here.</summary>
    public bool Knows(DeviceId device) => _devices.ContainsKey(device);

    /// <summary>Begins to keep a device's windows.</summary>
    /// <param name="known">What is stored of it since <see cref="LookbackMs"/> before the rollout, oldest first.</param>
    public void Begin(DeviceId device, IEnumerable<ReceivedWindow> known, long rolloutMs)
    {
        DeviceWindows windows = new(rolloutMs);
        foreach (ReceivedWindow window in known)
        {
            windows.Add(window);
        }

        _devices[device] = windows;
    }

    /// <summary>Takes one window, if its device is compared.</summary>
    public void Add(DeviceId device, ReceivedWindow window)
    {
        if (_devices.TryGetValue(device, out DeviceWindows? windows))
        {
            windows.Add(window);
        }
    }

    /// <summary>Gathers the evidence on the stage a rollout soaks in.</summary>
    /// <param name="package">The new package.</param>
    /// <param name="olds">Packages the devices ran before, by digest, as far as they are known.</param>
    public GateEvidence Gather(
        Rollout rollout, RolloutState.Soaking state, StoredPackage package, IReadOnlyDictionary<ModelId, StoredPackage> olds,
        long nowMs)
    {
        GateDevices groups = GateDevices.Of(rollout, state.Stage);
        long? switched = FirstUnder(package.Digest, groups.Canary);
        InputAxes axes = new(package, olds);
        return new GateEvidence
        {
            AtMs = nowMs,
            Stage = state.Stage,
            SoakSinceMs = state.SinceMs,
            Limits = rollout.Plan.Gate,
            Version = package.Version,
            IsClassification = package.Model?.Output.HasLabels() ?? false,
            WithoutWindows = package.Model is null,
            EffectiveShare = package.EffectiveShare,
            RegimeLabels = axes.Labels,
            FailedInstalls = rollout.Targets.Count(target => target is { Stage: not null, Failed: true }),
            ToleratedInstalls = rollout.Plan.Gate.MaxFailedInstalls + rollout.AcceptedFailures,
            Canary = [.. groups.Canary.Select(target => ByPackage(target, package.Digest, axes))],
            Earlier = [.. groups.Earlier.Select(target => ByTime(target, package.Digest, package.Digest, switched, axes))],
            Control = [.. groups.Control.Select(target => ByTime(target, target.From?.Digest, package.Digest, switched, axes))],
        };
    }

    private long? FirstUnder(ModelId package, IReadOnlyList<RolloutTarget> targets)
    {
        long? first = null;
        foreach (RolloutTarget target in targets)
        {
            foreach (ReceivedWindow window in Windows(target.Device))
            {
                if (window.Message.Digest == package)
                {
                    first = Math.Min(first ?? long.MaxValue, window.StartMs);
                }
            }
        }

        return first;
    }

    private DeviceEvidence ByPackage(RolloutTarget target, ModelId package, InputAxes axes) => Evidence(
        target, package, axes,
        before: window => window.Message.Digest == target.From?.Digest,
        after: window => window.Message.Digest == package);

    // A window that lies on both sides of the moment tells of neither.
    private DeviceEvidence ByTime(RolloutTarget target, ModelId? constant, ModelId package, long? switched, InputAxes axes) => Evidence(
        target, package, axes,
        before: window => window.Message.Digest == constant && window.EndMs < (switched ?? long.MaxValue),
        after: window => window.Message.Digest == constant && window.StartMs >= (switched ?? long.MaxValue));

    private DeviceEvidence Evidence(
        RolloutTarget target, ModelId package, InputAxes axes, Func<ReceivedWindow, bool> before, Func<ReceivedWindow, bool> after)
    {
        WindowTally tallyBefore = new();
        WindowTally tallyAfter = new();
        List<InputRegime> old = [];
        List<InputRegime> made = [];
        foreach (ReceivedWindow window in Windows(target.Device))
        {
            if (before(window))
            {
                tallyBefore.Add(window.Message, window.Drifting);
            }
            else if (after(window))
            {
                tallyAfter.Add(window.Message, window.Drifting);
            }

            bool isNew = window.Message.Digest == package;
            if ((isNew || window.Message.Digest == target.From?.Digest) && axes.Place(window.Message) is InputRegime regime)
            {
                (isNew ? made : old).Add(regime);
            }
        }

        return new DeviceEvidence
        {
            Device = target.Device,
            Before = tallyBefore.ToSum(),
            After = tallyAfter.ToSum(),
            Old = Thinned(old),
            New = Thinned(made),
        };
    }

    private IEnumerable<ReceivedWindow> Windows(DeviceId device) =>
        _devices.TryGetValue(device, out DeviceWindows? windows) ? windows.All : [];

    // Evenly over time, the newest always among them.
    private static List<InputRegime> Thinned(List<InputRegime> regimes)
    {
        if (regimes.Count <= MaxRegimes)
        {
            return regimes;
        }

        List<InputRegime> kept = [];
        for (int i = 1; i <= MaxRegimes; i++)
        {
            kept.Add(regimes[(int)((long)i * regimes.Count / MaxRegimes) - 1]);
        }

        return kept;
    }

    private sealed class DeviceWindows(long rolloutMs)
    {
        private readonly Queue<ReceivedWindow> _before = new();
        private readonly Queue<ReceivedWindow> _since = new();

        public IEnumerable<ReceivedWindow> All => _before.Concat(_since);

        public void Add(ReceivedWindow window)
        {
            (Queue<ReceivedWindow> queue, int most) = window.EndMs < rolloutMs ? (_before, MaxBefore) : (_since, MaxSince);
            queue.Enqueue(window);
            if (queue.Count > most)
            {
                queue.Dequeue();
            }
        }
    }
}

/// <summary>The devices a stage's gate looks at, by the part they play.</summary>
internal sealed record GateDevices(
    IReadOnlyList<RolloutTarget> Canary, IReadOnlyList<RolloutTarget> Earlier, IReadOnlyList<RolloutTarget> Control)
{
    public static GateDevices Of(Rollout rollout, int stage) => new(
        [.. rollout.Targets.Where(t => t.Stage == stage && t.State == TargetState.Committed).Take(GateEvidence.MaxDevices)],
        [.. rollout.Targets.Where(t => t.Stage < stage && t.State == TargetState.Committed).Take(GateEvidence.MaxDevices)],
        // From the far end: they stay control for the longest.
        [.. rollout.Targets.Where(t => t.Stage is null && t.Online && t.From is not null).Reverse().Take(GateEvidence.MaxDevices)]);

    public IEnumerable<DeviceId> All => Canary.Concat(Earlier).Concat(Control).Select(target => target.Device);
}
