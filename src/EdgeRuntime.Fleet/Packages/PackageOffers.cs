using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Devices;

namespace EdgeRuntime.Fleet.Packages;

/// <summary>
/// How a device may come by a package: the carriers that the configuration lists, the delta from what it says it runs, and the key to
/// both where they travel encrypted. Belongs to the fleet's thread.
/// </summary>
/// <param name="carriers"><c>mqtt</c>, or addresses below which web servers have archives and deltas; empty for the broker alone.</param>
/// <param name="encryption">What packages are encrypted with, and for whom; null where they travel as they are.</param>
internal sealed class PackageOffers(
    DeviceRegistry devices, PackageShelf shelf, DeltaShelf deltas, IReadOnlyList<string> carriers, PackageEncrypting? encryption)
{
    /// <summary>The broker, among carriers.</summary>
    public const string Mqtt = "mqtt";

    /// <summary>How the file of an archive ends.</summary>
    public const string ArchiveEnding = ".edgepkg";

    /// <summary>What a device's order says of a package; null where it is to be encrypted for a device whose key nobody vouches for.</summary>
    /// <param name="revert">True when the device is to return to it.</param>
    public PackageReference? Of(DeviceId device, string model, StoredPackage package, bool revert)
    {
        PackageEncryption? encrypted = encryption?.For(device, model, package.ArchiveSha256);
        if (encryption is not null && encrypted is null)
        {
            return null;
        }

        PackageReference plain = package.ToReference(revert);
        DeltaReference? delta = Base(device, model, package) is StoredPackage from ? deltas.Find(from.ArchiveSha256, package.ArchiveSha256) : null;
        return plain with
        {
            Carriers = Carriers(encrypted is null ? plain.ArchiveSha256 + ArchiveEnding : encrypted.CiphertextSha256 + CipherShelf.Ending),
            Deltas = delta is null
                ? []
                : [delta with { Carriers = Carriers(delta.CiphertextSha256 is string sha256 ? sha256 + CipherShelf.Ending : delta.Sha256 + DeltaShelf.Ending) }],
            Encryption = encrypted,
        };
    }

    /// <summary>Why a device can be ordered no package, as a sentence, or null.</summary>
    public string? Objection(DeviceEntry device)
    {
        string? objection = null;
        encryption?.Recipients.KeyOf(device.Id, device.Info?.EncryptionKey, out objection);
        return objection;
    }

    /// <summary>Wants the delta that a device's order could name.</summary>
    /// <param name="ordered">Hashes of the archives that orders name.</param>
    /// <returns>True while it is being made, and the order should wait for it.</returns>
    public bool IsMaking(DeviceId device, string model, StoredPackage package, IReadOnlySet<string> ordered) =>
        Base(device, model, package) is StoredPackage from && deltas.Want(from.ArchiveSha256, package.ArchiveSha256, ordered);

    private StoredPackage? Base(DeviceId device, string model, StoredPackage package) =>
        devices.Find(device)?.Model(model)?.Active is PackageLabel active && active.Digest != package.Digest
            && shelf.Find(active.Digest) is StoredPackage from && Math.Max(from.Size, package.Size) <= DeltaShelf.LargestArchive
            ? from
            : null;

    private string[] Carriers(string file) => [.. carriers.Select(carrier => carrier == Mqtt ? Mqtt : $"{carrier}/{file}")];
}
