using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Models;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// What the device is told to do now, by its own file and the configuration package in force, and the two ways in which that changes
/// while it serves: the file is read again, or a package comes or goes. For the agent's thread.
/// </summary>
/// <param name="atStart">What was read at start; what is only read then still holds.</param>
/// <param name="path">The configuration file.</param>
/// <param name="takeOver">Serves what was read and opened. Never within a call of the update agent, which it changes.</param>
internal sealed class ConfigurationInUse(
    Setup atStart, string? path, ServedModels served, UpdateAgent updates, Supervisor supervisor, ILogger logger, TimeProvider time, TellEvent tell,
    Action<ConfigurationReload> takeOver)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Setup _atStart = atStart;
    private readonly string _line = atStart.Configuration.Updates.Configuration ?? "";
    private Setup? _before;
    private Wish? _wish;
    private long _triedAt;
    private ConfigurationTrial? _trial;

    /// <summary>What holds.</summary>
    public Setup Current { get; private set; } = atStart;

    /// <summary>The line of packages that change a device's configuration, or null where its owner wants none.</summary>
    public static PackageLine? LineOf(Setup setup, string? path) => setup.Configuration.Updates.Configuration is string name && path is not null
        ? new PackageLine(new ConfigurationSite { Name = name, Objections = overlay => Objections(path, name, overlay) }, () => null)
        : null;

    /// <summary>Reads the file again. On any mistake everything goes on as it was.</summary>
    public void Reload()
    {
        supervisor.Reloading();
        ConfigurationReload reload = new(_atStart, Current, time);
        if (reload.TryRead(path!, Current.Overlay, out IReadOnlyList<string> mistakes))
        {
            Take(reload);
        }
        else
        {
            foreach (string mistake in mistakes)
            {
                ProcessLog.ReloadMistake(logger, mistake);
            }

            ProcessLog.ReloadRefused(logger, mistakes.Count);
            tell("reload", EventSeverity.Error, null, $"the old configuration goes on: {mistakes[0]}{(mistakes.Count > 1 ? $", and {mistakes.Count - 1} more" : "")}");
        }

        supervisor.ReloadDone();
    }

    /// <summary>Whether this is its line of packages.</summary>
    public bool Is(string line) => line == _line;

    /// <summary>Wants a package in force, or none; it will be at the next <see cref="Step"/>.</summary>
    public void Want(LoadedConfiguration? package, bool onTrial)
    {
        _wish = new Wish(package, onTrial);
        _triedAt = 0;
        _trial = null;
    }

    /// <summary>Takes over what is wanted, and judges what is on trial.</summary>
    public void Step()
    {
        if (_wish is Wish wish && (_triedAt == 0 || time.GetElapsedTime(_triedAt) >= TryAgainAfter))
        {
            Obey(wish);
        }

        if (_trial is ConfigurationTrial trial && trial.Look(State) is SoakVerdict verdict)
        {
            _trial = null;
            updates.OnSoakVerdict(_line, trial.Digest, verdict);
        }
    }

    private static IReadOnlyList<string> Objections(string path, string name, ReadOnlyMemory<byte> overlay)
    {
        Mistakes mistakes = new();
        Setup.Load(path, new OverlayPackage(name, "", default, overlay), mistakes);
        return [.. mistakes.Lines()];
    }

    private ServingState State() => served.State(supervisor.OverLimits);

    private void Obey(Wish wish)
    {
        bool isFirst = _triedAt == 0;
        _triedAt = time.GetTimestamp();
        ServingState before = State();
        if (wish.Package?.Digest != Current.Overlay?.Digest && TryLay(wish) is string objection)
        {
            if (wish.Package is LoadedConfiguration refused)
            {
                _wish = null;
                updates.OnActivationFailed(_line, refused.Digest, objection);
            }
            else if (isFirst)
            {
                // What is undone stays in force until the device's own file can be read again.
                ProcessLog.ReloadMistake(logger, objection);
                tell("reload", EventSeverity.Error, null, $"the device's own file cannot be taken over, and is tried again: {objection}");
            }

            return;
        }

        _wish = null;
        ModelId digest = wish.Package?.Digest ?? default;
        updates.OnActivated(_line, digest);
        if (wish is { OnTrial: true, Package: { } onTrial })
        {
            _trial = new ConfigurationTrial(digest, onTrial.Soak, before, State(), time);
        }
    }

    /// <returns>Why it cannot be taken over, as a sentence, or null when it is.</returns>
    private string? TryLay(Wish wish)
    {
        OverlayPackage? overlay = wish.Package is LoadedConfiguration package
            ? new OverlayPackage(_line, package.Manifest.Version, package.Digest, package.Overlay)
            : null;
        supervisor.Reloading();
        try
        {
            ConfigurationReload reload = new(_atStart, Current, time);
            if (!reload.TryRead(path!, overlay, out IReadOnlyList<string> mistakes))
            {
                // A file that was spoilt meanwhile must not hold up an undo: what it said before is remembered.
                if (wish.OnTrial || _before is null || _before.Overlay?.Digest != overlay?.Digest || !reload.TryTake(_before, out _))
                {
                    return string.Join("; ", mistakes);
                }
            }

            // What goes back goes on with whatever fits: it was good before.
            if (wish.OnTrial && reload.Misfits(Answering()).ToArray() is { Length: > 0 } misfits)
            {
                reload.GiveUp();
                return string.Join("; ", misfits);
            }

            _before = Current;
            Take(reload);
            return null;
        }
        finally
        {
            supervisor.ReloadDone();
        }
    }

    private Dictionary<string, LoadedModel> Answering() => served.Hosts.Where(host => host.Answering is not null)
        .ToDictionary(host => host.Name, host => host.Answering!);

    private void Take(ConfigurationReload reload)
    {
        Current = reload.Next;
        takeOver(reload);
        string summary = $"{reload.Summary}{(Current.Overlay is OverlayPackage overlay ? $"; {overlay.Label} is in force" : "")}";
        tell("reload", EventSeverity.Info, null, summary);
        foreach (string member in reload.Changes.NeedRestart)
        {
            ProcessLog.NeedsRestart(logger, member);
        }

        ProcessLog.Reloaded(logger, summary);
    }

    private sealed record Wish(LoadedConfiguration? Package, bool OnTrial);
}
