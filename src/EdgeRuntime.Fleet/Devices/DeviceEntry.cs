using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Monitoring;

namespace EdgeRuntime.Fleet.Devices;

/// <summary>What the manager knows of one device, from the device's own words. Belongs to the fleet's thread.</summary>
public sealed class DeviceEntry(DeviceId id, long firstSeenMs)
{
    private readonly Dictionary<string, LiveModel> _live = [];
    private readonly Dictionary<string, AlarmMessage> _alarms = [];

    /// <summary>Its name.</summary>
    public DeviceId Id { get; } = id;

    /// <summary>First message ever, UTC milliseconds.</summary>
    public long FirstSeenMs { get; } = firstSeenMs;

    /// <summary>Newest message, UTC milliseconds.</summary>
    public long LastSeenMs { get; set; } = firstSeenMs;

    /// <summary>Newest word about its state; null before the first.</summary>
    public StatusMessage? Status { get; set; }

    /// <summary>What it is made of; null before the first.</summary>
    public InfoMessage? Info { get; set; }

    /// <summary>What it runs, from its own store; null before the first.</summary>
    public ReportedMessage? Reported { get; set; }

    /// <summary>True while it is connected, as far as its last word and the broker's tell.</summary>
    public bool IsOnline => Status?.State is DeviceState.Online or DeviceState.Updating or DeviceState.Safe;

    /// <summary>What its models do now, by name.</summary>
    public IReadOnlyDictionary<string, LiveModel> Live => _live;

    /// <summary>The alarms that stand, by name.</summary>
    public IReadOnlyDictionary<string, AlarmMessage> Alarms => _alarms;

    /// <summary>Takes an alarm that stands.</summary>
    /// <returns>False when it is known, or there are as many as are followed.</returns>
    public bool Take(AlarmMessage alarm)
    {
        if (_alarms.TryGetValue(alarm.Name, out AlarmMessage? known)
            ? alarm.Boot == known.Boot && alarm.Sequence <= known.Sequence
            : _alarms.Count >= MaxAlarms)
        {
            return false;
        }

        _alarms[alarm.Name] = alarm;
        return true;
    }

    /// <summary>Forgets an alarm that ended. False when it was not known.</summary>
    public bool Forget(string alarm) => _alarms.Remove(alarm);

    /// <summary>The live side of one model; created when missing, up to <see cref="MaxModels"/>.</summary>
    public LiveModel? LiveOf(string model)
    {
        if (!_live.TryGetValue(model, out LiveModel? live) && _live.Count < MaxModels)
        {
            live = new LiveModel();
            _live[model] = live;
        }

        return live;
    }

    /// <summary>What it reported of a model, or null.</summary>
    public ReportedModel? Model(string name) => Reported?.Models.FirstOrDefault(model => model.Name == name);

    /// <summary>Models of one device that are followed.</summary>
    public const int MaxModels = 64;

    /// <summary>Alarms of one device that are followed.</summary>
    public const int MaxAlarms = 64;
}
