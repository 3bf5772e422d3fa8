using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>
/// Turns what devices say into events of the rollouts, and what the rollouts want into orders. Belongs to the fleet's
/// thread; everything it writes is within the caller's transaction, so state and orders become durable together.
/// </summary>
internal sealed class RolloutDriver
{
    /// <summary>Ended rollouts kept in memory, for devices that return late and for the page.</summary>
    public const int EndedKept = 50;

    // A device's report that an update failed may overtake the message that says why. The reason is worth two seconds.
    private const long FailureGraceMs = 2000;

    private readonly RolloutStore _store;
    private readonly DeviceRegistry _devices;
    private readonly PackageShelf _shelf;
    private readonly OrderBook _orders;
    private readonly GateKeeper _gates;
    private readonly Random _random;
    private readonly List<Rollout> _rollouts = [];
    private readonly Dictionary<(string Rollout, DeviceId Device), double> _progress = [];
    private readonly Dictionary<(string Rollout, DeviceId Device), (RolloutEvent Event, long DueMs)> _failures = [];
    private readonly HashSet<string> _changed = [];
    private readonly HashSet<DeviceId> _ordered = [];
    private readonly List<(Rollout Rollout, RolloutStep Step)> _steps = [];

    public RolloutDriver(
        RolloutStore store, DeviceRegistry devices, PackageShelf shelf, OrderBook orders, GateKeeper gates, Random random)
    {
        _store = store;
        _devices = devices;
        _shelf = shelf;
        _orders = orders;
        _gates = gates;
        _random = random;
        Load();
    }

    /// <summary>Rollouts in memory, the newest first.</summary>
    public IReadOnlyList<Rollout> All => _rollouts;

    /// <summary>Finds a rollout, or null.</summary>
    public Rollout? Find(string id) => _rollouts.FirstOrDefault(rollout => rollout.Id == id);

    /// <summary>Share of the bytes a device has fetched, 0 to 100; null when it is not downloading.</summary>
    public double? Progress(string rollout, DeviceId device) =>
        _progress.TryGetValue((rollout, device), out double percent) ? percent : null;

    /// <summary>Begins a rollout.</summary>
    /// <exception cref="RolloutRefusedException">It cannot begin.</exception>
    public Rollout Start(StartRollout request, long nowMs)
    {
        StoredPackage package = _shelf.Find(request.Package)
            ?? throw new RolloutRefusedException([$"package: '{request.Package}' is not here; push it first, or name another (digest or name@version)."], conflict: false);
        Rollout? active = _rollouts.FirstOrDefault(rollout => rollout.Model == package.Name && rollout.State.IsActive);
        if (active is not null)
        {
            throw new RolloutRefusedException(
                [$"The model {package.Name} has an active rollout ({active.Id}); abort it, or wait for its end."], conflict: true);
        }

        Rollout rollout = RolloutBuilder.Build(request, package, _devices, _shelf, _orders.Objection, _random, nowMs);
        _rollouts.Insert(0, rollout);
        Record(null, rollout, null, nowMs);
        Apply(rollout.Id, new RolloutEvent.Ticked { AtMs = nowMs });
        return Find(rollout.Id)!;
    }

    /// <summary>Applies an operator's wish.</summary>
    /// <exception cref="RolloutRefusedException">The rollout is in no state for it.</exception>
    public Rollout Ask(string id, RolloutEvent wish)
    {
        Rollout before = Find(id)!;
        Apply(id, wish);
        Rollout after = Find(id)!;
        return ReferenceEquals(before, after)
            ? throw new RolloutRefusedException([Refusal(before, wish)], conflict: true)
            : after;
    }

    /// <summary>A device came or went.</summary>
    public void OnPresence(DeviceEntry device, long nowMs)
    {
        foreach (Rollout rollout in Concerned(device.Id))
        {
            Apply(rollout.Id, new RolloutEvent.PresenceChanged(device.Id, device.IsOnline) { AtMs = nowMs });
        }
    }

    /// <summary>A device told what it runs.</summary>
    public void OnReported(DeviceEntry device, ReportedMessage reported, long nowMs)
    {
        foreach (ReportedModel model in reported.Models)
        {
            foreach (Rollout rollout in _rollouts.Where(rollout => rollout.Model == model.Name).ToArray())
            {
                if (rollout.State.IsRunning && rollout.Target(device.Id) is null && CanReturn(model.Active) && _orders.Objection(device) is null)
                {
                    Apply(rollout.Id, new RolloutEvent.DeviceJoined(device.Id, model.Active, device.IsOnline) { AtMs = nowMs });
                }

                RolloutEvent.DeviceReported told = new(device.Id, model.Active?.Digest, reported.Generation, model.Phase) { AtMs = nowMs };
                _failures.Remove((rollout.Id, device.Id));
                if (model.Phase is UpdateState.Rejected or UpdateState.Undone)
                {
                    _failures[(rollout.Id, device.Id)] = (told, nowMs + FailureGraceMs);
                }
                else
                {
                    Apply(rollout.Id, told);
                }
            }
        }
    }

    /// <summary>A device told of a step of an update.</summary>
    public void OnUpdate(DeviceEntry device, UpdateMessage update, long nowMs)
    {
        foreach (Rollout rollout in Concerned(device.Id).Where(rollout => rollout.Model == update.Model))
        {
            if (update is { State: UpdateState.Downloading, Percent: double percent } && update.Digest == rollout.Package.Digest)
            {
                _progress[(rollout.Id, device.Id)] = percent;
                _changed.Add(rollout.Id);
            }
            else
            {
                _progress.Remove((rollout.Id, device.Id));
            }

            Apply(rollout.Id, new RolloutEvent.UpdateStepped(
                device.Id, update.Digest, update.Generation, update.State, update.Reason) { AtMs = nowMs });
        }
    }

