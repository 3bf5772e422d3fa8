using System.Security.Cryptography;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Storage;

/// <summary>Secrets of this device under <c>identity</c> of its state directory: random, made once, and for its user alone.</summary>
internal static class IdentityFiles
{
    /// <summary>Bytes of a secret.</summary>
    public const int SecretBytes = 32;

    private const string Directory = "identity";

    /// <summary>A secret that is there, or null.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    /// <exception cref="InvalidDataException">It is longer than a secret.</exception>
    public static byte[]? Find(IDisk disk, string name) =>
        DurableFiles.ReadAll(disk, $"{Directory}/{name}", SecretBytes) is { Length: SecretBytes } known ? known : null;

    /// <summary>A secret that is there, or a new one.</summary>
    /// <param name="root">The state directory.</param>
    /// <exception cref="IOException">The medium failed.</exception>
    /// <exception cref="InvalidDataException">What is there is longer than a secret.</exception>
    public static byte[] FindOrMake(IDisk disk, string root, string name)
    {
        if (Find(disk, name) is byte[] known)
        {
            return known;
        }

        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        Keep(disk, root, name, secret);
        return secret;
    }

    /// <summary>Keeps a secret.</summary>
    /// <exception cref="IOException">No room, or the medium failed.</exception>
    public static void Keep(IDisk disk, string root, string name, ReadOnlySpan<byte> secret)
    {
        disk.CreateDirectory(Directory);

        // Closed to others before there is anything in it.
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            File.SetUnixFileMode(Path.Combine(root, Directory), OwnerOnly);
        }

        DurableFiles.WriteAtomically(disk, $"{Directory}/{name}", secret);
        disk.SyncDirectory("");
    }
}
