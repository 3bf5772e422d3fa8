using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// The models that are served and the sensors that feed them. A reload lets some leave and others join while the rest goes on
/// untouched. For the agent's thread.
/// </summary>
internal sealed class ServedModels : IDisposable
{
    private readonly Publisher _publisher;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ThreadPlacement _placement;
    private readonly Action<string, Exception> _failed;
    private readonly GcWatch _collections = new();
    private readonly GarbageDue _garbage = new(() => GC.GetTotalAllocatedBytes());
    private CollectorThread? _collector;
    private readonly List<ModelHost> _hosts = [];
    private readonly List<SensorHost> _sensors = [];

    // By name and never forgotten, so that a model which a reload makes anew goes on counting; names are an operator's, and few.
    private readonly Dictionary<string, ModelTotals> _totals = [];

    /// <param name="failed">Called on a model's or sensor's thread with its name, when it met an error it does not know.</param>
    public ServedModels(
        Publisher publisher, TimeProvider time, ILogger logger, ThreadPlacement placement, Action<string, Exception> failed)
    {
        _publisher = publisher;
        _time = time;
        _logger = logger;
        _placement = placement;
        _failed = failed;
    }

    /// <summary>The models; the same list for its whole life.</summary>
    public IReadOnlyList<ModelHost> Hosts => _hosts;

    /// <summary>The sensors; the same list for its whole life.</summary>
    public IReadOnlyList<SensorHost> Sensors => _sensors;

    /// <summary>Adds the models of a configuration and their sensors. They do nothing before <see cref="Begin"/>.</summary>
    /// <param name="sources">In the order of <see cref="DeviceConfiguration.Sensors"/>; owned from here on.</param>
    public DeviceAssembly Join(DeviceConfiguration configuration, IReadOnlyList<FrameSource> sources)
    {
        DeviceAssembly joining = DeviceAssembly.Build(
            configuration, sources, TotalsOf, _publisher, _time,
            (model, decision, score) => DeviceLog.Decided(_logger, model, decision, score));
        _hosts.AddRange(joining.Hosts);
        _sensors.AddRange(joining.Sensors);
        return joining;
    }

    /// <summary>Begins to serve; models wait before their sensors are read.</summary>
    public void Begin(DeviceAssembly joined)
    {
        // With the generation above the youngest: left alone, it grows to megabytes of what was in use for a moment.
        _collector ??= new CollectorThread(_garbage, _placement, () => GC.Collect(1, GCCollectionMode.Forced, blocking: true));
        foreach (ModelHost host in joined.Hosts)
        {
            host.Start(_placement, error => _failed($"the sample path of {host.Name}", error));
        }

        foreach (SensorHost sensor in joined.Sensors)
        {
            sensor.Start(_placement, _collector, error => _failed($"the sensor {sensor.Name}", error));
        }
    }

    /// <summary>Ends models, and the sensors that fed them, after the sample in hand.</summary>
    /// <param name="names">Whole groups: no other model reads one of their sensors or gates one of them.</param>
    public void Leave(IReadOnlyCollection<string> names, UpdateAgent updates)
    {
        SensorHost[] sensors = [.. _sensors.Where(sensor => sensor.Hosts.Any(host => names.Contains(host.Name)))];
        foreach (SensorHost sensor in sensors)
        {
            sensor.Stop();
            _sensors.Remove(sensor);
        }

        foreach (ModelHost host in _hosts.Where(host => names.Contains(host.Name)).ToArray())
        {
            host.Stop();
            host.ForgetAlarms();
            updates.Remove(host.Name);
            host.Dispose();
            _hosts.Remove(host);
        }

        foreach (SensorHost sensor in sensors)
        {
            sensor.Dispose();
        }
    }

    /// <summary>How often each thread of the sample paths has turned.</summary>
    public IReadOnlyList<(string Name, long Turns)> Turns()
    {
        List<(string Name, long Turns)> turns = [.. _sensors.Select(sensor => (sensor.Name, sensor.Turns))];
        foreach (ModelHost host in _hosts)
        {
            if (host.Turns is long own)
            {
                turns.Add(($"{host.Name} (inference)", own));
            }
        }

        return turns;
    }

    /// <summary>Tells which sensors began to fail or read again. Every model that a failing one feeds is without its frames.</summary>
    public void TellFaults(TellEvent tell)
    {
        foreach (SensorHost sensor in _sensors)
        {
            if (!sensor.TakeFault(out string? fault))
            {
                continue;
            }

            EventSeverity severity = fault is null ? EventSeverity.Info : EventSeverity.Warning;
            foreach (ModelHost host in sensor.Hosts)
            {
                tell("sensor_fault", severity, host.Name, fault ?? "the sensor reads again");
            }

            if (fault is null)
            {
                DeviceLog.SensorReads(_logger, sensor.Name);
            }
            else
            {
                DeviceLog.SensorFails(_logger, sensor.Name, fault);
            }
        }
    }

    /// <summary>Tells which lines began or ceased to obey their model's decisions.</summary>
    public void TellLines(TellEvent tell)
    {
        foreach (ModelHost host in _hosts)
        {
            foreach (string? fault in host.TakeLineFaults())
            {
                tell("action", fault is null ? EventSeverity.Info : EventSeverity.Error, host.Name, fault ?? "the line obeys again");
                if (fault is null)
                {
                    DeviceLog.LineObeys(_logger, host.Name);
                }
                else
                {
                    DeviceLog.LineFails(_logger, host.Name, fault);
                }
            }
        }
    }

    /// <summary>Counts the collections of garbage since the last call in every model's ledger, and looks whether the next is due.</summary>
    public void WatchGarbage()
    {
        (int collections, long pause) = _collections.Look();
        _garbage.Look(collected: collections > 0);
        for (int i = 0; i < collections; i++)
        {
            foreach (ModelHost host in _hosts)
            {
                host.CountPause(pause);
            }
        }
    }

    /// <summary>How everything stands now.</summary>
    /// <param name="overLimits">Limits that the process is over.</param>
    public ServingState State(IReadOnlyCollection<string> overLimits) =>
        new([.. _hosts.Select(host => host.Standing())], [.. _sensors.Select(sensor => sensor.Standing())], [.. overLimits]);

    /// <summary>Ends every sample path, sensors first, and sends what the last windows hold.</summary>
    public void Stop()
    {
        foreach (SensorHost sensor in _sensors)
        {
            sensor.Stop();
        }

        foreach (ModelHost host in _hosts)
        {
            host.Stop();
        }
    }

    private ModelTotals TotalsOf(string model)
    {
        if (!_totals.TryGetValue(model, out ModelTotals? totals))
        {
            totals = new ModelTotals();
            _totals.Add(model, totals);
        }

        return totals;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SensorHost sensor in _sensors)
        {
            sensor.Dispose();
        }

        foreach (ModelHost host in _hosts)
        {
            host.Dispose();
        }

        _collector?.Dispose();
    }
}
