using System.Runtime.InteropServices;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Tuf;

namespace EdgeRuntime.Device.Serving;

/// <summary>What a device believes of releases from its first start on, by the TUF root in its configuration.</summary>
internal static class TrustAtBirth
{
    private const string Directory = "tuf";

    /// <summary>Trust that begins with the configured root, or null where there is none.</summary>
    /// <param name="disk">The state directory.</param>
    public static ReleaseTrust? Of(Setup setup, IDisk disk, TimeProvider time)
    {
        // What a target's hardware ids may call this machine: its board, or only its architecture.
        string architecture = $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        return setup.TrustRoot is byte[] root
            ? new ReleaseTrust(new TrustedMetadata(disk, Directory), root, time, [setup.Profile.Name, architecture])
            : null;
    }
}
