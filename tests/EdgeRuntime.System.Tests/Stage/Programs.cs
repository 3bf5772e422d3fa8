using System.Runtime.CompilerServices;

namespace EdgeRuntime.System.Tests.Stage;

/// <summary>The programs under test, as tools/test published them.</summary>
internal static class Programs
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../../.."));

    /// <summary>The native <c>edge-device</c>.</summary>
    public static string Device { get; } =
        Environment.GetEnvironmentVariable("EDGE_DEVICE") ?? Path.Combine(Root, "artifacts/publish/linux-x64/edge-device");

    /// <summary>The <c>edgectl</c> launcher.</summary>
    public static string Ctl { get; } =
        Environment.GetEnvironmentVariable("EDGECTL") ?? Path.Combine(Root, "artifacts/bin/edgectl");

    /// <summary>The <c>edge-fleet</c> launcher.</summary>
    public static string Fleet { get; } =
        Environment.GetEnvironmentVariable("EDGE_FLEET_APP") ?? Path.Combine(Root, "artifacts/bin/edge-fleet");

    /// <summary>A recording of vitals, made with the committed models.</summary>
    public static string Recording { get; } = Path.Combine(Root, "tools/train/recordings/vitals-00.csv");

    /// <summary>Why tests of the programs cannot run here, or null when they can.</summary>
    public static string? Missing { get; } =
        !File.Exists(Device) ? $"edge-device is not published at {Path.GetRelativePath(Root, Device)}; tools/test does that"
        : !File.Exists(Ctl) ? $"edgectl is not built at {Path.GetRelativePath(Root, Ctl)}; tools/test does that"
        : !File.Exists(Fleet) ? $"edge-fleet is not built at {Path.GetRelativePath(Root, Fleet)}; tools/test does that"
        : !File.Exists("/usr/sbin/mosquitto") ? "mosquitto is not installed; tools/test does that"
        : null;

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
