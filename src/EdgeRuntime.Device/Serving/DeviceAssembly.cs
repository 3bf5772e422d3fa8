using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>The models and sensors of a device, joined as its configuration says: who feeds whom, and who gates whom.</summary>
/// <param name="Hosts">In the configuration's order.</param>
/// <param name="Sensors">In the order of <see cref="DeviceConfiguration.Sensors"/>.</param>
internal sealed record DeviceAssembly(IReadOnlyList<ModelHost> Hosts, IReadOnlyList<SensorHost> Sensors)
{
    /// <summary>Joins them.</summary>
    /// <param name="sensors">In the order of <see cref="DeviceConfiguration.Sensors"/>; owned by the result.</param>
    /// <param name="totals">What a model's samples came to so far in this process.</param>
    /// <param name="decided">Told every change of decision, with its model and its score.</param>
    public static DeviceAssembly Build(
        DeviceConfiguration configuration, IReadOnlyList<FrameSource> sensors, Func<string, ModelTotals> totals, Publisher publisher,
        TimeProvider time, Action<string, string, double> decided)
    {
        Dictionary<string, ModelGate> gates = [];
        foreach (ModelConfiguration model in configuration.Models)
        {
            if (model.Gate is GateConfiguration gate)
            {
                gates[model.Name] = new ModelGate(gate.Decisions, gate.Hold, time);
            }
        }

        Dictionary<string, FrameSource> byName = configuration.Sensors.Zip(sensors)
            .ToDictionary(pair => pair.First.Name, pair => pair.Second);
        List<ModelHost> hosts = [];
        foreach (ModelConfiguration model in configuration.Models)
        {
            IEnumerable<ModelGate> opens = configuration.Models.Where(gated => gated.Gate?.Model == model.Name)
                .Select(gated => gates[gated.Name]);
            hosts.Add(new ModelHost(
                model, byName[model.Sensor.Name], gates.GetValueOrDefault(model.Name), [.. opens], totals(model.Name), publisher,
                configuration.Telemetry, time, (decision, score) => decided(model.Name, decision, score)));
        }

        // A model that gates others sees a frame before they do, so that its word on that very frame counts.
        List<ModelHost> ordered =
            [.. hosts.Zip(configuration.Models).OrderBy(pair => Depth(pair.Second, configuration.Models)).Select(pair => pair.First)];
        List<SensorHost> feeds =
        [
            .. configuration.Sensors.Select(sensor => new SensorHost(
                sensor, byName[sensor.Name], [.. ordered.Where(host => host.SensorName == sensor.Name)], time)),
        ];
        return new DeviceAssembly(hosts, feeds);
    }

    // How many gates stand before a model. The configuration was checked: no circles.
    private static int Depth(ModelConfiguration model, IReadOnlyList<ModelConfiguration> models) => model.Gate is null
        ? 0
        : 1 + Depth(models.First(other => other.Name == model.Gate.Model), models);
}
