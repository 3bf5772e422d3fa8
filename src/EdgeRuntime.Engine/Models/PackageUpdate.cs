using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>The part of an <see cref="UpdateAgent"/> that concerns one line of packages.</summary>
/// <remarks>
/// <see cref="Activation.Next"/> decides; <see cref="RememberedState"/> makes the decision durable; <see cref="Pump"/>
/// then looks at the state and does what it calls for, so that a start, an event and an undo all take one way.
/// </remarks>
internal sealed class PackageUpdate : IDisposable
{
    private const int LongestReason = 400;

    private readonly AgentParts _parts;
    private readonly PackageSite _site;
    private readonly SlotStore _store;
    private readonly RememberedState _state;
    private readonly ServedPackages _served;
    private readonly UpdateNews _news;
    private readonly PackageDownload _download;
    private readonly ConfiguredPackage _configured;
    private readonly PackageChecks _checks;
    private readonly PackageTrial _trial;
    private readonly MemoryFallback _memory;

    /// <summary>Opens the store of one line.</summary>
    public PackageUpdate(AgentParts parts, PackageLine line)
    {
        _parts = parts;
        _site = line.Site;
        _store = SlotStore.Open(parts.Disk, Name);
        _news = new UpdateNews(Name, parts.Events, parts.Time);
        _state = new RememberedState(_store, _news, parts.Time);
        _served = new ServedPackages(Name, parts.Events);
        _download = new PackageDownload(parts, _site, _store, _news);
        _configured = new ConfiguredPackage(line, parts.Verification);
        _checks = new PackageChecks(parts, _site, _store);
        _memory = new MemoryFallback(_configured, _checks, _served, _news);
        _trial = new PackageTrial(_site, _news, parts.Time);
    }

    public string Name => _site.Name;

    public LineState State => _state.Current;

    /// <summary>Whether it has something to go back to from the package that it trusts.</summary>
    public bool CanGoBack => State.Active is not null && (State.Previous is not null || _site.StandsAlone);

    /// <summary>Generation of the order that brought the package that it trusts, where that was the last to end; else 0.</summary>
    public long CommittedBy => State.Last is Outcome.Committed last ? last.Generation : 0;

    /// <summary>A check of the package that answers, to load it once more; null where none does, or no slot holds it.</summary>
    public VerificationJob? Copy() => _served.Answering is LoadedPackage answering ? _checks.CopyOf(State, answering.Digest) : null;

    /// <summary>True when exactly these bytes are in a slot, or were accepted to be fetched.</summary>
    public bool Holds(PackageReference package) =>
        new[] { State.A?.ArchiveSha256, State.B?.ArchiveSha256, State.Phase.Pending?.ArchiveSha256 }.Contains(package.ArchiveSha256);

    /// <param name="crashLoop">Why this line's package may be what ends the process again and again, or null.</param>
    public void Start(string? crashLoop = null)
    {
        if (_store.Damage is { } damage)
        {
            _news.Notice(EventSeverity.Error, damage);
        }

        foreach (Outcome untold in State.Untold)
        {
            _news.End(untold);
        }

        if (_site is RuntimeSite runtime)
        {
            runtime.Begin(() => State, Apply, _store.IncomingIsHere, _news);
            _served.Begin(runtime.Running, State, _store.IsUsable);
        }
        else
        {
            Apply(new ActivationEvent.Restarted(_store.IncomingIsHere));
        }

        if (crashLoop is not null)
        {
            Apply(new ActivationEvent.CrashLooped(crashLoop, _site.StandsAlone));
        }

        ClearStrayIncoming();
        OfferConfigured();
        Pump();
    }

    public void OnDesired(DesiredState desired, PackageReference? package)
    {
        if (package is null && desired.Without?.Contains(Name) == true && _site.StandsAlone)
        {
            Apply(new ActivationEvent.OrderedNone(desired.Generation, desired.Deployment));
            Pump();
            return;
        }

        if (package is null)
        {
            Apply(new ActivationEvent.NotNamed(desired.Generation, desired.Deployment));
            return;
        }

        LineState next = Activation.Next(State, new ActivationEvent.Ordered(UpdateOrder.Of(desired, package)));
        if (ReferenceEquals(next, State))
        {
            return;
        }

        bool newBytes = next.Phase is Activation.Downloading started
            && !(State.Phase is Activation.Downloading going && going.Order.WantsSameBytes(started.Order));
        Adopt(newBytes && _download.Prepare(package) is { } failed ? Activation.Next(next, failed) : next);
        Pump();
    }

