using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// How the device is at this moment, for whoever looks: the view on its terminal, <c>top</c>, systemd's status line, and the
/// retained state. For the agent's thread only.
/// </summary>
/// <param name="configuration">That of the start: device and link stay as they were until a restart.</param>
internal sealed class DeviceStatus(
    DeviceConfiguration configuration, Publisher publisher, UpdateAgent updates, ServedModels served, ILink link, TimeProvider time)
{
    private const int NewsLines = 6;

    private readonly long _started = time.GetTimestamp();
    private readonly Queue<string> _news = [];

    /// <summary>Where it is connected to, or why it is not.</summary>
    public string LinkState { get; set; } = "not connected yet";

    /// <summary>Remembers a line for the view; the oldest of more than six goes.</summary>
    public void News(string line)
    {
        _news.Enqueue($"{time.GetLocalNow():HH:mm:ss} {line}");
        if (_news.Count > NewsLines)
        {
            _news.Dequeue();
        }
    }

    /// <summary>One line.</summary>
    public string Summary() =>
        $"{served.Hosts.Count(host => host.Answering is not null)} of {served.Hosts.Count} models answer, {(link.IsConnected ? "connected to" : "without")} {configuration.Link.Host}:{configuration.Link.Port}";

    /// <summary>What the view draws.</summary>
    public DeviceView View()
    {
        Dictionary<string, string> phases = Phases();
        (long waiting, long dropped) = publisher.Backlog();
        return new DeviceView(
            configuration.Device.ToString(), LinkState, link.IsConnected, waiting, dropped, time.GetElapsedTime(_started),
            [.. served.Hosts.Select(host => host.View(phases.GetValueOrDefault(host.Name, "")))], [.. _news]);
    }

    /// <summary>Everything counted since the start.</summary>
    public LiveLedger Live()
    {
        Dictionary<string, string> phases = Phases();
        (long waiting, long dropped) = publisher.Backlog();
        return new LiveLedger
        {
            Device = configuration.Device.ToString(),
            Boot = publisher.Stamp.Boot.ToString(),
            UnixMs = publisher.Stamp.UnixMs,
            UptimeMs = (long)time.GetElapsedTime(_started).TotalMilliseconds,
            Link = LinkState,
            LinkUp = link.IsConnected,
            Waiting = waiting,
            Dropped = dropped,
            Collections = GcWatch.Collections,
            PausedMs = GcWatch.Paused.TotalMilliseconds,
            ResidentBytes = Environment.WorkingSet,
            Sensors = [.. served.Sensors.Select(sensor => sensor.Live())],
            Models = [.. served.Hosts.Select(host => host.Live(phases.GetValueOrDefault(host.Name, "")))],
        };
    }

    /// <summary>The packages that answer, by the name of their model.</summary>
    public Dictionary<string, ModelId> Answering() => served.Hosts.Where(host => host.Answering is not null)
        .ToDictionary(host => host.Name, host => host.Answering!.Digest);

    /// <summary>The device as a whole, where <paramref name="models"/> stand so.</summary>
    public DeviceState StateOf(IReadOnlyList<ReportedModel> models) =>
        served.Hosts.Any(host => host.Answering is null) ? DeviceState.Safe
        : models.Any(model => model.Phase is UpdateState.Downloading or UpdateState.Verifying or UpdateState.Soaking) ? DeviceState.Updating
        : DeviceState.Online;

    private Dictionary<string, string> Phases() => updates.Report().ToDictionary(
        model => model.Name,
        model => model.Phase is UpdateState.Idle or UpdateState.Committed ? "" : model.Phase.ToString().ToLowerInvariant());
}
