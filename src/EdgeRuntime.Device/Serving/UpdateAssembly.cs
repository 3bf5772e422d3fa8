using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Serving;

/// <summary>What a device's update agent is made of.</summary>
internal static class UpdateAssembly
{
    /// <summary>The parts, with a line for each model, for the configuration and for the program.</summary>
    public static AgentParts Build(Setup setup, DeviceParts parts, IReadOnlyList<ModelHost> hosts, IUpdateEvents events) => new()
    {
        Device = setup.Configuration.Device,
        DeployKeys = setup.DeployKeys,
        Trust = TrustAtBirth.Of(setup, parts.Disk, parts.Time),
        HasRepository = setup.Configuration.Trust.MetadataUrl is not null,
        Disk = parts.Disk,
        Recipient = parts.Recipient,
        Transfer = setup.Configuration.Transfer,
        Verification = parts.Verification,
        Lines =
        [
            .. hosts.Zip(setup.Configuration.Models, (host, model) => LineOf(host, model, setup)),
            .. ConfigurationInUse.LineOf(setup, parts.ConfigurationPath) is PackageLine line ? [line] : Array.Empty<PackageLine>(),
            .. parts.Runtime is null ? Array.Empty<PackageLine>() : [parts.Runtime.Line],
        ],
        Events = events,
        Time = parts.Time,
        Random = parts.Random,
        CrashLoop = parts.Starts.CrashLoop,
    };

    /// <summary>The line of one model.</summary>
    public static PackageLine LineOf(ModelHost host, ModelConfiguration model, Setup setup) => new(host.Site, () => setup.ReadPackage(model));
}
