using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Encryption;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Tuf;

namespace EdgeRuntime.Simulator;

/// <summary>
/// A device around an <see cref="UpdateAgent"/>: one that loads at once, switches at once, and a manager that answers
/// every request from its shelf. What the agent asks for waits in a queue until <see cref="Run"/>.
/// </summary>
public sealed class SimulatedDevice : IUpdateEvents, IDisposable
{
    public static readonly DeviceId Id = DeviceId.Parse("pi-1");

    /// <summary>What packages are encrypted for.</summary>
    public static readonly HpkePrivateKey Recipient = new DeviceKey(SHA256.HashData("the key of a simulated device"u8)).Recipient();

    private readonly Queue<Action> _todo = new();
    private readonly Queue<VerificationJob> _jobs = new();
    private readonly HashSet<LoadedPackage> _held = [];
    private readonly EncryptedDisk? _encrypted;
    private readonly IReadOnlyDictionary<string, byte[]>? _repository;
    private readonly AgentParts _parts;
    private readonly SimulatedBoot? _boot;
    private RuntimeSite? _program;
    private bool _connected;

    public SimulatedDevice(SimulatedDisk disk, byte[]? configured = null, ReleaseTrust? trust = null, params PackageSite[] sites)
        : this(disk, configured, trust, null, new TransferPolicy(), null, sites, null)
    {
    }

    /// <summary>A device whose owner bounds what updates may fetch.</summary>
    public SimulatedDevice(SimulatedDisk disk, byte[]? configured, TransferPolicy transfer)
        : this(disk, configured, null, null, transfer, null, [], null)
    {
    }

    /// <summary>A device whose disk is encrypted, or was, or null for a plain one.</summary>
    /// <param name="machineBoot">Names this run of the machine, where packages bring its program too; else null.</param>
    public SimulatedDevice(SimulatedDisk disk, byte[]? configured, EncryptedDisk? encrypted, PackageSite[] sites, string? machineBoot = null)
        : this(disk, configured, null, null, new TransferPolicy(), encrypted, sites, machineBoot)
    {
    }

    /// <summary>A device that asks a repository of metadata.</summary>
    /// <param name="repository">Its files by name; what it holds may change.</param>
    public SimulatedDevice(SimulatedDisk disk, ReleaseTrust trust, IReadOnlyDictionary<string, byte[]> repository)
        : this(disk, null, trust, repository, new TransferPolicy(), null, [], null)
    {
    }

    private SimulatedDevice(
        SimulatedDisk disk, byte[]? configured, ReleaseTrust? trust, IReadOnlyDictionary<string, byte[]>? repository, TransferPolicy transfer,
        EncryptedDisk? encrypted, PackageSite[] sites, string? machineBoot)
    {
        Disk = disk;
        _repository = repository;
        _encrypted = encrypted;
        PackageSite[] all = sites.Length > 0 ? sites : [TestPackages.Site];
        _program = all.OfType<RuntimeSite>().FirstOrDefault();
        _boot = machineBoot is null ? null : new SimulatedBoot((IDisk?)encrypted ?? disk, machineBoot, Time);
        _parts = new AgentParts
        {
            Device = Id,
            DeployKeys = [TestPackages.DeployKey.Public],
            Trust = trust,
            HasRepository = repository is not null,
            Transfer = transfer,
            Recipient = Recipient,
            Disk = (IDisk?)encrypted ?? disk,
            Verification = TestPackages.VerificationWith(Load),
            Lines = [.. all.Select(site => new PackageLine(site, () => site.Name == "plant" ? configured : null))],
            Events = this,
            Time = Time,
            Random = new Random(1),
        };
        Agent = new UpdateAgent(_parts);
    }

    public SimulatedDisk Disk { get; }

    /// <summary>That of the process that runs now.</summary>
    public UpdateAgent Agent { get; private set; }

    public ManualTime Time { get; } = new();

    /// <summary>The package that answers for <c>plant</c>, or null.</summary>
    public LoadedModel? Serving { get; private set; }

    /// <summary>The configuration that is in force, or null for the device's own file alone.</summary>
    public LoadedConfiguration? InForce { get; private set; }

    /// <summary>Version of the model that runs beside the one that answers, or null.</summary>
    public string? Beside { get; private set; }

