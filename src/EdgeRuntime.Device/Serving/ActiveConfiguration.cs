using System.Security.Cryptography;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// The configuration package that a device committed, read from its slot before anything is opened. Reads only: what is wrong with
/// the slot is the update agent's to mend.
/// </summary>
internal static class ActiveConfiguration
{
    /// <summary>A device's own file, under the package in force where there is one that can be used.</summary>
    /// <param name="own">The file alone.</param>
    /// <param name="objection">Why the file alone is used though a package is committed, as a sentence; else null.</param>
    public static Setup Over(Setup own, string path, IDisk disk, out string? objection)
    {
        objection = null;
        if (own.Configuration.Updates.Configuration is not string name)
        {
            return own;
        }

        try
        {
            if (Read(own, name, disk) is not OverlayPackage package)
            {
                return own;
            }

            Mistakes mistakes = new();
            if (Setup.Load(path, package, mistakes) is Setup under)
            {
                return under;
            }

            objection = $"the configuration {package.Label} is not used: {string.Join("; ", mistakes.Lines())}";
        }
        catch (Exception e) when (e is IOException or InvalidDataException or PackageRejectedException)
        {
            objection = $"the configuration in the slots of '{name}' is not used: {(e as PackageRejectedException)?.Detail ?? e.Message}";
        }

        return own;
    }

    /// <summary>The same of the device's state directory as it stands, for who only looks.</summary>
    public static Setup Look(Setup own, string path, out string? objection)
    {
        objection = null;
        DeviceConfiguration configuration = own.Configuration;
        return configuration.Updates.Configuration is not null && Directory.Exists(configuration.StateDirectory)
            ? Over(own, path, DeviceStorage.ToRead(new FileDisk(configuration.StateDirectory), configuration.DeviceKeyFile), out objection)
            : own;
    }

    private static OverlayPackage? Read(Setup own, string name, IDisk disk)
    {
        if (SlotStore.Look(disk, name).Active is not StoredPackage active)
        {
            return null;
        }

        byte[]? archive = DurableFiles.ReadAll(disk, SlotStore.PathOf(name, active.ArchiveSha256), active.Size);
        if (archive is null || Convert.ToHexStringLower(SHA256.HashData(archive)) != active.ArchiveSha256)
        {
            throw new InvalidDataException("its archive is not the one that was committed");
        }

        PackageArchive package = PackageArchive.Read(archive, own.ReleaseKeys, new PackageLimits(own.Profile.PackageBytesMax));
        return package is ConfigurationPackage configuration
            ? new OverlayPackage(name, configuration.Manifest.Version, package.Id, configuration.Overlay)
            : throw new InvalidDataException($"it holds a package of the kind {package.Manifest.KindName()}");
    }
}
