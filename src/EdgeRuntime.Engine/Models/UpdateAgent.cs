using System.Text.Json;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Tuf;

namespace EdgeRuntime.Engine.Models;

/// <summary>One line of a device's packages: all that come for one model, or for one of the other things that packages bring.</summary>
/// <param name="Site">What a package must fit.</param>
/// <param name="Configured">
/// Reads the configured archive, or returns null when there is none; may throw <see cref="IOException"/>. Installed
/// when
/// the device has no package, and put on trial when its release counter is above all that were committed here.
/// </param>
public sealed record PackageLine(PackageSite Site, Func<byte[]?> Configured);

/// <summary>What an <see cref="UpdateAgent"/> is made of.</summary>
public sealed record AgentParts
{
    /// <summary>This device; orders for another are ignored.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>Keys of which one must have signed an order.</summary>
    public required IReadOnlyList<VerifyingKey> DeployKeys { get; init; }

    /// <summary>
    /// What vouches for packages and for the signers of orders, or null where every package that a release key signed may be
    /// ordered by <see cref="DeployKeys"/>.
    /// </summary>
    public ReleaseTrust? Trust { get; init; }

    /// <summary>Whether a repository answers what <see cref="IUpdateEvents.OnMetadataWanted"/> asks, besides the messages.</summary>
    public bool HasRepository { get; init; }

    /// <summary>Where the slots are.</summary>
    public required IDisk Disk { get; init; }

    /// <summary>Checks and loads packages.</summary>
    public required PackageVerification Verification { get; init; }

    /// <summary>At least one; names differ.</summary>
    public required IReadOnlyList<PackageLine> Lines { get; init; }

    /// <summary>How packages may be fetched.</summary>
    public TransferPolicy Transfer { get; init; } = new();

    /// <summary>The key that packages are encrypted for, or null where only plain ones can be taken.</summary>
    public HpkePrivateKey? Recipient { get; init; }

    /// <summary>The device.</summary>
    public required IUpdateEvents Events { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Spreads the retries of many devices.</summary>
    public required Random Random { get; init; }

    /// <summary>
    /// Why a package is to be held responsible for the ends of the process before, as a sentence; null where it lived as it should.
    /// </summary>
    public string? CrashLoop { get; init; }
}

/// <summary>
/// Keeps each line of a device's packages at the one the fleet wants, or at the last one that proved itself. Believes only
/// signed orders and its own store.
/// </summary>
/// <remarks>
/// Synchronous and event-driven: it does nothing but when called, and no I/O but on its disk. One thread. Every state
/// is
/// durable before it is acted on, so the process may end at any point.
/// </remarks>
public sealed class UpdateAgent : IDisposable
{
    /// <summary>Longest envelope that is looked at, in bytes.</summary>
    public const int LongestOrder = 1024 * 1024;

    private readonly AgentParts _parts;
    private readonly OrderSigners _signers;
    private readonly RepositoryPace? _repository;
    private PackageUpdate[] _lines = [];
    private byte[]? _waiting;

    /// <summary>
    /// Prepares the agent; nothing happens before <see cref="Start"/>, which comes before everything else.
    /// </summary>
    public UpdateAgent(AgentParts parts)
    {
        _parts = parts;
        _signers = OrderSigners.AnyOf(parts.DeployKeys);
        _repository = parts is { HasRepository: true, Trust: not null } ? new RepositoryPace(parts.Time, parts.Random) : null;
    }

    /// <summary>Reads the stores, undoes what was on trial, and begins to load what is to answer.</summary>
    public void Start()
    {
        _lines = [.. _parts.Lines.Select(line => new PackageUpdate(_parts, line))];
        PackageUpdate? suspect = _parts.CrashLoop is null ? null : Suspect();
        foreach (PackageUpdate line in _lines)
        {
            line.Start(line == suspect ? _parts.CrashLoop : null);
        }
    }