    public void OnChunk(string transfer, long offset, ReadOnlySpan<byte> bytes)
    {
        if (_download.Take(transfer, offset, bytes))
        {
            Pump();
        }
    }

    public void OnCarrierFailed(string transfer, string reason, bool isGone)
    {
        if (_download.OnCarrierFailed(transfer, reason, isGone))
        {
            Pump();
        }
    }

    public void OnLink(bool connected) => _download.OnLink(connected);

    public void OnVerified(VerificationJob job)
    {
        if (!_checks.Take(job))
        {
            return;
        }

        switch (job.Purpose)
        {
            case JobPurpose.Active:
                OnActiveChecked(job);
                break;
            case JobPurpose.Candidate:
                OnCandidateChecked(job);
                break;
            default:
                _memory.OnChecked(job);
                break;
        }

        Pump();
    }

    public void OnActivated(ModelId digest)
    {
        if (!_served.OnAnswering(digest))
        {
            return;
        }

        if (State.Phase is Activation.Switching && State.Spare?.Digest == digest)
        {
            _trial.Begin();
            Apply(new ActivationEvent.SwitchedOver());
        }

        _parts.Events.OnReportedChanged();
        Pump();
    }

    public void OnActivationFailed(ModelId digest, string reason)
    {
        if (State.Phase is Activation.Switching && State.Spare?.Digest == digest)
        {
            Fail(reason, packageAtFault: true);
        }
        else if (State.Active is { } active && active.Digest == digest)
        {
            LoseActive(active.Version, $"cannot be used: {reason}");
        }

        Pump();
    }

    public void OnSoakVerdict(ModelId digest, SoakVerdict verdict, ShadowCounts? beside) => Take(_trial.OnSoak(State, digest, verdict, beside));

    public void OnShadowVerdict(ModelId digest, SoakVerdict verdict, ShadowCounts counts) => Take(_trial.OnShadow(State, digest, verdict, counts));

    public void OnTold(Outcome end) => Apply(new ActivationEvent.Told(end));

    public string Undo(out bool done)
    {
        LineState before = State;
        Apply(new ActivationEvent.UndoAsked("the package before was asked for", _site.StandsAlone));
        done = !ReferenceEquals(before, State);
        Pump();
        return LineReport.OfUndo(Name, State, done);
    }

    public void Tick()
    {
        if (_state.SaveAgain())
        {
            Pump();
        }

        if (_trial.Overdue(State, _served.TrialLimit) is string overdue)
        {
            Fail(overdue);
            Pump();
        }

        if (_download.Step())
        {
            Pump();
        }

        _download.Ask();
        if (State.Phase is Activation.Downloading p)
        {
            _download.TellProgress(p.Order);
        }
    }

    public ReportedModel Report() => LineReport.Of(_site, State, _served.Answering);

    public void Dispose()
    {
        _download.Dispose();
        _served.Dispose();
    }

    /// <summary>Does what the state calls for, until it waits for something.</summary>
    private void Pump()
    {
        LineState? before = null;
        while (!ReferenceEquals(before, State))
        {
            before = State;

            // Another program begins with what the disk says: it must not take up again what this one has told the end of.
            if (!(_site is RuntimeSite && _state.IsUnsaved))
            {
                _served.Serve(State);
            }

            if (_checks.IsBusy)
            {
                break;
            }

            if (State.Active is { } active && !_served.HasTrusted(active.Digest))
            {
                // Before any candidate: a device that answers comes first.
                _checks.BeginActive(State, active);
            }
            else if (State.Phase is Activation.Steady or Activation.Downloading && !_served.HasAny && !_memory.IsTried && !_site.StandsAlone)
            {
                // While an order is fetched too, which took the place of the configured package: who has it may be away for days.
                _memory.Begin();
            }
            else if (State.Phase is Activation.Downloading downloading)
            {
                Fetch(downloading.Order);
            }
            else if (State.Phase is Activation.Verifying verifying)
            {
                _checks.BeginCandidate(State, verifying);
            }
            else if (State.Phase is Activation.Installing installing)
            {
                Install(installing.Package);
            }
        }

        _download.Ask();
    }

