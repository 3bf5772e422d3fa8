using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Serving;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Supervision;

/// <summary>Tells an event of the device.</summary>
/// <param name="kind">Last level of its topic.</param>
internal delegate void TellEvent(string kind, EventSeverity severity, string? model, string detail);

/// <summary>
/// Watches over the process while it serves: tells systemd how it stands, feeds the watchdog from the turns of the sample paths,
/// holds garbage, memory and processor time of the process against their budgets, watches the temperature, and tells what became
/// of the real-time settings. For the agent's thread.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    private static readonly TimeSpan StatusPace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMilliseconds(400);

    private readonly NotifySocket _socket;
    private readonly Watchdog _watchdog;
    private readonly AllocationBudget _budget;
    private readonly ProcessBudget _process;
    private readonly ThermalWatch _thermal;
    private readonly RealTimeReport _realTime;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyList<(string Name, long Turns)>> _turns;
    private readonly Func<string> _statusNow;
    private readonly TellEvent _tell;
    private readonly HashSet<RealTimeSetting> _told = [];
    private readonly HashSet<string> _over = [];
    private int _version;
    private bool _ready;
    private string? _stuck;
    private string _status = "";
    private long _statusSent;

    /// <param name="turns">Every thread of the sample paths by name, with how often it has turned.</param>
    /// <param name="status">What the service does, in one line.</param>
    public Supervisor(
        NotifySocket socket, TimeSpan? watchdogInterval, ThreadPlacement placement, DeviceProfile profile, ILogger logger, TimeProvider time,
        Func<IReadOnlyList<(string Name, long Turns)>> turns, Func<string> status, TellEvent tell)
    {
        _process = new ProcessBudget(profile.Limits, time, () => Environment.WorkingSet, () => Environment.CpuUsage.TotalTime);
        _thermal = new ThermalWatch(new MachineFiles(), profile.Thermal, time);
        _turns = turns;
        _statusNow = status;
        _tell = tell;
        _socket = socket;
        _watchdog = new Watchdog(watchdogInterval, time);
        _budget = new AllocationBudget(placement.Options.AllocationBytesPerSecond, time, () => GC.GetTotalAllocatedBytes());
        _realTime = placement.Report;
        _logger = logger;
        _time = time;
        if (watchdogInterval < ShortestWatch)
        {
            ProcessLog.WatchdogTooShort(logger, watchdogInterval.Value.TotalSeconds);
        }
    }

    /// <summary>Garbage of the whole process.</summary>
    public AllocationBudget Budget => _budget;

    /// <summary>Limits of the profile that the process is over, garbage apart.</summary>
    public IReadOnlyCollection<string> OverLimits => _over;

    /// <summary>Looks after everything that is due; several times a second.</summary>
    /// <returns>True when what the device says of itself has changed.</returns>
    public bool Step()
    {
        // Asked for only when due: this runs twenty times a second, and what it makes is garbage.
        if (!_ready)
        {
            AwaitReady();
        }
        else if (_socket.IsConnected && _time.GetElapsedTime(_statusSent) >= StatusPace)
        {
            TellStatus();
        }

        if (_watchdog.IsHungry)
        {
            Watch();
        }

        if (_budget.Look())
        {
            TellBudget();
        }

        foreach (BudgetChange change in _process.Look())
        {
            Tell(change);
        }

        foreach (ThermalChange change in _thermal.Look())
        {
            Tell(change);
        }

        return _realTime.Version != _version && TellRealTime();
    }

    /// <summary>The configuration is being read again.</summary>
    public void Reloading() => _socket.Reloading((long)(_time.GetTimestamp() * (1e6 / _time.TimestampFrequency)));

    /// <summary>It was read, whether it was taken over or not.</summary>
    public void ReloadDone()
    {
        _status = _statusNow();
        _socket.Ready(_status);
    }

    /// <summary>The service is about to end.</summary>
    public void Stopping() => _socket.Stopping();

    /// <summary>
    /// The process is about to become another program: no end of the service, and the watchdog's time begins anew for the one that
    /// starts.
    /// </summary>
    public void Leaving()
    {
        Reloading();
        _socket.FeedWatchdog();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // Up is a device whose sample paths run. Whether a model answers is its status: the first package may be days away.
    private void AwaitReady()
    {
        if (_turns().All(path => path.Turns > 0))
        {
            _ready = true;
            _status = _statusNow();
            _socket.Ready(_status);
        }
    }

    private void TellStatus()
    {
        _statusSent = _time.GetTimestamp();
        string status = _statusNow();
        if (status != _status)
        {
            _status = status;
            _socket.Status(status);
        }
    }

    private void Watch()
    {
        if (_watchdog.IsDue(_turns()))
        {
            _socket.FeedWatchdog();
        }

        if (_watchdog.Stuck == _stuck)
        {
            return;
        }

        if (_watchdog.Stuck is string stuck)
        {
            ProcessLog.PathStandsStill(_logger, stuck);
            _tell("watchdog", EventSeverity.Error, stuck, "the sample path stands still; the watchdog is not fed");
        }
        else
        {
            ProcessLog.PathsMove(_logger);
        }

        _stuck = _watchdog.Stuck;
    }

    private void TellBudget()
    {
        string figures = string.Create(
            CultureInfo.InvariantCulture, $"{_budget.BytesPerSecond} managed bytes a second, budget {_budget.Budget}");
        if (_budget.IsOver)
        {
            ProcessLog.OverBudget(_logger, _budget.BytesPerSecond, _budget.Budget);
            _tell("allocation", EventSeverity.Warning, null, figures);
        }
        else
        {
            ProcessLog.WithinBudget(_logger, _budget.BytesPerSecond, _budget.Budget);
            _tell("allocation", EventSeverity.Info, null, figures);
        }
    }

    private void Tell(BudgetChange change)
    {
        string detail = $"{change.Limit}: {change.Detail}";
        if (change.IsOver)
        {
            _over.Add(change.Limit);
            ProcessLog.OverLimit(_logger, detail);
        }
        else
        {
            _over.Remove(change.Limit);
            ProcessLog.WithinLimit(_logger, detail);
        }

        _tell("limit", change.IsOver ? EventSeverity.Warning : EventSeverity.Info, null, detail);
    }

    private void Tell(ThermalChange change)
    {
        if (change.Trip is null)
        {
            ProcessLog.Cool(_logger, change.Detail);
        }
        else
        {
            ProcessLog.Hot(_logger, change.Detail);
        }

        EventSeverity severity = change.Trip?.Kind switch
        {
            null => EventSeverity.Info,
            "passive" => EventSeverity.Warning,
            _ => EventSeverity.Error,
        };
        _tell("thermal", severity, null, change.Detail);
    }

    // A setting is applied by the thread it is about, which may be after the device first spoke of itself.
    private bool TellRealTime()
    {
        _version = _realTime.Version;
        foreach (RealTimeSetting setting in _realTime.Settings)
        {
            if (!_told.Add(setting))
            {
                continue;
            }

            if (setting.Granted)
            {
                ProcessLog.Granted(_logger, setting.Name, setting.Detail);
            }
            else
            {
                ProcessLog.Refused(_logger, setting.Name, setting.Detail);
                _tell("real_time", EventSeverity.Warning, null, $"{setting.Name}: {setting.Detail}");
            }
        }

        return true;
    }
}
