using System.Globalization;
using System.Reflection;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Shows what the manager knows. Belongs to the fleet's thread.</summary>
internal sealed class FleetShow(FleetState state, FleetParts parts)
{
    /// <summary>The manager's version, such as <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(FleetShow).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The fleet in a few figures.</summary>
    public TilesView Tiles()
    {
        long nowMs = parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Dictionary<DeviceState, int> states = [];
        double rate = 0;
        int drifting = 0;
        foreach (DeviceEntry device in state.Devices.All)
        {
            if (device.Status is StatusMessage status)
            {
                states[status.State] = states.GetValueOrDefault(status.State) + 1;
            }

            foreach (LiveModel live in device.Live.Values.Where(live => device.IsOnline && live.IsCurrent(nowMs)))
            {
                rate += live.RateHz;
                drifting += live.Window!.Drifting ? 1 : 0;
            }
        }

        return new TilesView
        {
            Devices = state.Devices.All.Count,
            Online = states.GetValueOrDefault(DeviceState.Online),
            Updating = states.GetValueOrDefault(DeviceState.Updating),
            Safe = states.GetValueOrDefault(DeviceState.Safe),
            Offline = states.GetValueOrDefault(DeviceState.Offline),
            Lost = states.GetValueOrDefault(DeviceState.Lost),
            PredictionsPerSecond = Math.Round(rate, 3),
            PredictionsTotal = state.Samples,
            FailedTotal = state.Failed,
            FailedRecent = state.FailedLately.Total(nowMs),
            Drifting = drifting,
            RolloutsActive = state.Rollouts.All.Count(rollout => rollout.State.IsActive),
            Broker = new BrokerView(parts.Link.IsConnected, parts.Link.IsConnected ? parts.Broker : parts.Link.Detail),
            Ingest = new IngestView(
                parts.Counters.Received, parts.Counters.Stored, parts.Counters.Duplicates, parts.Counters.Unknown,
                parts.Counters.Malformed, parts.Counters.Dropped),
            Transfers = new TransfersView(parts.Chunks.Active, parts.Chunks.BytesSent),
            NowUnixMs = nowMs,
            Version = Version,
        };
    }

    /// <summary>All devices, by name.</summary>
    public DevicesView Devices() => new([.. state.Devices.All.OrderBy(device => device.Id.ToString(), StringComparer.Ordinal)
        .Select(device => DeviceViews.Of(device, state.Orders, state.Shelf))]);

    /// <summary>Everything about one device; null when it never spoke.</summary>
    public DeviceDetailView? Device(DeviceId id, int windows, int events)
    {
        if (state.Devices.Find(id) is not DeviceEntry device)
        {
            return null;
        }

        Dictionary<string, IReadOnlyList<ReceivedWindow>> byModel = [];
        foreach (string model in device.Live.Keys)
        {
            byModel[model] = WindowStore.Newest(state.Database, id, model, windows);
        }

        return DeviceViews.Detail(
            DeviceViews.Of(device, state.Orders, state.Shelf), device, byModel, state.Shelf,
            EventStore.Newest(state.Database, id, events), EventStore.Updates(state.Database, id, events));
    }

    /// <summary>Newest decisions of one model; null when the device never spoke.</summary>
    public HistoryView? History(DeviceId id, string model, int points) => state.Devices.Find(id) is DeviceEntry device
        ? DeviceViews.History(id, model, device.Live.GetValueOrDefault(model), points)
        : null;

    /// <summary>One rollout.</summary>
    /// <param name="complete">False for lists: without devices and history.</param>
    public RolloutView Rollout(Rollout rollout, bool complete) => RolloutViews.Of(
        rollout, state.Store.Steps(rollout.Id), state.Gates.Finding(rollout), state.Devices, state.Rollouts, complete);

    /// <summary>Figures for Prometheus, in its text format 0.0.4.</summary>
    public string Metrics()
    {
        TilesView tiles = Tiles();
        System.Text.StringBuilder text = new();
        Write("edge_fleet_devices", "gauge", "Devices by state.",
            ("state=\"online\"", tiles.Online), ("state=\"updating\"", tiles.Updating), ("state=\"safe\"", tiles.Safe),
            ("state=\"offline\"", tiles.Offline), ("state=\"lost\"", tiles.Lost));
        Write("edge_fleet_predictions_per_second", "gauge", "Sum of the rates of all models.", ("", tiles.PredictionsPerSecond));
        Write("edge_fleet_predictions_total", "counter", "Samples in all windows.", ("", tiles.PredictionsTotal));
        Write("edge_fleet_failed_total", "counter", "Failed samples in all windows.", ("", tiles.FailedTotal));
        Write("edge_fleet_drifting", "gauge", "Models of devices whose newest window drifts.", ("", tiles.Drifting));
        Write("edge_fleet_alarms", "gauge", "Alarms of devices that stand.", ("", state.Devices.All.Sum(device => device.Alarms.Count)));
        Write("edge_fleet_rollouts_active", "gauge", "Rollouts that have not ended.", ("", tiles.RolloutsActive));
        Write("edge_fleet_broker_connected", "gauge", "1 while the broker is connected.", ("", tiles.Broker.Connected ? 1 : 0));
        Write("edge_fleet_messages_total", "counter", "Messages by what became of them.",
            ("outcome=\"stored\"", tiles.Ingest.Stored), ("outcome=\"duplicate\"", tiles.Ingest.Duplicates),
            ("outcome=\"unknown\"", tiles.Ingest.Unknown), ("outcome=\"malformed\"", tiles.Ingest.Malformed));
        Write("edge_fleet_messages_dropped_total", "counter", "Messages dropped at a full queue, by class.",
            [.. tiles.Ingest.Dropped.Select(dropped => ($"class=\"{Label(dropped.Key)}\"", (double)dropped.Value))]);
        Write("edge_fleet_transfer_bytes_total", "counter", "Bytes of packages sent.", ("", tiles.Transfers.BytesTotal));
        Write("edge_fleet_transfers_active", "gauge", "Transfers under way.", ("", tiles.Transfers.Active));
        return text.ToString();

        void Write(string name, string type, string help, params (string Labels, double Value)[] samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            foreach ((string labels, double value) in samples)
            {
                string braces = labels.Length == 0 ? "" : $"{{{labels}}}";
                text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {value}\n");
            }
        }
    }

    // A class is a level of a topic, and so may hold what ends a label.
    private static string Label(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
