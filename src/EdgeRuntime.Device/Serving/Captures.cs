using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// The captures of all models: begins and ends them as packages that ask for them come and go, and answers the command that asks for
/// clips. For the agent's thread.
/// </summary>
internal sealed class Captures : IDisposable
{
    private const string Directory = "captures";

    private readonly DeviceParts _parts;
    private readonly Action<Exception> _failed;
    private readonly CaptureSending _sending;
    private readonly Dictionary<string, CaptureStore> _stores = [];
    private readonly Dictionary<string, Running> _running = [];
    private long _ticked;

    /// <param name="parts">Disk, key, clock and placement are used.</param>
    /// <param name="failed">Called on a capture's thread when it met an error it does not know.</param>
    public Captures(DeviceParts parts, Publisher publisher, Action<Exception> failed)
    {
        _parts = parts;
        _failed = failed;
        _sending = new CaptureSending(publisher);
    }

    /// <summary>Follows the packages that answer, removes what is too old, and sends what was asked for.</summary>
    public void Step(IReadOnlyList<ModelHost> hosts)
    {
        foreach (string gone in _running.Keys.Where(name => hosts.All(host => host.Name != name)).ToArray())
        {
            End(gone);
        }

        foreach (ModelHost host in hosts)
        {
            Follow(host);
            if (host.Alarms is DriftReport alarms && alarms.TakeUncaptured() && _running.TryGetValue(host.Name, out Running? running))
            {
                running.Thread.Recorder.Ask(CaptureReason.Drifting);
            }
        }

        if (_parts.Time.GetElapsedTime(_ticked).TotalMinutes >= 1)
        {
            _ticked = _parts.Time.GetTimestamp();
            foreach (CaptureStore store in _stores.Values)
            {
                store.Tick();
            }
        }

        _sending.Step();
    }

    /// <summary>Carries out the command <c>capture</c>.</summary>
    public (bool Done, string Detail, Dictionary<string, double> Values) Carry(CommandMessage command, ModelHost host)
    {
        if (!_stores.TryGetValue(host.Name, out CaptureStore? store))
        {
            return (false, $"the package of {host.Name} asks for no captures (monitoring.capture)", []);
        }

        if (command.Now == true)
        {
            if (!_running.TryGetValue(host.Name, out Running? running))
            {
                return (false, $"no model answers for {host.Name}", []);
            }

            running.Thread.Recorder.Ask(CaptureReason.Asked);
            double seconds = (running.After + 1) / host.Site.RateHz;
            return (true, "the newest frames are kept, and those that follow", new() { ["ready_s"] = seconds });
        }

        if (command.Forget == true)
        {
            return (true, "the clips were removed", new() { ["removed"] = store.Forget() });
        }

        IEnumerable<CaptureStore.StoredClip> clips = store.List().Where(clip => clip.UnixMs >= (command.SinceUnixMs ?? 0));
        CaptureStore.StoredClip[] newest = [.. clips.Reverse().Take(command.Most ?? int.MaxValue).Reverse()];
        return _sending.Begin(command.Request, store, newest);
    }

    /// <summary>Looks for an answer of this boot among the newest frames of a model.</summary>
    /// <param name="done">Called once, on any thread; with null where it is not among them.</param>
    public void Recall(ModelHost host, long n, Action<CapturedClip?> done)
    {
        if (_running.TryGetValue(host.Name, out Running? running))
        {
            running.Thread.Recall(n, done);
        }
        else
        {
            done(null);
        }
    }

    /// <summary>What finds the clip that holds an answer of this boot, on any thread; null where the model's package keeps none.</summary>
    public Func<long, CapturedClip?>? Stored(ModelHost host)
    {
        BootId boot = _parts.Stamp.Boot;
        return _stores.TryGetValue(host.Name, out CaptureStore? store)
            ? n => store.Find(clip => clip.Boot == boot && clip.Answers.Any(answer => answer.N == n))
            : null;
    }

    /// <summary>Figures for people and machines, by name.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        foreach ((string model, CaptureStore store) in _stores)
        {
            CaptureCounts counts = store.Counts;
            Running? running = _running.GetValueOrDefault(model);
            yield return ($"{model}.captures.clips", counts.Clips);
            yield return ($"{model}.captures.bytes", counts.Bytes);
            yield return ($"{model}.captures.bytes_today", counts.BytesToday);
            yield return ($"{model}.captures.written", counts.Written);
            yield return ($"{model}.captures.not_written", counts.TooLarge + counts.OverDay);
            yield return ($"{model}.captures.failed", counts.Failed);
            yield return ($"{model}.captures.aged", counts.Aged);
            yield return ($"{model}.captures.evicted", counts.Evicted.Values.Sum());
            yield return ($"{model}.captures.joined", running?.Thread.Recorder.Joined ?? 0);
            yield return ($"{model}.captures.suppressed", running?.Thread.Recorder.Suppressed ?? 0);
            yield return ($"{model}.captures.dropped", running?.Thread.Dropped ?? 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string name in _running.Keys.ToArray())
        {
            End(name);
        }
    }

    private void Follow(ModelHost host)
    {
        LoadedModel? answering = host.Answering;
        CaptureSpec? spec = answering?.Manifest.Monitoring?.Capture;
        if (_running.TryGetValue(host.Name, out Running? running) && running.Package == answering && running.Host == host)
        {
            return;
        }

        End(host.Name);
        if (answering is null || spec is null || host.Path.Serving is not ServingModel serving || serving.Package != answering || !TryOpen(host.Name, spec, out CaptureStore? store))
        {
            return;
        }

        CaptureTap tap = new(answering, host.NewFrame, host.Site.RateHz);
        CaptureRecorder recorder = new(
            answering, host.Site, serving.Decisions, _parts.Stamp.Boot, host.NewFrame, _parts.PrivacyKey, new Random(_parts.Random.Next()),
            _parts.Time.TimestampFrequency);
        _running[host.Name] = new Running(host, answering, tap, spec.After, new CaptureThread(tap, recorder, store, _parts.Placement, _failed));
        host.Path.SetCapture(tap);
    }

    private bool TryOpen(string model, CaptureSpec spec, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CaptureStore? store)
    {
        try
        {
            if (!_stores.TryGetValue(model, out store))
            {
                store = new CaptureStore(_parts.CaptureDisk ?? _parts.Disk, $"{Directory}/{model}", spec, _parts.Time);
                _stores.Add(model, store);
            }

            store.Limit(spec);
            return true;
        }
        catch (IOException)
        {
            // A medium that does not say what is there keeps nothing; it is asked again with the next package.
            store = null;
            return false;
        }
    }

    private void End(string model)
    {
        if (_running.Remove(model, out Running? running))
        {
            running.Host.Path.SetCapture(null);
            running.Thread.Dispose();
        }
    }

    private sealed record Running(ModelHost Host, LoadedModel Package, CaptureTap Tap, int After, CaptureThread Thread);
}