    /// <summary>Begins to keep one more line, as <see cref="Start"/> does; its name must be new here.</summary>
    /// <param name="connected">Whether the link is up.</param>
    public void Add(PackageLine line, bool connected)
    {
        PackageUpdate added = new(_parts, line);
        _lines = [.. _lines, added];
        added.Start();
        added.OnLink(connected);
    }

    /// <summary>Leaves a line alone from now on; its slots stay on the disk. A model's sample path must have ended.</summary>
    public void Remove(string line)
    {
        if (Find(line) is { } removed)
        {
            _lines = [.. _lines.Where(each => each != removed)];
            removed.Dispose();
        }
    }

    /// <summary>
    /// Takes a message of the desired topic: a <see cref="SignedEnvelope"/> with a <see cref="DesiredState"/>.
    /// </summary>
    public void OnDesired(ReadOnlyMemory<byte> message)
    {
        if (message.IsEmpty)
        {
            // The broker's word that the retained order was taken away; what was accepted stands.
            return;
        }

        if (Open(message, out DesiredState? desired) is { } objection)
        {
            // Who may order is said by metadata that may come after the order.
            _waiting = _parts.Trust is not null && message.Length <= LongestOrder ? _waiting ?? message.ToArray() : null;
            _parts.Events.OnNotice(EventSeverity.Warning, null, DesiredState.IgnoredWords + objection);
            return;
        }

        long newest = Accepted.Generation;
        if (desired!.Generation < newest)
        {
            string older = $"its generation {desired.Generation} is not above {newest}, the highest accepted";
            _parts.Events.OnNotice(EventSeverity.Info, null, DesiredState.IgnoredWords + older);
            return;
        }

        if (Unvouched(desired) is string reason)
        {
            // The metadata that vouches for it may be on its way; the newest order is looked at again when it is here.
            _waiting = message.ToArray();
            if (_parts.Trust?.Wanted is not null)
            {
                return;
            }

            _parts.Events.OnNotice(EventSeverity.Warning, null, $"deployment {desired.Deployment}{DesiredState.WaitsWords}{reason}");
            return;
        }

        _waiting = null;
        foreach (string unknown in desired.Slots.Keys.Concat(desired.Without ?? []).Where(name => Find(name) is null).Order(StringComparer.Ordinal))
        {
            _parts.Events.OnNotice(EventSeverity.Warning, null,
                $"deployment {desired.Deployment} names '{unknown}', for which this device takes no packages");
        }

        // A generation seen before passes here: power may have failed when only some of its lines had taken it. Each
        // that had changes nothing.
        foreach (PackageUpdate line in _lines)
        {
            line.OnDesired(desired, desired.Slots.GetValueOrDefault(line.Name));
        }
    }

    /// <summary>
    /// Takes a message of the metadata topic, a <see cref="MetadataMessage"/>; ignored without <see cref="AgentParts.Trust"/>.
    /// </summary>
    public void OnMetadata(ReadOnlyMemory<byte> message)
    {
        if (_parts.Trust is not ReleaseTrust trust)
        {
            return;
        }

        if (trust.Take(message, out bool isPart) is string objection)
        {
            _parts.Events.OnNotice(EventSeverity.Warning, null, $"metadata was refused: {objection}");
        }
        else if (!isPart && _waiting is byte[] order)
        {
            _waiting = null;
            OnDesired(order);
        }
    }

    /// <summary>The repository's answer to <see cref="IUpdateEvents.OnMetadataWanted"/>.</summary>
    /// <param name="bytes">The file, or more than its limit of it; null when there is none of that name.</param>
    public void OnMetadataFile(string name, byte[]? bytes)
    {
        if (_parts.Trust is ReleaseTrust trust && _repository is { IsAsking: true })
        {
            trust.Supply(name, bytes);
            GoOnAsking(trust);
        }
    }

    /// <summary>The repository did not answer.</summary>
    /// <param name="reason">A sentence for people.</param>
    public void OnMetadataFailed(string reason)
    {
        if (_parts.Trust is ReleaseTrust trust && _repository is { IsAsking: true })
        {
            EndAsking(trust, $"the repository of metadata cannot be read: {reason}");
        }
    }

