using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>The part of an <see cref="UpdateAgent"/> that concerns one model: its store, its download, its loaded packages.</summary>
/// <remarks>
/// <see cref="Activation.Next"/> decides; <see cref="Adopt"/> makes the decision durable; <see cref="Pump"/> then looks
/// at the state and does what it calls for, so that a start, an event and an undo all take one way.
/// </remarks>
internal sealed class ModelUpdate(AgentParts parts, AgentModel model) : IDisposable
{
    private const int LongestReason = 400;

    private static readonly TimeSpan SaveAgainEvery = TimeSpan.FromSeconds(5);

    private readonly ServedPackages _served = new(model.Site.Model, parts.Events);
    private readonly UpdateNews _news = new(model.Site.Model, parts.Events, parts.Time);
    private readonly ConfiguredPackage _configured = new(model, parts.Verification);
    private SlotStore? _opened;
    private ChunkDownload? _download;
    private VerificationJob? _job;
    private bool _connected;
    private bool _unsaved;
    private bool _triedMemory;
    private long _savedAt;

    public string Name => model.Site.Model;

    public ModelState State { get; private set; } = ModelState.Empty;

    private SlotStore Store => _opened ?? throw new InvalidOperationException("the agent was not started");

    public void Start()
    {
        _opened = SlotStore.Open(parts.Disk, Name);
        State = _opened.State;
        if (_opened.Damage is { } damage)
        {
            _news.Notice(EventSeverity.Error, damage);
        }

        foreach (Outcome untold in State.Untold)
        {
            _news.End(untold);
        }

        Apply(new ActivationEvent.Restarted(Harmless(() => Store.IncomingIsHere)));
        ClearStrayIncoming();
        OfferConfigured();
        Pump();
    }

    public void OnDesired(DesiredState desired, PackageReference? package)
    {
        if (package is null)
        {
            Apply(new ActivationEvent.NotNamed(desired.Generation, desired.Deployment));
            return;
        }

        ModelState next = Activation.Next(State, new ActivationEvent.Ordered(UpdateOrder.Of(desired, package)));
        if (ReferenceEquals(next, State))
        {
            return;
        }

        bool newBytes = next.Phase is Activation.Downloading started
            && !(State.Phase is Activation.Downloading going && going.Order.WantsSameBytes(started.Order));
        Adopt(newBytes ? Prepare(next, package) : next);
        Pump();
    }

    public void OnChunk(string transfer, long offset, ReadOnlySpan<byte> bytes)
    {
        if (_download is not null && _download.Transfer == transfer)
        {
            _download.OnChunk(offset, bytes);
            FollowDownload();
            Pump();
        }
    }

    public void OnLink(bool connected)
    {
        _connected = connected;
        _download?.OnLinkChanged();
        Ask();
    }

    public void OnVerified(VerificationJob job)
    {
        if (job != _job)
        {
            job.Loaded?.Dispose();
            return;
        }

        _job = null;
        switch (job.Purpose)
        {
            case JobPurpose.Active:
                OnActiveChecked(job);
                break;
            case JobPurpose.Candidate:
                OnCandidateChecked(job);
                break;
            default:
                OnFallbackChecked(job);
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
            Apply(new ActivationEvent.SwitchedOver());
        }

        parts.Events.OnReportedChanged();
        Pump();
    }

    public void OnSoakVerdict(ModelId digest, SoakVerdict verdict)
    {
        if (State.Phase is Activation.Soaking && State.Spare?.Digest == digest)
        {
            Apply(verdict is SoakVerdict.Undo undo
                ? new ActivationEvent.Failed(undo.Reason, PackageAtFault: true)
                : new ActivationEvent.TrialPassed());
            Pump();
        }
    }

    public void OnTold(UpdateStep step)
    {
        if (step.End is not null)
        {
            Apply(new ActivationEvent.Told(step.End));
        }
    }

    public string Undo(out bool done)
    {
        ModelState before = State;
        Apply(new ActivationEvent.UndoAsked("the package before was asked for"));
        done = !ReferenceEquals(before, State);
        Pump();
        string stays = State.Active?.Version ?? "no package";
        return (done, State.Last) switch
        {
            (false, _) => $"'{Name}' has no package before that was once committed, and no update is pending",
            (_, Outcome.Undone end) => $"'{Name}' leaves {end.Version} and returns to {stays}",
            _ => $"the pending update of '{Name}' is given up; {stays} stays",
        };
    }

    public void Tick()
    {
        if (_unsaved && parts.Time.GetElapsedTime(_savedAt) >= SaveAgainEvery)
        {
            Save(State);
        }

        Ask();
        if (_download is not null && State.Phase is Activation.Downloading p)
        {
            _news.Progress(p.Order, _download);
        }
    }

    public ReportedModel Report()
    {
        UpdateOrder? pending = State.Phase.Pending;
        return new ReportedModel
        {
            Name = Name,
            Phase = UpdateNews.StepOf(State.Phase) ?? (State.Last is { } last ? UpdateNews.EndOf(last) : UpdateState.Idle),
            Active = _served.Answering is { } answering ? new PackageLabel(answering.Digest, answering.Manifest.Version) : null,
            Previous = (State.Phase is Activation.Soaking ? State.Active : State.Previous) is { } previous
                ? new PackageLabel(previous.Digest, previous.Version)
                : null,
            Candidate = pending is null ? null : new PackageLabel(pending.Digest, pending.Version),
        };
    }

