using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>One sensor of the device, seen from the agent's thread, and the models that it feeds.</summary>
internal sealed class SensorHost : IDisposable
{
    private readonly SensorConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly SensorFeed _feed;
    private PathThread? _thread;
    private string? _fault;

    /// <param name="source">Owned from here on.</param>
    /// <param name="hosts">The models it feeds, those that gate others before them.</param>
    public SensorHost(SensorConfiguration configuration, FrameSource source, IReadOnlyList<ModelHost> hosts, TimeProvider time)
    {
        _configuration = configuration;
        _time = time;
        Hosts = hosts;
        Source = source;
        _feed = new SensorFeed(source, time, [.. hosts.Select(host => host.Path)]);
    }

    public string Name => _configuration.Name;

    public FrameSource Source { get; }

    /// <summary>The models it feeds.</summary>
    public IReadOnlyList<ModelHost> Hosts { get; }

    /// <summary>Counts up while it is read; 0 before it started.</summary>
    public long Turns => _thread?.Turns ?? 0;

    /// <summary>Begins to read, after the models' own threads have begun to wait.</summary>
    public void Start(ThreadPlacement placement, CollectorThread collector, Action<Exception> failed) =>
        _thread = new PathThread(_feed, Name, _time, placement, collector, failed);

    /// <summary>A change between reading and failing since the last call: the fault, or null when the sensor reads again.</summary>
    public bool TakeFault(out string? fault)
    {
        fault = _feed.Fault;
        bool changed = (fault is null) != (_fault is null);
        _fault = fault;
        return changed;
    }

    /// <summary>What the live ledger shows.</summary>
    public LiveSensor Live() => new(Name, _configuration.Driver, Source.RateHz, _feed.Frames, _feed.Errors, _feed.Fault);

    /// <summary>How it stands now.</summary>
    public SensorStanding Standing() => new(Name, _feed.Frames, _feed.Fault);

    /// <summary>Ends the reading after the frame in hand.</summary>
    public void Stop()
    {
        _thread?.Dispose();
        _thread = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        Source.Dispose();
    }
}