    /// <summary>Takes a chunk; one of an unknown transfer is ignored.</summary>
    /// <param name="transfer">Last level of its topic.</param>
    /// <param name="bytes">Copied; valid during the call only.</param>
    public void OnChunk(string transfer, long offset, ReadOnlySpan<byte> bytes)
    {
        foreach (PackageUpdate line in _lines)
        {
            line.OnChunk(transfer, offset, bytes);
        }
    }

    /// <summary>An address did not bring what <see cref="IUpdateEvents.OnRangeRequest"/> asked it for.</summary>
    /// <param name="reason">A sentence for people.</param>
    /// <param name="isGone">True when asking again cannot help: an answer 404, no ranges.</param>
    public void OnCarrierFailed(string transfer, string reason, bool isGone)
    {
        foreach (PackageUpdate line in _lines)
        {
            line.OnCarrierFailed(transfer, reason, isGone);
        }
    }

    /// <summary>The link is up, or down: chunks are asked for only while it is up.</summary>
    public void OnLink(bool connected)
    {
        foreach (PackageUpdate line in _lines)
        {
            line.OnLink(connected);
        }
    }

    /// <summary>Takes back a job whose <see cref="VerificationJob.Run"/> returned.</summary>
    public void OnVerified(VerificationJob job)
    {
        if (Find(job.Line) is { } line)
        {
            line.OnVerified(job);
        }
        else
        {
            // The line was removed while the job ran.
            job.Loaded?.Dispose();
        }
    }

    /// <summary>The device uses this package from now on; the default id says that none is in use.</summary>
    public void OnActivated(string line, ModelId digest) => Find(line)?.OnActivated(digest);

    /// <summary>The device cannot use this package, though it was found good: a candidate is undone, another given up.</summary>
    /// <param name="reason">A sentence for people.</param>
    public void OnActivationFailed(string line, ModelId digest, string reason) => Find(line)?.OnActivationFailed(digest, reason);

    /// <summary>The trial of this package came to an end.</summary>
    /// <param name="beside">What the model before counted beside it; null where it did not run.</param>
    public void OnSoakVerdict(string line, ModelId digest, SoakVerdict verdict, ShadowCounts? beside = null) =>
        Find(line)?.OnSoakVerdict(digest, verdict, beside);

    /// <summary>What the run of this package beside the one that answers came to.</summary>
    public void OnShadowVerdict(string line, ModelId digest, SoakVerdict verdict, ShadowCounts counts) =>
        Find(line)?.OnShadowVerdict(digest, verdict, counts);

    /// <summary>The broker has the step.</summary>
    public void OnTold(UpdateStep step)
    {
        if (step.End is not null)
        {
            Find(step.Line)?.OnTold(step.End);
        }
    }

    /// <summary>
    /// Loads the package that answers once more, for something that must not disturb it. Run on a thread of the caller's; what comes
    /// out of it is the caller's too.
    /// </summary>
    /// <returns>Null where no package of that line answers, or no slot holds it.</returns>
    public VerificationJob? Copy(string line) => Find(line)?.Copy();

    /// <summary>Returns a line to its package before, or ends its pending update.</summary>
    /// <param name="done">True when it did either.</param>
    /// <returns>What happened, or why nothing did; a sentence for the one who asked.</returns>
    public string Undo(string line, out bool done)
    {
        done = false;
        if (Find(line) is { } found)
        {
            return found.Undo(out done);
        }

        string names = string.Join(", ", _lines.Select(each => $"'{each.Name}'"));
        return $"this device takes no packages for '{line}'; it has {names}";
    }

    /// <summary>
    /// Asks again for what was lost, and tells progress. To be called several times a second; the pace is the agent's.
    /// </summary>
    public void Tick()
    {
        if (_parts.Trust is ReleaseTrust trust && _repository?.TryBegin(_waiting is not null) == true)
        {
            trust.BeginRound();
            GoOnAsking(trust);
        }

        foreach (PackageUpdate line in _lines)
        {
            line.Tick();
        }
    }

    /// <summary>Where each line stands, in the order they were given.</summary>
    public IReadOnlyList<ReportedModel> Report() => [.. _lines.Select(line => line.Report())];