    public void Dispose()
    {
        _served.Dispose();
        _job = null;
    }

    /// <summary>Does what the state calls for, until it waits for something.</summary>
    private void Pump()
    {
        ModelState? before = null;
        while (!ReferenceEquals(before, State))
        {
            before = State;
            _served.Serve(State);
            if (_job is not null)
            {
                break;
            }

            if (State.Active is { } active && !_served.HasTrusted(active.Digest))
            {
                // Before any candidate: a device that answers comes first.
                Verify(JobPurpose.Active, Store.PathOf(State.ActiveSlot!.Value), active, (_, _) => null);
            }
            else if (State.Phase is Activation.Steady && !_served.HasAny && !_triedMemory)
            {
                ServeFromMemory();
            }
            else if (State.Phase is Activation.Downloading downloading && _download is null)
            {
                Resume(downloading.Order);
            }
            else if (State.Phase is Activation.Verifying verifying)
            {
                VerifyCandidate(verifying);
            }
            else if (State.Phase is Activation.Installing)
            {
                Install();
            }
        }

        Ask();
    }

    /// <summary>Checks an order and makes the hashes of its chunks durable, before the state that relies on them.</summary>
    private ModelState Prepare(ModelState next, PackageReference package)
    {
        if (ChunkDownload.Objection(package, parts.Verification.LargestArchive) is { } objection)
        {
            return Activation.Next(next, new ActivationEvent.Failed(objection, PackageAtFault: true));
        }

        try
        {
            _download = null;
            Store.Expect(package);
            return next;
        }
        catch (IOException failed)
        {
            return Activation.Next(next, new ActivationEvent.Failed(DiskSentence(failed), PackageAtFault: false));
        }
    }

    private void Resume(UpdateOrder order)
    {
        PackageReference? package = Harmless(Store.Expected);
        if (package is null || package.ArchiveSha256 != order.ArchiveSha256 || package.ChunkBytes != order.ChunkBytes
            || ChunkDownload.Objection(package, order.Size) is not null)
        {
            Fail("the hashes of its chunks were lost with the last power failure; order it again");
            return;
        }

        string transfer = $"{order.Digest.Short}-{order.Generation}";
        _download = new ChunkDownload(parts.Disk, Store.IncomingPath, package, transfer, parts.Time, parts.Random);
        _download.Begin();
        _news.DownloadBegan(_download);
        FollowDownload();
    }

    private void FollowDownload()
    {
        if (_download?.Failure is { } failure)
        {
            Fail(failure);
        }
        else if (_download is { IsComplete: true })
        {
            Apply(new ActivationEvent.Fetched());
        }
    }

    private void Ask()
    {
        while (_connected && _download is not null && _download.TryNext(out ChunkRequest request))
        {
            parts.Events.OnRequest(request);
        }
    }

    private void Verify(JobPurpose purpose, string path, StoredPackage expected, Func<ModelId, long, string?> objection)
    {
        _job = VerificationJob.OfFile(purpose, parts.Disk, path, expected, parts.Verification, model.Site, objection);
        parts.Events.OnVerify(_job);
    }

