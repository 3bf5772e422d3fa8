using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Packages;

/// <summary>Wraps the keys of packages for devices: for those whose keys the operator vouches for. Belongs to the fleet's thread.</summary>
/// <remarks>The newest wrapping for each line of a device is kept, so that an order that is published again is the same.</remarks>
internal sealed class PackageEncrypting(CipherShelf ciphers, Recipients recipients)
{
    private readonly Dictionary<(DeviceId Device, string Model), (string Archive, PackageEncryption Encryption)> _wrapped = [];

    /// <summary>Devices and their keys.</summary>
    public Recipients Recipients { get; } = recipients;

    /// <summary>What an order says of an archive's encryption; null where no key is pinned for the device, or the archive is not here.</summary>
    /// <param name="model">The line that it is ordered for.</param>
    /// <param name="archiveSha256">Hash of the archive, lowercase hex.</param>
    public PackageEncryption? For(DeviceId device, string model, string archiveSha256)
    {
        if (_wrapped.TryGetValue((device, model), out (string Archive, PackageEncryption Encryption) known) && known.Archive == archiveSha256)
        {
            return known.Encryption;
        }

        PackageEncryption? encryption = Recipients.PinnedFor(device) is byte[] key ? ciphers.WrapFor(key, device, archiveSha256) : null;
        if (encryption is not null)
        {
            _wrapped[(device, model)] = (archiveSha256, encryption);
        }

        return encryption;
    }
}
