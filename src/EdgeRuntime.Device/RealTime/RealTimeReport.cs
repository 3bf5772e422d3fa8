using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Device.RealTime;

/// <summary>
/// What became of every real-time setting: granted, or refused with a remedy. Any thread adds, each setting once; the agent reads.
/// </summary>
internal sealed class RealTimeReport
{
    private readonly object _gate = new();
    private readonly List<RealTimeSetting> _settings = [];
    private int _version;

    /// <summary>Counts up with every setting that was added or changed.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>All settings so far, in the order they were first applied.</summary>
    public IReadOnlyList<RealTimeSetting> Settings
    {
        get
        {
            lock (_gate)
            {
                return [.. _settings];
            }
        }
    }

    /// <summary>Notes what became of a setting. The same again changes nothing; a refusal is never covered by a later grant.</summary>
    public void Add(RealTimeSetting setting)
    {
        lock (_gate)
        {
            int at = _settings.FindIndex(known => known.Name == setting.Name);
            if (at >= 0 && (_settings[at] == setting || !_settings[at].Granted))
            {
                return;
            }

            if (at >= 0)
            {
                _settings[at] = setting;
            }
            else
            {
                _settings.Add(setting);
            }

            Volatile.Write(ref _version, _version + 1);
        }
    }
}