    private void VerifyCandidate(Activation.Verifying checking)
    {
        ModelState state = State;
        UpdateOrder order = checking.Order;
        bool returning = order.Revert || (order.Configured && state.Active is null);
        string path = checking.Source == PackageSource.Incoming ? Store.IncomingPath : Store.PathOf(state.SpareSlot);
        StoredPackage expected = new(order.Digest, order.Version, 0, order.ArchiveSha256, order.Size);
        Verify(JobPurpose.Candidate, path, expected, (digest, counter) => state.CounterObjection(digest, counter, returning));
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
            string version = State.Active.Version;
            Apply(new ActivationEvent.ActiveUnusable());
            string instead = State.Active is { } previous ? $"{previous.Version} takes its place" : "no package is left in the slots";
            _news.Notice(EventSeverity.Error, $"the active package {version} cannot be loaded: {job.Refusal}; {instead}");
            OfferConfigured();
        }
    }

    private void OnCandidateChecked(VerificationJob job)
    {
        // The order may have changed while the job ran; what it found is then about something nobody wants any more.
        if (State.Phase is not Activation.Verifying checking || checking.Order.Digest != job.Expected
            || (job.ArchiveSha256.Length > 0 && checking.Order.ArchiveSha256 != job.ArchiveSha256))
        {
            job.Loaded?.Dispose();
        }
        else if (job.Loaded is { } loaded)
        {
            PackageManifest manifest = loaded.Manifest;
            _served.Try(loaded);
            Apply(new ActivationEvent.Verified(
                new StoredPackage(loaded.Digest, manifest.Version, manifest.ReleaseCounter, job.ArchiveSha256, job.Size)));
        }
        else
        {
            Fail(job.Refusal ?? "it was not loaded", job.PackageAtFault);
        }
    }

    private void OnFallbackChecked(VerificationJob job)
    {
        if (job.Loaded is { } loaded)
        {
            _served.FallBackOn(loaded);
            _news.Notice(EventSeverity.Warning,
                $"the configured package {loaded.Manifest.Version} answers from memory, because the disk does not take it");
        }
        else
        {
            _news.Notice(EventSeverity.Error, $"no model answers: {job.Refusal}");
        }
    }

    private void Install()
    {
        try
        {
            Store.Install();
            Apply(new ActivationEvent.Installed());
        }
        catch (IOException failed)
        {
            Fail(DiskSentence(failed));
        }
    }

    /// <summary>Puts the configured package on its way where <see cref="Activation.Next"/> wants it.</summary>
    private void OfferConfigured()
    {
        byte[]? archive = _configured.ReadBytes();
        if (archive is not null && State.Active?.ArchiveSha256 == ConfiguredPackage.HashOf(archive))
        {
            return;
        }

        if (archive is null || _configured.Check(archive) is not { } package)
        {
            if (_configured.Objection is { } objection)
            {
                _news.Notice(State.Active is null ? EventSeverity.Error : EventSeverity.Warning, objection);
            }

            return;
        }

        UpdateOrder order = ConfiguredPackage.OrderFor(package, State.Generation);
        ModelState next = Activation.Next(State, new ActivationEvent.Configured(order, package.Manifest.ReleaseCounter));
        if (ReferenceEquals(next, State))
        {
            return;
        }

        try
        {
            _download = null;
            Store.Place(archive);
            Adopt(next);
        }
        catch (IOException failed)
        {
            _news.Notice(EventSeverity.Warning, $"the configured package is not installed: {failed.Message}");
        }
    }

    /// <summary>Better a model that no slot holds than none: the configured package is checked like any other.</summary>
    private void ServeFromMemory()
    {
        _triedMemory = true;
        byte[]? archive = _configured.ReadBytes();
        if (archive is not null && _configured.Check(archive) is { } package)
        {
            _job = VerificationJob.OfBytes(JobPurpose.Fallback, archive, package.Id, parts.Verification, model.Site);
            parts.Events.OnVerify(_job);
        }
        else
        {
            string why = _configured.Objection ?? "there is no package yet, and the configuration brings none";
            _news.Notice(EventSeverity.Warning, $"no model answers: {why}");
        }
    }

    private void Fail(string reason, bool packageAtFault = false)
    {
        // A reason is remembered in the pointer file and sent; a loader's message may be pages long.
        string kept = reason.Length <= LongestReason ? reason : string.Concat(reason.AsSpan(0, LongestReason - 1), "…");
        Apply(new ActivationEvent.Failed(kept, packageAtFault));
    }

    private void Apply(ActivationEvent happened)
    {
        ModelState next = Activation.Next(State, happened);
        if (!ReferenceEquals(next, State))
        {
            Adopt(next);
        }
    }

    private void Adopt(ModelState next)
    {
        ModelState before = State;
        if (!Save(next))
        {
            next = WithoutDisk(before, next);
            Save(next);
        }

        State = next;
        if (next.Phase is not Activation.Downloading)
        {
            _download = null;
        }

        if (next.Phase is Activation.Steady or Activation.Downloading or Activation.Verifying)
        {
            _served.EndTrial(next.Active?.Digest);
        }

        ClearStrayIncoming();
        _news.Change(before, next);
    }

    /// <summary>
    /// What becomes of a state that the disk does not take: an update ends where it is, a trial is not committed, and
    /// the model that was trusted before answers. What is an end anyway is acted on, and written as soon as there is room.
    /// </summary>
    private static ModelState WithoutDisk(ModelState before, ModelState next)
    {
        ActivationEvent.Failed failed = new("the disk does not take what must be remembered of it", PackageAtFault: false);
        bool committing = before.Phase is Activation.Switching or Activation.Soaking && next.Last is Outcome.Committed
            && next.ActiveSlot != before.ActiveSlot;
        return Activation.Next(committing ? before : next, failed);
    }

    private bool Save(ModelState state)
    {
        _savedAt = parts.Time.GetTimestamp();
        try
        {
            Store.Save(state);
            _unsaved = false;
            return true;
        }
        catch (IOException failed)
        {
            if (!_unsaved)
            {
                _news.Notice(EventSeverity.Error, $"the disk does not take the state of '{Name}': {failed.Message}");
            }

            _unsaved = true;
            return false;
        }
    }

    private void ClearStrayIncoming()
    {
        bool needed = State.Phase is Activation.Downloading or Activation.Installing
            or Activation.Verifying { Source: PackageSource.Incoming };
        if (!needed)
        {
            Harmless(() =>
            {
                Store.ClearIncoming();
                return true;
            });
        }
    }

    /// <summary>Something on the disk that may fail without harm: the state decides, not this.</summary>
    private static T? Harmless<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (IOException)
        {
            return default;
        }
    }

    private static string DiskSentence(IOException failed) => $"the disk does not take the package: {failed.Message}";
}
