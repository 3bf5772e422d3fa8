using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet.Devices;

/// <summary>Every device that ever spoke, with its last words. Belongs to the fleet's thread.</summary>
/// <remarks>Bounded: beyond <see cref="MaxDevices"/> a new device is refused and counted.</remarks>
public sealed class DeviceRegistry
{
    /// <summary>Devices known at most.</summary>
    public const int MaxDevices = 20_000;

    private const long HeardEveryMs = 30_000;

    private readonly Database _database;
    private readonly Dictionary<DeviceId, DeviceEntry> _devices = [];
    private readonly HashSet<DeviceId> _changed = [];
    private readonly HashSet<DeviceId> _heard = [];
    private long _savedMs;

    /// <summary>Reads the devices from the database.</summary>
    public DeviceRegistry(Database database)
    {
        _database = database;
        Load();
    }

    /// <summary>All devices, in no order.</summary>
    public IReadOnlyCollection<DeviceEntry> All => _devices.Values;

    /// <summary>Devices refused because there were too many.</summary>
    public long Refused { get; private set; }

    /// <summary>Finds a device, or null.</summary>
    public DeviceEntry? Find(DeviceId id) => _devices.GetValueOrDefault(id);

    /// <summary>Notes that a device spoke; a new one is listed.</summary>
    /// <returns>Null when there are too many.</returns>
    public DeviceEntry? Heard(DeviceId id, long nowMs)
    {
        if (!_devices.TryGetValue(id, out DeviceEntry? device))
        {
            if (_devices.Count >= MaxDevices)
            {
                Refused++;
                return null;
            }

            device = new DeviceEntry(id, nowMs);
            _devices[id] = device;
            _changed.Add(id);
        }

        device.LastSeenMs = nowMs;
        _heard.Add(id);
        return device;
    }

    /// <summary>Notes that a device's last words changed and are to be written.</summary>
    public void Changed(DeviceEntry device) => _changed.Add(device.Id);

    /// <summary>Takes a word about a device's state.</summary>
    /// <returns>False when it must not count: the broker's late word about a boot that is over.</returns>
    public static bool Take(DeviceEntry device, StatusMessage status)
    {
        bool isLateWill = status.State == DeviceState.Lost && device.IsOnline && status.Boot != device.Status!.Boot;
        if (!isLateWill)
        {
            device.Status = status;
        }

        return !isLateWill;
    }

    /// <summary>Writes what changed, within the caller's transaction. When a device was heard last is written twice a minute.</summary>
    public void Save(long nowMs)
    {
        if (nowMs - _savedMs >= HeardEveryMs)
        {
            foreach (DeviceId id in _heard)
            {
                _database.Execute("UPDATE devices SET last_seen = $2 WHERE id = $1", id.ToString(), _devices[id].LastSeenMs);
            }

            _heard.Clear();
            _savedMs = nowMs;
        }

        foreach (DeviceId id in _changed)
        {
            DeviceEntry device = _devices[id];
            _database.Execute(
                """
                INSERT OR REPLACE INTO devices (id, first_seen, last_seen, status, info, reported)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                id.ToString(), device.FirstSeenMs, device.LastSeenMs,
                Bytes(device.Status, WireJson.Default.StatusMessage),
                Bytes(device.Info, WireJson.Default.InfoMessage),
                Bytes(device.Reported, WireJson.Default.ReportedMessage));
        }

        _changed.Clear();
    }

    /// <summary>Reads everything again from the database; for the start, and for after a failed commit.</summary>
    public void Load()
    {
        Dictionary<DeviceId, DeviceEntry> before = new(_devices);
        _devices.Clear();
        _changed.Clear();
        _heard.Clear();
        List<DeviceEntry> rows = _database.Read(
            "SELECT id, first_seen, last_seen, status, info, reported FROM devices",
            row => new DeviceEntry(DeviceId.Parse(row.GetString(0)), row.GetInt64(1))
            {
                LastSeenMs = row.GetInt64(2),
                Status = Value(row, 3, WireJson.Default.StatusMessage),
                Info = Value(row, 4, WireJson.Default.InfoMessage),
                Reported = Value(row, 5, WireJson.Default.ReportedMessage),
            });
        foreach (DeviceEntry device in rows)
        {
            _devices[device.Id] = device;
            RestoreWindows(device, before.GetValueOrDefault(device.Id));
        }
    }

    // The newest window of each model, so that the page and the gate's control are not blind after a restart.
    private void RestoreWindows(DeviceEntry device, DeviceEntry? before)
    {
        foreach (ReportedModel model in device.Reported?.Models ?? [])
        {
            LiveModel? live = device.LiveOf(model.Name);
            ReceivedWindow? kept = before?.Live.GetValueOrDefault(model.Name)?.Window;
            if (kept is not null)
            {
                live?.Restore(kept);
                continue;
            }

            foreach (ReceivedWindow window in WindowStore.Newest(_database, device.Id, model.Name, 1))
            {
                live?.Restore(window);
            }
        }
    }

    private static byte[]? Bytes<T>(T? value, JsonTypeInfo<T> type) where T : class =>
        value is null ? null : JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static T? Value<T>(Microsoft.Data.Sqlite.SqliteDataReader row, int column, JsonTypeInfo<T> type) where T : class =>
        row.IsDBNull(column) ? null : JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(column), type);
}