    /// <summary>Version of the package whose program this is; null for the installed one.</summary>
    public string? Program => _program?.Running?.Manifest.Version;

    /// <summary>Why this is not the program that the disk named, or null.</summary>
    public string? ProgramObjection => _program?.Objection;

    /// <summary>Whether the process is to become another program, which is for whoever starts devices to do, unless the device itself does.</summary>
    public bool Leaves { get; private set; }

    /// <summary>
    /// Takes a sample at every change of the disk, whatever the update is doing then, and holds the answer against what the
    /// package that serves must say; for packages whose gain is their release counter.
    /// </summary>
    public bool TakesSamples
    {
        set
        {
            Disk.Changed -= Sample;
            if (value)
            {
                Disk.Changed += Sample;
            }
        }
    }

    /// <summary>Samples that were due while a package served; every one was answered.</summary>
    public long Samples { get; private set; }

    /// <summary>The model files that were loaded, as text.</summary>
    public HashSet<string> Loaded { get; } = [];

    /// <summary>How often each package began to answer.</summary>
    public Dictionary<string, int> Activations { get; } = [];

    /// <summary>Whether the broker says at once that it has an end of an update.</summary>
    public bool Acknowledges { get; set; }

    /// <summary>Packages that answered, in order.</summary>
    public List<string> Answered { get; } = [];

    public List<UpdateStep> Steps { get; } = [];

    public List<string> Notices { get; } = [];

    /// <summary>The manager's packages, by the hash of the archive; several devices may have one.</summary>
    public Dictionary<string, byte[]> Shelf { get; init; } = [];

    /// <summary>What web servers hold, by address; null for one that does not answer now, absent where it answers 404.</summary>
    public Dictionary<string, byte[]?> Web { get; } = [];

    /// <summary>Names of metadata that the repository was asked for, in order.</summary>
    public List<string> MetadataAsked { get; } = [];

    /// <summary>Whether the repository answers now.</summary>
    public bool RepositoryAnswers { get; set; } = true;

    /// <summary>Requests that web servers got.</summary>
    public int WebRequests { get; private set; }

    /// <summary>Chunks the manager sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Judges a trial as soon as it begins; null lets it go on.</summary>
    public Func<LoadedPackage, SoakVerdict?> Judge { get; set; } = _ => new SoakVerdict.Commit();

    /// <summary>Why a package cannot be put to use though it was verified, or null. (default: every one can)</summary>
    public Func<LoadedPackage, string?> Objects { get; set; } = _ => null;

    /// <summary>False while the loader's thread is held up.</summary>
    public bool Loads { get; set; } = true;

    /// <summary>Changes what the manager sends on the way; null loses it.</summary>
    public Func<byte[], byte[]?> Way { get; set; } = bytes => bytes;

    public ReportedModel Reported => Agent.Report()[0];

    public string? Version => Serving?.Manifest.Version;

    /// <summary>Steps that are no progress, as text: <c>downloading</c>, <c>undone: why</c>.</summary>
    public IReadOnlyList<string> Story =>
        [.. Steps.Where(step => step.Progress is null)
            .Select(step => step.State.ToString().ToLowerInvariant() + (step.Reason is null ? "" : $": {step.Reason}"))];

    public static byte[] Order(long generation, Dictionary<string, PackageReference> slots, SigningKey? key = null, string device = "pi-1")
    {
        DesiredState desired = new()
        {
            Device = DeviceId.Parse(device),
            Deployment = $"d-{generation}",
            Generation = generation,
            IssuedUnixMs = 1,
            Slots = slots,
        };
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(desired, WireJson.Default.DesiredState);
        SignedEnvelope envelope = Dsse.Seal(DesiredState.PayloadType, payload, key ?? TestPackages.DeployKey);
        return JsonSerializer.SerializeToUtf8Bytes(envelope, WireJson.Default.SignedEnvelope);
    }

    /// <summary>Puts a package on the manager's shelf, and makes an order for it.</summary>
    public byte[] OrderFor(byte[] archive, long generation, bool revert = false, string model = "plant")
    {
        PackageReference reference = Shelve(archive, revert);
        return Order(generation, new Dictionary<string, PackageReference> { [model] = reference });
    }

