using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>One ciphertext for all devices of a push, and the key to it wrapped for each of them.</summary>
internal sealed class PushEncryption(ContentKey content, PackageReference package, string ciphertextSha256, Recipients recipients)
{
    /// <summary>Why it cannot be encrypted for a device, in a sentence, or null.</summary>
    public string? Objection(Attendance device)
    {
        recipients.KeyOf(device.Device, device.EncryptionKey, out string? objection);
        return objection;
    }

    /// <summary>What the order of a device says, to which there is no objection.</summary>
    public PackageReference For(Attendance device) => package with
    {
        Encryption = content.WrapFor(
            recipients.KeyOf(device.Device, device.EncryptionKey, out _), device.Device, package.ArchiveSha256, ciphertextSha256),
    };
}
