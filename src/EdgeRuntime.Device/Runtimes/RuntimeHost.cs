using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>
/// The line of packages that bring this very program: knows which of them runs, says when the process is to become another, and holds
/// the one on trial against what the device could do before. For the agent's thread.
/// </summary>
/// <param name="name">Name of the line.</param>
/// <param name="choice">How this program came to serve.</param>
/// <param name="before">How the device stood before the switch.</param>
/// <param name="limits">Of the profile.</param>
internal sealed class RuntimeHost(
    string name, RuntimeChoice choice, RuntimeBefore before, DeviceLimits limits, RuntimeProver prover, RuntimeStarts starts, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly LoadedRuntime? _running = RunningOf(choice);
    private ModelId? _answer;
    private RuntimeTrial? _trial;
    private long _looked;
    private bool _isToLeave;

    // For a program that is to be tried; one that is to go goes at once.
    private bool _mayWait;

    /// <summary>The line of a device that is about to serve.</summary>
    /// <param name="path">Of the device's configuration.</param>
    /// <exception cref="IOException">The files of the package that runs cannot be read; also <see cref="InvalidDataException"/>.</exception>
    public static RuntimeHost Of(string line, RuntimeChoice choice, Setup setup, string path, IDisk disk)
    {
        TimeProvider time = TimeProvider.System;
        return new RuntimeHost(
            line, choice, RuntimeBefore.Take(), setup.Profile.Limits, new RuntimeProver(new RuntimeTree(setup.Configuration.StateDirectory), path, time),
            new RuntimeStarts(disk, StartLedger.MachineBoot(), time), time);
    }

    /// <summary>Name of the line.</summary>
    public string Name => name;

    /// <summary>Path of the installed program, which chooses the one that serves.</summary>
    public string Installed => choice.Installed;

    /// <summary>Version of the installed program.</summary>
    public string InstalledVersion => choice.InstalledVersion;

    /// <summary>Version of the package whose program runs; null for the installed one.</summary>
    public string? Version => _running?.Manifest.Version;

    /// <summary>The line, as the agent keeps it.</summary>
    public PackageLine Line => new(
        new RuntimeSite
        {
            Name = name,
            Running = _running,
            Objection = choice.Objection,
            Prove = prover.Prove,
            LargestArchive = limits.RuntimeBytesMax,
        },
        () => null);

    /// <summary>A package is to be put to use; null for the installed program.</summary>
    public void Activate(LoadedPackage? package, bool onTrial)
    {
        if (package?.Digest != _running?.Digest)
        {
            _isToLeave = true;
            _mayWait = onTrial;
            return;
        }

        _isToLeave = false;
        _answer = package?.Digest ?? default;
        _trial = onTrial && package is LoadedRuntime runtime ? new RuntimeTrial(runtime.Soak, before, limits.ResidentBytesMax, time) : null;
        DeadMansSwitch.Arm(_trial is null ? TimeSpan.Zero : DeadMansSwitch.ToTurn);
    }

    /// <summary>The process serves: others count how it ends from here on.</summary>
    public void Served()
    {
        if (_running is not null)
        {
            starts.Served(_running.Digest, choice.Trial);
        }
    }

    /// <summary>Looks after what is due; several times a second.</summary>
    /// <returns>How the device stands at this moment, when the process is to become another program now; else null.</returns>
    public RuntimeBefore? Step(UpdateAgent updates, IReadOnlyList<ModelHost> hosts, ILink link)
    {
        if (_answer is ModelId answer)
        {
            _answer = null;
            updates.OnActivated(name, answer);
        }

        Judge(updates, hosts, link);
        if (!_isToLeave || (_mayWait && IsAnotherOnTrial(updates)))
        {
            return null;
        }

        RuntimeMoment now = Moment(hosts, link);
        return new RuntimeBefore([.. now.Answering], now.LinkUp, now.ResidentBytes > limits.ResidentBytesMax);
    }

    private void Judge(UpdateAgent updates, IReadOnlyList<ModelHost> hosts, ILink link)
    {
        if (_trial is null || time.GetElapsedTime(_looked) < Pace)
        {
            return;
        }

        _looked = time.GetTimestamp();
        SoakVerdict? verdict = _trial.Look(Moment(hosts, link));
        DeadMansSwitch.Arm(verdict is null ? DeadMansSwitch.ToTurn : TimeSpan.Zero);
        if (verdict is not null)
        {
            _trial = null;
            updates.OnSoakVerdict(name, _running!.Digest, verdict);
        }
    }

    // A restart would end its trial, as if it were to blame for it.
    private bool IsAnotherOnTrial(UpdateAgent updates) =>
        updates.Report().Any(other => other.Name != name && other.Phase is UpdateState.Soaking);

    private static RuntimeMoment Moment(IReadOnlyList<ModelHost> hosts, ILink link) => new(
        [.. hosts.Where(host => host.Answering is not null && (host.Samples == 0 || host.Failed < host.Samples)).Select(host => host.Name)],
        link.IsConnected,
        Environment.WorkingSet);

    // The bytes were held against the signed archive before this program was started.
    private static LoadedRuntime? RunningOf(RuntimeChoice choice)
    {
        if (choice.Tree is not string tree)
        {
            return null;
        }

        Mistakes mistakes = new();
        byte[] bytes = File.ReadAllBytes(Path.Combine(tree, ManifestReader.FileName));
        return ManifestReader.Read(bytes, mistakes) is RuntimeManifest manifest
            ? new LoadedRuntime(ModelId.Of(bytes), manifest)
            : throw new InvalidDataException(string.Join("; ", mistakes.Lines()));
    }
}