    /// <summary>Puts a package on the manager's shelf.</summary>
    public PackageReference Shelve(byte[] archive, bool revert = false)
    {
        PackageReference reference = PackageArchive.ReadUnverified(archive).ToReference(1024, revert);
        Shelf[reference.ArchiveSha256] = archive;
        return reference;
    }

    /// <summary>Starts, with or without a link, and does all that can be done at once.</summary>
    public SimulatedDevice Start(bool connected = true)
    {
        if (_encrypted?.Convert() is string problem)
        {
            Notices.Add(problem);
        }

        _connected = connected;
        Begin();
        Run();
        return this;
    }

    /// <summary>Takes an order and follows it to its end.</summary>
    public void Obey(byte[] order)
    {
        Agent.OnDesired(order);
        Run();
    }

    /// <summary>Does all that waits, and lets time pass while a download waits for more.</summary>
    /// <param name="ticks">Longest time, in tenths of a second. (default: a minute)</param>
    public void Run(int ticks = 600)
    {
        for (int tick = 0; tick < ticks; tick++)
        {
            while (_todo.TryDequeue(out Action? next) || (Loads && TryLoad(out next)))
            {
                next();
            }

            if (Leaves && _boot is not null)
            {
                Become();
                continue;
            }

            Time.Advance(0.1);
            Agent.Tick();
            if (_todo.Count == 0 && Reported.Phase is not UpdateState.Downloading)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void OnRangeRequest(in ChunkRequest request, string address)
    {
        ChunkRequest wanted = request;
        WebRequests++;
        _todo.Enqueue(() =>
        {
            bool known = Web.TryGetValue(address, out byte[]? content);
            if (content is null)
            {
                Agent.OnCarrierFailed(wanted.Transfer, known ? $"{address} does not answer" : $"{address} answered 404", isGone: !known);
                return;
            }

            for (int i = 0; i < wanted.Window; i++)
            {
                int offset = (int)wanted.Offset + (i * wanted.Length);
                Agent.OnChunk(wanted.Transfer, offset, content.AsSpan(offset, Math.Min(wanted.Length, content.Length - offset)));
            }
        });
    }

    /// <inheritdoc/>
    public void OnMetadataWanted(string name, int limit)
    {
        MetadataAsked.Add(name);
        if (RepositoryAnswers)
        {
            _todo.Enqueue(() => Agent.OnMetadataFile(name, _repository!.GetValueOrDefault(name)));
        }
        else
        {
            _todo.Enqueue(() => Agent.OnMetadataFailed("it does not answer"));
        }
    }

    /// <inheritdoc/>
    public void OnTransferEnded(string transfer)
    {
    }

    /// <inheritdoc/>
    public void OnRequest(in ChunkRequest request)
    {
        ChunkRequest wanted = request;
        if (!Shelf.TryGetValue(wanted.ArchiveSha256, out byte[]? archive))
        {
            return;
        }

        for (int i = 0; i < wanted.Window; i++)
        {
            int offset = (int)wanted.Offset + (i * wanted.Length);
            Sent++;
            if (Way(archive[offset..Math.Min(offset + wanted.Length, archive.Length)]) is { } chunk)
            {
                _todo.Enqueue(() => Agent.OnChunk(wanted.Transfer, offset, chunk));
            }
        }
    }

    /// <inheritdoc/>
    public void OnStep(UpdateStep step)
    {
        Steps.Add(step);
        if (Acknowledges && step.End is not null)
        {
            _todo.Enqueue(() => Agent.OnTold(step));
        }
    }

    /// <inheritdoc/>
    public void OnVerify(VerificationJob job) => _jobs.Enqueue(job);

    /// <inheritdoc/>
    public void OnActivate(string line, LoadedPackage? package, bool onTrial)
    {
        InvariantException.Require(
            package is null || Beside != package.Manifest.Version, "a package was asked to answer that still ran beside the one that answers");
        _todo.Enqueue(() => Activate(line, package, onTrial));
    }

    /// <inheritdoc/>
    public void OnShadow(string line, LoadedModel? package, ShadowTerms? terms)
    {
        Beside = package?.Manifest.Version;
        if (package is not null && !terms!.JudgesAnswering)
        {
            ModelId digest = package.Digest;
            ShadowCounts counts = new() { Samples = 1, Agreed = 1, Distance = [1] };
            _todo.Enqueue(() => Agent.OnShadowVerdict(line, digest, new SoakVerdict.Commit(), counts));
        }
    }

    /// <inheritdoc/>
    public void OnRelease(string line, LoadedPackage package)
    {
        InvariantException.Require(Serving != package && InForce != package, "the package that is in use was released");
        InvariantException.Require(_held.Remove(package), "a package was released that nobody had");
        package.Dispose();
    }

    /// <inheritdoc/>
    public void OnReportedChanged()
    {
    }

    /// <inheritdoc/>
    public void OnNotice(EventSeverity severity, string? line, string detail) => Notices.Add(detail);

    /// <summary>Packages that are loaded and in use.</summary>
    public int Held => _held.Count;

    public void Dispose()
    {
        TakesSamples = false;
        Agent.Dispose();
        InvariantException.Require(_held.OfType<LoadedModel>().All(IsDisposed), "a model was not disposed of");
        _held.Clear();
    }

    private void Begin()
    {
        if (_boot is not null)
        {
            _program = _boot.Choose();
            Agent = new UpdateAgent(_parts with { Lines = [.. _parts.Lines, new PackageLine(_program, () => null)] });
        }

        Agent.Start();
        _boot?.Served();
        Agent.OnLink(_connected);
    }

    // The process ends in order, and what begins in its place remembers nothing but the disk.
    private void Become()
    {
        (Serving, InForce, Beside, Leaves) = (null, null, null, false);
        _todo.Clear();
        _jobs.Clear();
        Agent.Dispose();
        InvariantException.Require(_held.OfType<LoadedModel>().All(IsDisposed), "a model was not disposed of");
        _held.Clear();
        Begin();
    }

    private void Activate(string line, LoadedPackage? package, bool onTrial)
    {
        if (package is not null)
        {
            _held.Add(package);
            if (Objects(package) is string objection)
            {
                Agent.OnActivationFailed(line, package.Digest, objection);
                return;
            }
        }

        if (line == _program?.Name && package?.Digest != _program.Running?.Digest)
        {
            Leaves = true;
            return;
        }

        if (package is LoadedModel model)
        {
            InvariantException.Require(!IsDisposed(model), $"{model.Manifest.Version} was disposed of before it answered");
            model.Call.Run([1, 1]);
        }

        if (line == "plant")
        {
            Serving = (LoadedModel?)package;
            Answered.Add(package?.Manifest.Version ?? "none");
            Activations[Answered[^1]] = Activations.GetValueOrDefault(Answered[^1]) + 1;
        }
        else if (line == TestPackages.ConfigurationName)
        {
            InForce = (LoadedConfiguration?)package;
        }

        Agent.OnActivated(line, package?.Digest ?? default);
        if (onTrial && Judge(package!) is { } verdict)
        {
            Agent.OnSoakVerdict(line, package!.Digest, verdict);
        }
    }

    private IModelRunner Load(ReadOnlyMemory<byte> model, RunnerOptions options)
    {
        Loaded.Add(Encoding.UTF8.GetString(model.Span));
        return LinearModel.Load(model, options);
    }

    private void Sample(DiskCall call, string path)
    {
        if (Serving is not { } serving)
        {
            return;
        }

        Samples++;
        InvariantException.Require(!IsDisposed(serving), $"{Version} was asked for an answer after it was disposed of");
        serving.Call.Run([1, 1]);
        float answer = MemoryMarshal.Cast<byte, float>(serving.Call.Runners[0].Output(0))[0];
        InvariantException.Require(
            answer == serving.Manifest.ReleaseCounter, $"{Version} answered {answer} during the {call} of {path}");
    }

    private static bool IsDisposed(LoadedModel package) => ((LinearModel)package.Call.Runners[0]).IsDisposed;

    private bool TryLoad([NotNullWhen(true)] out Action? next)
    {
        next = null;
        if (_jobs.TryDequeue(out VerificationJob? job))
        {
            next = () =>
            {
                job.Run();
                Agent.OnVerified(job);
            };
        }

        return next is not null;
    }
}
