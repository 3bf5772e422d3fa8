using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Packages;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Shows packages as the page and the tools read them.</summary>
internal static class PackageViews
{
    public static PackageView Of(StoredPackage package, DeviceRegistry devices) => new()
    {
        Digest = package.Digest,
        Name = package.Name,
        Version = package.Version,
        ReleaseCounter = package.Manifest.ReleaseCounter,
        Description = package.Manifest.Description,
        Kind = package.Model?.Output.Kind ?? package.Manifest.KindName(),
        Labels = package.Model?.Output.Labels ?? [],
        Size = package.Size,
        ArchiveSha256 = package.ArchiveSha256,
        SignedBy = package.SignedBy,
        PushedUnixMs = package.PushedMs,
        Goals = package.Model?.Goals ?? new Dictionary<string, double>(),
        Features = package.Model?.Pipeline.Features.Count ?? 0,
        Devices = devices.All.Count(device => device.Model(package.Name)?.Active?.Digest == package.Digest),
    };

    public static PackageDetailView Detail(StoredPackage package, DeviceRegistry devices)
    {
        PackageView view = Of(package, devices);
        PackageManifest manifest = package.Manifest;
        return new PackageDetailView
        {
            Digest = view.Digest,
            Name = view.Name,
            Version = view.Version,
            ReleaseCounter = view.ReleaseCounter,
            Description = view.Description,
            Kind = view.Kind,
            Labels = view.Labels,
            Size = view.Size,
            ArchiveSha256 = view.ArchiveSha256,
            SignedBy = view.SignedBy,
            PushedUnixMs = view.PushedUnixMs,
            Goals = view.Goals,
            Features = view.Features,
            Devices = view.Devices,
            Manifest = manifest,
            Reference = package.Reference,
        };
    }
}
