using System.Security.Cryptography;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Encryption;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Storage;

/// <summary>A device's key, and its state directory as its configuration wants it: slots encrypted, or plain.</summary>
/// <param name="Disk">What everything is kept on.</param>
/// <param name="Key">What is encrypted for this device, and on it, comes of it; null where the disk gives none.</param>
/// <param name="Notices">What its owner should know, one sentence each.</param>
internal sealed record DeviceStorage(IDisk Disk, DeviceKey? Key, IReadOnlyList<string> Notices)
{
    private const string Slots = "slots";
    private const string KeyName = "device-key";
    private const int LongestKeyFile = 4096;

    /// <summary>The disk for captures, of which the files below that directory are encrypted where the slots are.</summary>
    public IDisk ForCaptures(DeviceConfiguration configuration) => Key is not null && configuration.EncryptAtRest
        ? new EncryptedDisk(Disk, "captures", Key, RandomNumberGenerator.Create())
        : Disk;

    /// <summary>Key of the hash of private categories; null without a key of the device.</summary>
    public byte[]? PrivacyKey()
    {
        byte[] key = new byte[SHA256.HashSizeInBytes];
        Key?.DeriveKey("private categories"u8, key);
        return Key is null ? null : key;
    }

    /// <summary>Opens it: converts what is not as it should be, and makes the key the first time.</summary>
    /// <param name="disk">The state directory.</param>
    /// <exception cref="InvalidDataException">What is encrypted is so under another key; nothing was changed.</exception>
    /// <exception cref="IOException">The slots are to be encrypted, and the key cannot be read or made.</exception>
    public static DeviceStorage Open(IDisk disk, DeviceConfiguration configuration)
    {
        bool isNew = false;
        byte[] secret;
        try
        {
            secret = Secret(disk, configuration.DeviceKeyFile, out isNew);
        }
        catch (IOException failed) when (!configuration.EncryptAtRest)
        {
            return new DeviceStorage(disk, null, [$"there is no device key, so nothing encrypted can be taken: {failed.Message}"]);
        }

        DeviceKey key = new(secret);
        EncryptedDisk encrypted = new(disk, Slots, key, RandomNumberGenerator.Create(), configuration.EncryptAtRest);
        List<string> notices = [];
        bool isPlain = !configuration.EncryptAtRest && !HoldsEncrypted(disk);
        if (!isPlain && IsWrong(encrypted))
        {
            string under = configuration.DeviceKeyFile is string file ? file : $"{configuration.StateDirectory}/identity/{KeyName}";
            throw new InvalidDataException(
                $"{configuration.StateDirectory}/{Slots} is encrypted, and not under the key of {under}: name the file of the right one "
                + "(device_key_file), or give the device another state_dir; nothing was changed");
        }

        if (isNew)
        {
            try
            {
                IdentityFiles.Keep(disk, configuration.StateDirectory, KeyName, secret);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && !configuration.EncryptAtRest)
            {
                return new DeviceStorage(disk, null, [$"there is no device key, so nothing encrypted can be taken: {e.Message}"]);
            }
        }

        if (isPlain)
        {
            return new DeviceStorage(disk, key, notices);
        }

        if (encrypted.Convert() is string left)
        {
            notices.Add(left);
        }

        if (configuration is { EncryptAtRest: true, DeviceKeyFile: null })
        {
            notices.Add("the slots are encrypted under a key that stands beside them: name one elsewhere (device_key_file), or who has the medium has both");
        }

        return new DeviceStorage(encrypted, key, notices);
    }

    /// <summary>The state directory for those who only look: what is encrypted is read as what it was, and nothing is made or converted.</summary>
    /// <param name="keyFile">See <see cref="DeviceConfiguration.DeviceKeyFile"/>.</param>
    public static IDisk ToRead(IDisk disk, string? keyFile) => Find(disk, keyFile) is DeviceKey key
        ? new EncryptedDisk(disk, Slots, key, RandomNumberGenerator.Create(), encrypts: false)
        : disk;

    /// <summary>The key that is there, or null; nothing is made.</summary>
    public static DeviceKey? Find(IDisk disk, DeviceConfiguration configuration) => Find(disk, configuration.DeviceKeyFile);

    private static DeviceKey? Find(IDisk disk, string? keyFile)
    {
        try
        {
            byte[] secret = Secret(disk, keyFile, out bool isNew);
            return isNew ? null : new DeviceKey(secret);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Why a file cannot be a device key, or null.</summary>
    public static string? Objection(string path)
    {
        try
        {
            return Read(path).Length < DeviceKey.LeastBytes
                ? $"{path} has fewer than the {DeviceKey.LeastBytes} bytes of a device key: 'head -c 32 /dev/urandom' makes one"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read: {e.Message}";
        }
    }

    private static byte[] Secret(IDisk disk, string? keyFile, out bool isNew)
    {
        isNew = false;
        if (keyFile is not null)
        {
            return Read(keyFile);
        }

        byte[]? known;
        try
        {
            known = IdentityFiles.Find(disk, KeyName);
        }
        catch (InvalidDataException)
        {
            known = null;
        }

        isNew = known is null;
        return known ?? RandomNumberGenerator.GetBytes(IdentityFiles.SecretBytes);
    }

    // Bounded, because a name such as /dev/zero is a file without an end.
    private static byte[] Read(string path)
    {
        byte[] bytes = new byte[LongestKeyFile];
        using FileStream file = File.OpenRead(path);
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    // A medium that does not say may hold some: both forms are read then.
    private static bool HoldsEncrypted(IDisk disk)
    {
        try
        {
            return EncryptedDisk.CountEncrypted(disk, Slots) > 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool IsWrong(EncryptedDisk encrypted)
    {
        try
        {
            return encrypted.IsWrongKey();
        }
        catch (IOException)
        {
            // It does not say now; whatever is read is held against a hash all the same.
            return false;
        }
    }
}
