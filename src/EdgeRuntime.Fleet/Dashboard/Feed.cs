using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Collects what changed and sends it to the pages at a pace that people and browsers keep up with. Belongs to the fleet's thread.</summary>
/// <remarks>
/// Of a device's state, its decisions and its progress only the newest is sent, at most five times a second; a rollout at
/// most twice a second, the tiles once. Windows, events and steps are sent each, at most <see cref="MaxEach"/> at a time.
/// </remarks>
internal sealed class Feed(Broadcast stream)
{
    /// <summary>Windows, events and steps sent at a time; what is beyond is left to the page's next fetch.</summary>
    public const int MaxEach = 500;

    private const long EveryMs = 200;
    private const long RolloutsEveryMs = 500;
    private const long TilesEveryMs = 1000;

    private readonly HashSet<DeviceId> _devices = [];
    private readonly Dictionary<(DeviceId, string), LatestMessage> _latest = [];
    private readonly Dictionary<(DeviceId, string), UpdateView> _progress = [];
    private readonly List<(DeviceId Device, ReceivedWindow Window)> _windows = [];
    private readonly List<EventView> _events = [];
    private readonly List<UpdateView> _updates = [];
    private readonly HashSet<string> _rollouts = [];
    private long _sentMs;
    private long _rolloutsMs;
    private long _tilesMs;

    /// <summary>A device's state changed.</summary>
    public void Device(DeviceId device) => _devices.Add(device);

    /// <summary>A device decided.</summary>
    public void Latest(DeviceId device, LatestMessage latest) => _latest[(device, latest.Model)] = latest;

    /// <summary>A window arrived.</summary>
    public void Window(DeviceId device, ReceivedWindow window) => AddTo(_windows, (device, window));

    /// <summary>Something happened.</summary>
    public void Event(EventView happened) => AddTo(_events, happened);

    /// <summary>An update moved.</summary>
    public void Update(UpdateView update)
    {
        if (update.Percent is > 0)
        {
            _progress[(update.Device, update.Model)] = update;
        }
        else
        {
            AddTo(_updates, update);
        }
    }

    /// <summary>A rollout changed.</summary>
    public void Rollout(string id) => _rollouts.Add(id);

    /// <summary>Sends what is due.</summary>
    /// <param name="show">Shows a rollout, complete.</param>
    public void Flush(long nowMs, FleetState state, Func<TilesView> tiles, Func<Rollout, RolloutView> show)
    {
        if (stream.Subscribers == 0)
        {
            Clear();
            return;
        }

        if (nowMs - _sentMs >= EveryMs)
        {
            _sentMs = nowMs;
            SendDevices(state);
        }

        if (nowMs - _rolloutsMs >= RolloutsEveryMs && _rollouts.Count > 0)
        {
            _rolloutsMs = nowMs;
            foreach (Rollout rollout in state.Rollouts.All.Where(rollout => _rollouts.Contains(rollout.Id)))
            {
                stream.Send("rollout", show(rollout), FleetJson.Default.RolloutView);
            }

            _rollouts.Clear();
        }

        if (nowMs - _tilesMs >= TilesEveryMs)
        {
            _tilesMs = nowMs;
            stream.Send("fleet", tiles(), FleetJson.Default.TilesView);
        }
    }

    private void SendDevices(FleetState state)
    {
        foreach (DeviceId id in _devices)
        {
            if (state.Devices.Find(id) is DeviceEntry device)
            {
                stream.Send("device", DeviceViews.Of(device, state.Orders, state.Shelf), FleetJson.Default.DeviceView);
            }
        }

        foreach (((DeviceId device, _), LatestMessage latest) in _latest)
        {
            stream.Send("latest", DeviceViews.Of(device, latest), FleetJson.Default.LatestView);
        }

        foreach ((DeviceId device, ReceivedWindow window) in _windows)
        {
            stream.Send("window", DeviceViews.Of(device, window), FleetJson.Default.WindowView);
        }

        foreach (EventView happened in _events)
        {
            stream.Send("event", happened, FleetJson.Default.EventView);
        }

        foreach (UpdateView update in _updates.Concat(_progress.Values))
        {
            stream.Send("update", update, FleetJson.Default.UpdateView);
        }

        _devices.Clear();
        _latest.Clear();
        _windows.Clear();
        _events.Clear();
        _updates.Clear();
        _progress.Clear();
    }

    private void Clear()
    {
        _devices.Clear();
        _latest.Clear();
        _windows.Clear();
        _events.Clear();
        _updates.Clear();
        _progress.Clear();
        _rollouts.Clear();
    }

    private static void AddTo<T>(List<T> list, T item)
    {
        if (list.Count < MaxEach)
        {
            list.Add(item);
        }
    }
}
