using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>One model of the device, seen from the agent's thread: its sensor, its sample path, and the package that answers.</summary>
internal sealed class ModelHost : IDisposable
{
    private const int RingRecords = 4096;

    private readonly ModelConfiguration _configuration;
    private readonly Publisher _publisher;
    private readonly TelemetryConfiguration _options;
    private readonly TimeProvider _time;
    private readonly Action<string, double> _decided;
    private readonly PredictionRing _ring = new(RingRecords);
    private readonly SamplePath _path;
    private PathThread? _thread;
    private ServingModel? _offered;
    private bool _withdrawn;
    private ServingModel? _judged;
    private ModelTelemetry? _telemetry;
    private string? _fault;

    /// <param name="source">Owned from here on.</param>
    /// <param name="decided">Told every change of decision, with its score.</param>
    public ModelHost(
        ModelConfiguration configuration, FrameSource source, Publisher publisher, TelemetryConfiguration options, TimeProvider time,
        Action<string, double> decided)
    {
        _configuration = configuration;
        _publisher = publisher;
        _options = options;
        _time = time;
        _decided = decided;
        Source = source;
        _path = new SamplePath(configuration.Name, source, time, _ring, TimeSpan.FromSeconds(options.WindowSeconds));
        Site = SiteOf(configuration, source);
    }

    public string Name => _configuration.Name;

    public string Driver => _configuration.Sensor.Driver;

    public FrameSource Source { get; }

    /// <summary>What feeds the model.</summary>
    public ModelSite Site { get; }

    /// <summary>The package that answers, or null.</summary>
    public LoadedModel? Answering => _telemetry is null ? null : _path.Serving?.Package;

    /// <summary>Samples that reached a model since start.</summary>
    public long Samples => _path.Samples;

    /// <summary>Inferences that failed since the package in use took over, up to the last full window.</summary>
    public long Failed => _telemetry?.Failed ?? 0;

    /// <summary>What feeds a model, as a package must fit it.</summary>
    public static ModelSite SiteOf(ModelConfiguration configuration, FrameSource source) => new()
    {
        Model = configuration.Name,
        Channels = source.Channels,
        Image = source.Image,
        RateHz = source.RateHz,
        Mapping = configuration.Channels,
    };

    /// <summary>Begins to read the sensor.</summary>
    public void Start(ThreadPlacement placement, Action<Exception> failed) => _thread = new PathThread(_path, _time, placement, failed);

    /// <summary>Counts up while the sample path lives; 0 before it started.</summary>
    public long Turns => _thread?.Turns ?? 0;

    /// <summary>Wants a package to answer from the next sample on, or none.</summary>
    public void Activate(LoadedModel? package, bool onTrial)
    {
        if (package is null)
        {
            _offered = null;
            _withdrawn = true;
            _path.Withdraw();
            return;
        }

        if (!PipelineBinding.TryBind(
            package.Manifest, Site, out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            // Verification bound the same package to the same sensor; it cannot have changed since.
            throw new InvalidOperationException($"a verified package does not fit: {string.Join("; ", mistakes)}");
        }

        SoakTrial? trial = onTrial
            ? new SoakTrial(package.Manifest.Soak, Champion(package), package.Reference.EffectiveShare)
            : null;
        _withdrawn = false;
        _offered = new ServingModel(package, pipeline, trial);
        _path.Offer(_offered);
    }

    /// <summary>Looks whether what was wanted has happened on the sample path.</summary>
    /// <param name="digest">The package that answers now; the default id for none.</param>
    /// <returns>True once for each wish that came true.</returns>
    public bool HasChanged(out ModelId digest)
    {
        digest = default;
        if (_withdrawn && _path.Serving is null)
        {
            _withdrawn = false;
            _telemetry?.Finish(_ring);
            _telemetry = null;
            return true;
        }

        if (_offered is null || _path.Serving != _offered)
        {
            return false;
        }

        _telemetry?.Finish(_ring);
        _telemetry = new ModelTelemetry(Name, _offered, _path.Switches, _publisher, _options, _time, _decided);
        digest = _offered.Package.Digest;
        _offered = null;
        return true;
    }

    /// <summary>The verdict on the package on trial, once.</summary>
    public SoakVerdict? TakeVerdict(out ModelId digest)
    {
        ServingModel? serving = _path.Serving;
        digest = serving?.Package.Digest ?? default;
        if (serving is null || serving == _judged || serving.Trial?.Verdict is not SoakVerdict verdict)
        {
            return null;
        }

        _judged = serving;
        return verdict;
    }

    /// <summary>Sends what the sample path left.</summary>
    public void Pump() => _telemetry?.Pump(_ring);

    /// <summary>A change between reading and failing since the last call: the fault, or null when the sensor reads again.</summary>
    public bool TakeFault(out string? fault)
    {
        fault = _path.SensorFault;
        bool changed = (fault is null) != (_fault is null);
        _fault = fault;
        return changed;
    }

    /// <summary>What the fleet is told about the sensor.</summary>
    public SensorInfo Info() => new(Name, Driver, Source.RateHz, [.. Source.Channels.Select(channel => channel.Name)]);

    /// <summary>What the live view shows.</summary>
    public ModelView View(string phase)
    {
        LatestMessage? latest = _telemetry?.Latest;
        return new ModelView(
            Name, latest?.Version ?? "", latest?.Decision ?? "–", latest?.Score ?? 0, Samples, Failed,
            latest?.InferMicroseconds ?? 0, _telemetry?.Drift, phase);
    }

    /// <summary>Ends the sample path after the frame in hand, and sends what its last window holds.</summary>
    public void Stop()
    {
        _thread?.Dispose();
        _thread = null;
        _telemetry?.Finish(_ring);
        _telemetry = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread?.Dispose();
        _thread = null;
        Source.Dispose();
    }

    // Comparable only where both packages tell the same things.
    private long[] Champion(LoadedModel candidate) =>
        _path.Serving is ServingModel serving && _telemetry is not null
            && serving.Package.Manifest.Output.Labels.SequenceEqual(candidate.Manifest.Output.Labels)
            ? _telemetry.PredictionCounts
            : [];
}
