using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Verbs;
using System.Text.Json;

namespace EdgeRuntime.Device.Serving;

/// <summary>What a device says of itself: after every connection, on every change, and when it goes. For the agent's thread only.</summary>
internal sealed class Birth(
    Setup setup, Publisher publisher, IReadOnlyList<ModelHost> hosts, IReadOnlyDictionary<string, string> libraries,
    RealTimeReport realTime, byte[]? encryptionKey)
{
    /// <summary>What the files say now; replaced by a reload.</summary>
    public Setup Setup { get; set; } = setup;

    private readonly HardwareInfo _hardware = MachineInfo.Hardware();
    private readonly string _operatingSystem = MachineInfo.OperatingSystem();
    private (PackageLabel? Configuration, PackageLabel? Program) _inForce;

    /// <summary>The message the broker publishes when the device is gone without a word.</summary>
    public static LinkMessage Will(DeviceId device, Topics topics, BootId boot, long unixMs) => new()
    {
        Topic = topics.Up(device, "status"),
        Payload = JsonSerializer.SerializeToUtf8Bytes(
            new StatusMessage { Boot = boot, Sequence = 0, UnixMs = unixMs, ClockSynchronized = false, State = DeviceState.Lost },
            WireJson.Default.StatusMessage),
        Qos = 1,
        Retain = true,
        ContentType = "application/json",
    };

    /// <summary>Whether the device is there, and what it serves.</summary>
    /// <param name="lines">Where the lines of packages stand.</param>
    public void Status(DeviceState state, IReadOnlyDictionary<string, ModelId> models, IReadOnlyList<ReportedModel> lines) => publisher.State(
        "status",
        new StatusMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("status"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            State = state,
            Models = models,
            Configuration = InForce(lines).Configuration,
            Program = InForce(lines).Program,
            Outbox = publisher.Report(),
        },
        WireJson.Default.StatusMessage);

    /// <summary>What the device is made of.</summary>
    /// <param name="lines">Where the lines of packages stand.</param>
    public void Info(IReadOnlyList<ReportedModel> lines)
    {
        _inForce = InForce(lines);
        publisher.State("info", NewInfo(), WireJson.Default.InfoMessage);
    }

    /// <summary>What the device runs, from its own store; and what it is made of, where that changed with it.</summary>
    public void Reported(long generation, string? deployment, IReadOnlyList<ReportedModel> models)
    {
        publisher.State(
            "reported",
            new ReportedMessage
            {
                Boot = publisher.Stamp.Boot,
                Sequence = publisher.Stamp.Next("reported"),
                UnixMs = publisher.Stamp.UnixMs,
                ClockSynchronized = publisher.Stamp.ClockSynchronized,
                Generation = generation,
                Deployment = deployment,
                ConfigurationSha256 = Setup.Sha256,
                Models = models,
            },
            WireJson.Default.ReportedMessage);
        if (InForce(models) != _inForce)
        {
            Info(models);
        }
    }

    private InfoMessage NewInfo() => new()
    {
        Boot = publisher.Stamp.Boot,
        Sequence = publisher.Stamp.Next("info"),
        UnixMs = publisher.Stamp.UnixMs,
        ClockSynchronized = publisher.Stamp.ClockSynchronized,
        Hardware = _hardware,
        OperatingSystem = _operatingSystem,
        Runtime = VersionVerb.Runtime,
        Configuration = _inForce.Configuration,
        Program = _inForce.Program,
        Libraries = libraries,
        Profile = Setup.Profile.Name,
        EncryptionKey = encryptionKey,
        Labels = Setup.Configuration.Labels,
        Sensors = [.. hosts.Select(host => host.Info())],
        RealTime = realTime.Settings,
    };

    private static (PackageLabel? Configuration, PackageLabel? Program) InForce(IReadOnlyList<ReportedModel> lines) =>
        (InForce(lines, PackageManifest.ConfigurationKind), InForce(lines, PackageManifest.RuntimeKind));

    private static PackageLabel? InForce(IReadOnlyList<ReportedModel> lines, string kind) => lines.FirstOrDefault(line => line.Kind == kind)?.Active;
}