    /// <summary>A window of a device arrived and is stored.</summary>
    public void OnWindow(DeviceEntry device, ReceivedWindow window)
    {
        foreach (Rollout rollout in Concerned(device.Id).Where(rollout => rollout.Model == window.Message.Model))
        {
            _gates.OnWindow(rollout, device.Id, window);
        }
    }

    /// <summary>Time passed: late failures, time-outs, gates.</summary>
    public void Tick(long nowMs)
    {
        foreach (((string id, DeviceId device), (RolloutEvent told, long dueMs)) in _failures.ToArray())
        {
            if (nowMs >= dueMs)
            {
                _failures.Remove((id, device));
                Apply(id, told with { AtMs = nowMs });
            }
        }

        foreach (Rollout rollout in _rollouts.Where(rollout => rollout.State.IsRunning).ToArray())
        {
            Apply(rollout.Id, new RolloutEvent.Ticked { AtMs = nowMs });
        }

        Judge(nowMs);
    }

    /// <summary>Lets every gate look that has something new to see.</summary>
    public void Judge(long nowMs)
    {
        foreach (Rollout rollout in _rollouts.ToArray())
        {
            if (rollout.State is RolloutState.Soaking && _gates.Look(rollout, nowMs) is GateFinding finding)
            {
                _changed.Add(rollout.Id);
                Apply(rollout.Id, new RolloutEvent.GateJudged(finding.Stage, finding.Verdict, finding.Summary) { AtMs = nowMs });
            }
        }
    }

    /// <summary>Rollouts that changed since the last call.</summary>
    public IReadOnlyList<Rollout> TakeChanged()
    {
        Rollout[] changed = [.. _rollouts.Where(rollout => _changed.Contains(rollout.Id))];
        _changed.Clear();
        return changed;
    }

    /// <summary>Devices with a new order since the last call; to be published once it is durable.</summary>
    public IReadOnlyList<DeviceId> TakeOrdered()
    {
        DeviceId[] ordered = [.. _ordered];
        _ordered.Clear();
        return ordered;
    }

    /// <summary>Steps of the rollouts themselves since the last call.</summary>
    public IReadOnlyList<(Rollout Rollout, RolloutStep Step)> TakeSteps()
    {
        (Rollout, RolloutStep)[] steps = [.. _steps];
        _steps.Clear();
        return steps;
    }

    /// <summary>Reads everything again from the database; for the start, and for after a failed commit.</summary>
    public void Load()
    {
        _rollouts.Clear();
        _rollouts.AddRange(_store.Load(EndedKept));
        _failures.Clear();
        _changed.Clear();
        _ordered.Clear();
        _steps.Clear();
        _gates.Forget();
    }

    // An order that is never executed cannot hurt; one that cannot be taken back can.
    private bool CanReturn(PackageLabel? active) => active is null || _shelf.Find(active.Digest) is not null;

    private Rollout[] Concerned(DeviceId device) => [.. _rollouts.Where(rollout => rollout.Target(device) is not null)];

    private void Apply(string id, RolloutEvent happened)
    {
        int at = _rollouts.FindIndex(rollout => rollout.Id == id);
        for (RolloutEvent? next = happened; next is not null; next = IssueOrders(_rollouts[at], happened.AtMs))
        {
            Rollout before = _rollouts[at];
            Rollout after = Rollout.Next(before, next);
            if (!ReferenceEquals(before, after))
            {
                _rollouts[at] = after;
                Record(before, after, next, happened.AtMs);
            }
        }
    }

    // Null when every device has the order it should have.
    private RolloutEvent.OrdersIssued? IssueOrders(Rollout rollout, long nowMs)
    {
        List<IssuedOrder> issued = [];
        foreach (RolloutTarget target in rollout.Targets)
        {
            TargetOrder wanted = rollout.Wanted(target);
            if (wanted == target.Order || wanted == TargetOrder.None)
            {
                continue;
            }

            bool revert = wanted == TargetOrder.Old;
            ModelId? package = revert ? target.From?.Digest : rollout.Package.Digest;
            long accepted = _devices.Find(target.Device)?.Reported?.Generation ?? 0;
            long generation = _orders.Issue(target.Device, rollout.Model, package, revert, rollout.Id, accepted, nowMs);
            _ordered.Add(target.Device);
            issued.Add(new IssuedOrder(target.Device, wanted, generation));
        }

        return issued.Count > 0 ? new RolloutEvent.OrdersIssued(issued) { AtMs = nowMs } : null;
    }

    private void Record(Rollout? before, Rollout after, RolloutEvent? happened, long nowMs)
    {
        _store.Save(before, after, nowMs);
        _changed.Add(after.Id);
        foreach (RolloutStep step in RolloutStep.Between(before, after, happened, nowMs))
        {
            _store.AddStep(after.Id, step);
            if (step.Device is null)
            {
                _steps.Add((after, step));
            }
        }

        if (!after.State.IsActive)
        {
            _gates.End(after.Id);
        }
    }

    private static string Refusal(Rollout rollout, RolloutEvent wish) => wish is RolloutEvent.ResumeAsked
        ? $"Only a halted rollout can be resumed, and {rollout.Id} is not halted."
        : rollout.State.IsActive
            ? $"The rollout {rollout.Id} is being reverted already."
            : $"The rollout {rollout.Id} has ended; start another to change the devices.";
}
