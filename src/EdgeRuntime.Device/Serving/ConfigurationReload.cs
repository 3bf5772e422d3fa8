using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// One reading of the configuration while the device serves. It checks everything and opens the sensors of new models before
/// anything is changed.
/// </summary>
/// <param name="first">What was read at start; what is only read then still holds.</param>
/// <param name="current">What holds now.</param>
internal sealed class ConfigurationReload(Setup first, Setup current, TimeProvider time)
{
    private readonly Setup _current = current;
    private readonly List<FrameSource> _sources = [];

    /// <summary>What differs from what holds now, and from what was read at start.</summary>
    public ConfigurationChanges Changes { get; private set; } = ConfigurationChanges.None;

    /// <summary>What holds next: the new file, with the old values of what is only read at start.</summary>
    public Setup Next { get; private set; } = current;

    /// <summary>Names of the models that end: those that are gone or changed, and all that share a sensor or a gate with one.</summary>
    public IReadOnlySet<string> Leaving { get; private set; } = new HashSet<string>();

    /// <summary>The part of <see cref="Next"/> whose models begin anew.</summary>
    public DeviceConfiguration Joining { get; private set; } = current.Configuration with { Models = [] };

    /// <summary>Opened, in the order of the sensors of <see cref="Joining"/>.</summary>
    public IReadOnlyList<FrameSource> Sources => _sources;

    /// <summary>What the reload does, as a sentence.</summary>
    public string Summary
    {
        get
        {
            List<string> parts = [];
            Say(parts, Changes.Labels, "labels");
            Say(parts, Changes.Telemetry, "telemetry");
            Say(parts, Changes.Added.Count > 0, $"added {string.Join(", ", Changes.Added)}");
            Say(parts, Changes.Removed.Count > 0, $"removed {string.Join(", ", Changes.Removed)}");
            Say(parts, Changes.Sensors.Count > 0, $"changed the sensor {string.Join(", ", Changes.Sensors)}");
            Say(parts, Changes.Replaced.Count > 0, $"changed {string.Join(", ", Changes.Replaced)}");
            string done = parts.Count == 0 ? "nothing that can change while serving has changed" : string.Join("; ", parts);
            return Changes.NeedRestart.Count == 0 ? done : $"{done}; a restart is needed for {string.Join(", ", Changes.NeedRestart)}";
        }
    }

    /// <summary>Reads and checks the file.</summary>
    /// <param name="overlay">The configuration package over it, or null.</param>
    /// <param name="mistakes">All mistakes when the result is false; then nothing is open and nothing changes.</param>
    public bool TryRead(string path, OverlayPackage? overlay, out IReadOnlyList<string> mistakes)
    {
        Mistakes found = new();
        if (Setup.Load(path, overlay, found) is not Setup setup)
        {
            mistakes = [.. found.Lines()];
            return false;
        }

        return TryTake(setup, out mistakes);
    }

    /// <summary>Takes what was read before, and opens its new sensors.</summary>
    /// <param name="mistakes">As of <see cref="TryRead"/>.</param>
    public bool TryTake(Setup setup, out IReadOnlyList<string> mistakes)
    {
        ConfigurationChanges sinceStart = ConfigurationChanges.Between(first.Source, setup.Source);
        List<string> needRestart = [.. sinceStart.NeedRestart];
        Say(needRestart, !ConfigurationChanges.Same(first.ProfileSource, setup.ProfileSource) && !needRestart.Contains("profile"), "the profile's content");
        Say(needRestart, !SameKeys(first.ReleaseKeys, setup.ReleaseKeys) || !SameKeys(first.DeployKeys, setup.DeployKeys)
            || !first.TrustRoot.AsSpan().SequenceEqual(setup.TrustRoot), "the keys of trust");
        Changes = ConfigurationChanges.Between(_current.Source, setup.Source) with { NeedRestart = needRestart };
        DeviceConfiguration read = setup.Configuration;
        Next = setup with
        {
            Profile = first.Profile,
            ProfileSource = first.ProfileSource,
            ReleaseKeys = first.ReleaseKeys,
            DeployKeys = first.DeployKeys,
            TrustRoot = first.TrustRoot,
            Configuration = first.Configuration with { Labels = read.Labels, Telemetry = read.Telemetry, Models = read.Models },
        };
        HashSet<string> affected = Affected();
        Leaving = affected;
        Joining = Next.Configuration with { Models = [.. Next.Configuration.Models.Where(model => affected.Contains(model.Name))] };
        mistakes = OpenSensors();
        return mistakes.Count == 0;
    }

    /// <summary>Every model that would begin anew with a sensor that its package does not fit, as a sentence.</summary>
    /// <param name="answering">The packages that answer now, by the name of their model.</param>
    public IEnumerable<string> Misfits(IReadOnlyDictionary<string, LoadedModel> answering)
    {
        Dictionary<string, FrameSource> sources = Joining.Sensors.Zip(_sources).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        foreach (ModelConfiguration model in Joining.Models)
        {
            if (answering.TryGetValue(model.Name, out LoadedModel? package)
                && !PipelineBinding.TryBind(
                    package.Manifest, ModelHost.SiteOf(model, sources[model.Sensor.Name]), out _, out IReadOnlyList<string> mistakes))
            {
                yield return $"the model '{model.Name}' {package.Manifest.Version} does not fit its sensor: {string.Join("; ", mistakes)}";
            }
        }
    }

    /// <summary>Closes what was opened; nothing has changed.</summary>
    public void GiveUp()
    {
        _sources.ForEach(source => source.Dispose());
        _sources.Clear();
    }

    private static void Say(List<string> parts, bool so, string part)
    {
        if (so)
        {
            parts.Add(part);
        }
    }

    private static bool SameKeys(IReadOnlyList<VerifyingKey> one, IReadOnlyList<VerifyingKey> other) =>
        one.Select(key => key.KeyId).SequenceEqual(other.Select(key => key.KeyId));

    // Models that share a sensor or a gate, before or after, are made anew together: neither can be moved from one to the other
    // while frames flow.
    private HashSet<string> Affected()
    {
        HashSet<string> affected = [.. Changes.Added, .. Changes.Removed, .. Changes.Replaced];
        ModelConfiguration[] all = [.. _current.Configuration.Models, .. Next.Configuration.Models];
        affected.UnionWith(all.Where(model => Changes.Sensors.Contains(model.Sensor.Name)).Select(model => model.Name));
        int before;
        do
        {
            before = affected.Count;
            HashSet<string> sensors = [.. all.Where(model => affected.Contains(model.Name)).Select(model => model.Sensor.Name)];
            HashSet<string> gates = [.. all.Where(model => affected.Contains(model.Name) && model.Gate is not null).Select(model => model.Gate!.Model)];
            affected.UnionWith(all
                .Where(model => sensors.Contains(model.Sensor.Name) || gates.Contains(model.Name)
                    || (model.Gate is not null && affected.Contains(model.Gate.Model)))
                .Select(model => model.Name));
        }
        while (affected.Count > before);

        return affected;
    }

    // Opened beside the old ones, which go on until all are open.
    private List<string> OpenSensors()
    {
        List<string> failed = [];
        foreach (SensorConfiguration sensor in Joining.Sensors)
        {
            try
            {
                _sources.Add(sensor.Make(time));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
                or EdgeRuntime.Sensors.Replay.RecordingException)
            {
                failed.Add($"the sensor {sensor.Name}: {e.Message}");
            }
        }

        if (failed.Count > 0)
        {
            GiveUp();
        }

        return failed;
    }
}
