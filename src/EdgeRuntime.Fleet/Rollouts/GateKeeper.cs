using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Gathers evidence for the rollouts that soak, lets the gate judge it, and stores what it came to. Belongs to the fleet's thread.</summary>
internal sealed class GateKeeper(Database database, RolloutStore store, PackageShelf shelf)
{
    // How often a gate looks: at news soon, for a large stage sends many windows a second; without, because time alone
    // may decide. And how often waiting is stored.
    private const long LookAtNewsEveryMs = 250;
    private const long LookEveryMs = 1000;
    private const long StoreWaitingEveryMs = 10_000;

    private readonly Dictionary<string, Watch> _watches = [];

    /// <summary>A window of a device that a rollout concerns arrived.</summary>
    public void OnWindow(Rollout rollout, DeviceId device, ReceivedWindow window)
    {
        if (_watches.TryGetValue(rollout.Id, out Watch? watch))
        {
            watch.Evidence.Add(device, window);
            watch.HasNews = true;
        }
    }

    /// <summary>Looks at a rollout that soaks.</summary>
    /// <returns>What the gate says; null when it looked only just now and nothing arrived since.</returns>
    public GateFinding? Look(Rollout rollout, long nowMs)
    {
        if (rollout.State is not RolloutState.Soaking state || shelf.Find(rollout.Package.Digest) is not StoredPackage package)
        {
            return null;
        }

        Watch watch = WatchOf(rollout);
        if (nowMs - watch.LookedMs < (watch.HasNews ? LookAtNewsEveryMs : LookEveryMs))
        {
            return null;
        }

        foreach (DeviceId device in GateDevices.Of(rollout, state.Stage).All)
        {
            if (!watch.Evidence.Knows(device))
            {
                const int Most = EvidenceStore.MaxBefore + EvidenceStore.MaxSince;
                long since = rollout.CreatedMs - EvidenceStore.LookbackMs;
                watch.Evidence.Begin(device, WindowStore.Since(database, device, rollout.Model, since, Most), rollout.CreatedMs);
            }
        }

        GateEvidence evidence = watch.Evidence.Gather(rollout, state, package, Olds(rollout), nowMs);
        GateFinding finding = Gate.Judge(evidence);
        bool decides = finding.Verdict is GateVerdict.Pass or GateVerdict.Fail;
        if (decides || finding.Stage != watch.Finding?.Stage || nowMs - watch.StoredMs >= StoreWaitingEveryMs)
        {
            store.AddEvaluation(rollout.Id, evidence, finding);
            watch.StoredMs = nowMs;
        }

        watch.Finding = finding;
        watch.HasNews = false;
        watch.LookedMs = nowMs;
        return finding;
    }

    /// <summary>The newest finding about a rollout; null before the first.</summary>
    public GateFinding? Finding(Rollout rollout)
    {
        if (_watches.TryGetValue(rollout.Id, out Watch? watch) && watch.Finding is not null)
        {
            return watch.Finding;
        }

        List<(GateEvidence Evidence, GateFinding Finding)> stored = store.Evaluations(rollout.Id, 1);
        return stored.Count > 0 ? stored[0].Finding : null;
    }

    /// <summary>A rollout ended; its windows are no longer needed.</summary>
    public void End(string rollout) => _watches.Remove(rollout);

    /// <summary>Forgets everything in memory; it is read again from the database when needed.</summary>
    public void Forget() => _watches.Clear();

    private Dictionary<ModelId, StoredPackage> Olds(Rollout rollout)
    {
        Dictionary<ModelId, StoredPackage> olds = [];
        foreach (RolloutTarget target in rollout.Targets)
        {
            if (target.From is { } from && !olds.ContainsKey(from.Digest) && shelf.Find(from.Digest) is StoredPackage package)
            {
                olds[from.Digest] = package;
            }
        }

        return olds;
    }

    private Watch WatchOf(Rollout rollout)
    {
        if (!_watches.TryGetValue(rollout.Id, out Watch? watch))
        {
            watch = new Watch();
            _watches[rollout.Id] = watch;
        }

        return watch;
    }

    private sealed class Watch
    {
        public EvidenceStore Evidence { get; } = new();

        public GateFinding? Finding { get; set; }

        public bool HasNews { get; set; } = true;

        public long LookedMs { get; set; }

        public long StoredMs { get; set; }
    }
}