    /// <summary>Highest generation accepted, and its deployment; 0 and null for none.</summary>
    public (long Generation, string? Deployment) Accepted
    {
        get
        {
            LineState? newest = _lines.Select(line => line.State).MaxBy(state => state.Generation);
            return (newest?.Generation ?? 0, newest?.Deployment);
        }
    }

    /// <summary>Disposes of every package that is loaded. The sample paths must have ended.</summary>
    public void Dispose()
    {
        foreach (PackageUpdate line in _lines)
        {
            line.Dispose();
        }
    }

    private void GoOnAsking(ReleaseTrust trust)
    {
        string? objection = trust.Pull();
        if (objection is null && trust.Wanted is null && _waiting is byte[] order)
        {
            _waiting = null;
            OnDesired(order);
        }

        if (trust.Wanted is (string name, int limit))
        {
            _parts.Events.OnMetadataWanted(name, limit);
        }
        else
        {
            EndAsking(trust, objection is null ? null : $"metadata of the repository was refused: {objection}");
        }
    }

    private void EndAsking(ReleaseTrust trust, string? failure)
    {
        trust.EndRound(failure is null);
        _repository!.End(failure is not null, _waiting is not null);

        // Told once and not with every attempt: a repository may be away for weeks.
        if (failure is not null && _repository.Failures == 1)
        {
            _parts.Events.OnNotice(EventSeverity.Warning, null, failure);
        }
    }

    /// <returns>Why the message is no order for this device, or null.</returns>
    private string? Open(ReadOnlyMemory<byte> message, out DesiredState? desired)
    {
        desired = null;
        if (message.Length > LongestOrder)
        {
            return $"it has {message.Length} bytes; {LongestOrder} are accepted";
        }

        SignedEnvelope? envelope = Parse(message, WireJson.Default.SignedEnvelope);
        if (envelope is null || envelope.Signatures.Any(signature => signature is null))
        {
            return "it is not a signed envelope";
        }

        if ((_parts.Trust?.Signers ?? _signers).Lacks(envelope, DesiredState.PayloadType) is string lacking)
        {
            return lacking;
        }

        desired = Parse(envelope.Payload, WireJson.Default.DesiredState);
        return desired switch
        {
            null => "its payload is not a desired state",
            _ when desired.Device != _parts.Device => $"it is for the device '{desired.Device}'",
            { Generation: < 1 } => $"its generation is {desired.Generation}; the first is 1",
            { Deployment.Length: 0 } => "its deployment has no name",
            _ when PackageNames.Model(desired.Deployment) is not null =>
                $"its deployment '{desired.Deployment}' is not a name of 1 to 63 of a-z, 0-9 and '-'",
            _ when desired.Slots.Values.Any(package => package is null) => "it names something without a package",
            { Without: { } without, Slots: var slots } when without.Any(name => name is null || slots.ContainsKey(name)) =>
                "it wants a package for a line and none at once",
            _ => null,
        };
    }

    /// <returns>Why a package that is new here must not be fetched, or null.</returns>
    private string? Unvouched(DesiredState desired)
    {
        foreach ((string name, PackageReference package) in desired.Slots)
        {
            // What a line has in its slots was vouched for when it came, and must stay within reach of an undo.
            if (_parts.Trust is ReleaseTrust trust && Find(name) is PackageUpdate line && !line.Holds(package)
                && trust.Objection(name, package, package.Revert ? null : line.State.Floor) is string objection)
            {
                return objection;
            }
        }

        return null;
    }

    private static T? Parse<T>(ReadOnlyMemory<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A package on trial goes anyway; else the one that came last of those with another, or none, to go back to.
    private PackageUpdate? Suspect() => _lines.Any(line => line.State.Phase is Activation.Switching or Activation.Soaking)
        ? null
        : _lines.Where(line => line.CanGoBack).MaxBy(line => line.CommittedBy);

    private PackageUpdate? Find(string name) => _lines.FirstOrDefault(line => line.Name == name);
}