    private void Fetch(UpdateOrder order)
    {
        if (!_download.IsOpen && !_download.TryResume(order))
        {
            Fail("the hashes of its chunks were lost with the last power failure; order it again");
        }
        else if (_download.Failure is { } failure)
        {
            Fail(failure);
        }
        else if (_download.IsComplete)
        {
            Apply(new ActivationEvent.Fetched());
        }
    }

    private void OnActiveChecked(VerificationJob job)
    {
        if (job.Expected != State.Active?.Digest)
        {
            job.Loaded?.Dispose();
        }
        else if (job.Loaded is { } loaded)
        {
            _served.Trust(loaded);
        }
        else
        {
            LoseActive(State.Active.Version, $"cannot be loaded: {job.Refusal}");
        }
    }

    private void LoseActive(string version, string why)
    {
        Apply(new ActivationEvent.ActiveUnusable());
        string instead = State.Active is { } previous
            ? $"{previous.Version} takes its place"
            : "no package is left in the slots";
        _news.Notice(EventSeverity.Error, $"the active package {version} {why}; {instead}");
        OfferConfigured();
    }

    private void OnCandidateChecked(VerificationJob job)
    {
        // The order may have changed while the job ran; what it found is then about something nobody wants any more.
        if (State.Phase is not Activation.Verifying checking || !job.IsAbout(checking.Order))
        {
            job.Loaded?.Dispose();
        }
        else if (job.Loaded is { } loaded)
        {
            _served.Try(loaded);
            Apply(new ActivationEvent.Verified(job.Stored(loaded.Manifest), loaded.Shadows));
        }
        else
        {
            Fail(job.Refusal ?? "it was not loaded", job.PackageAtFault);
        }
    }

    private void Install(StoredPackage package)
    {
        try
        {
            _store.Install(package);
            Apply(new ActivationEvent.Installed());
        }
        catch (IOException failed)
        {
            Fail($"the disk does not take the package: {failed.Message}");
        }
    }

    /// <summary>Puts the configured package on its way where <see cref="Activation.Next"/> wants it.</summary>
    private void OfferConfigured()
    {
        ActivationEvent.Configured? offered = _configured.Offer(State, out byte[]? archive);
        if (_configured.Objection is { } objection)
        {
            _news.Notice(State.Active is null ? EventSeverity.Error : EventSeverity.Warning, objection);
        }

        LineState next = offered is null ? State : Activation.Next(State, offered);
        if (ReferenceEquals(next, State))
        {
            return;
        }

        try
        {
            _download.Close();
            _store.Place(archive!);
            Adopt(next);
        }
        catch (IOException failed)
        {
            _news.Notice(EventSeverity.Warning, $"the configured package is not installed: {failed.Message}");
        }
    }

    private void Fail(string reason, bool packageAtFault = false)
    {
        // A reason is remembered in the pointer file and sent; a loader's message may be pages long.
        string kept = reason.Length <= LongestReason ? reason : $"{reason.AsSpan(0, LongestReason - 1)}…";
        Apply(new ActivationEvent.Failed(kept, packageAtFault));
    }

    private void Take(ActivationEvent? verdict)
    {
        if (verdict is not null)
        {
            Apply(verdict);
            Pump();
        }
    }

    private void Apply(ActivationEvent happened)
    {
        LineState next = Activation.Next(State, happened);
        if (!ReferenceEquals(next, State))
        {
            Adopt(next);
        }
    }

    private void Adopt(LineState next)
    {
        LineState before = State;
        _state.Adopt(next);
        if (State.Phase is Activation.Shadowing && before.Phase is not Activation.Shadowing)
        {
            _trial.Begin();
        }

        if (State.Phase is not Activation.Downloading)
        {
            _download.Close();
        }

        if (State.Active is null)
        {
            _served.TrustNone();
        }

        if (State.Phase is Activation.Steady or Activation.Downloading or Activation.Verifying)
        {
            _served.EndTrial(State.Active?.Digest);
        }

        ClearStrayIncoming();
        _news.Change(before, State);
    }

    private void ClearStrayIncoming()
    {
        bool needed = State.Phase is Activation.Downloading or Activation.Installing
            or Activation.Verifying { Source: PackageSource.Incoming };
        if (!needed)
        {
            _store.TryClearIncoming();
        }
    }
}
