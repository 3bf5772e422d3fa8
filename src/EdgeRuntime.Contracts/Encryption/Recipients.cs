using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Encryption;

/// <summary>Whose keys a package is encrypted for: those that a file pins, or without one what the devices say themselves.</summary>
/// <remarks>A line of the file is <c>DEVICE KEY</c>, the key in base64 as 'edge-device check' prints it; '#' begins a comment.</remarks>
public sealed class Recipients
{
    /// <summary>Most bytes of a file.</summary>
    public const int LongestFile = 16 * 1024 * 1024;

    private readonly string? _file;
    private readonly Dictionary<DeviceId, byte[]> _pinned = [];

    private Recipients(string? file) => _file = file;

    /// <summary>Those who say themselves which key is theirs.</summary>
    public static Recipients Unpinned { get; } = new(null);

    /// <summary>Whether the operator vouches for the keys.</summary>
    public bool ArePinned => _file is not null;

    /// <summary>Reads what is pinned.</summary>
    /// <param name="file">Where it stands, for sentences.</param>
    /// <param name="utf8">What it holds.</param>
    /// <param name="mistakes">Takes all that is wrong, a sentence each.</param>
    public static Recipients Read(string file, ReadOnlySpan<byte> utf8, ICollection<string> mistakes)
    {
        Recipients recipients = new(file);
        string[] lines = Encoding.UTF8.GetString(utf8).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && recipients.Add(words) is string mistake)
            {
                mistakes.Add($"{file}: line {i + 1}: {mistake}");
            }
        }

        return recipients;
    }

    /// <summary>The key that is pinned for a device, an uncompressed point; null for none.</summary>
    public byte[]? PinnedFor(DeviceId device) => _pinned.GetValueOrDefault(device);

    /// <summary>The key that a package is encrypted with for a device.</summary>
    /// <param name="told">What the device says, or null.</param>
    /// <param name="objection">Why there is none, as a sentence, or null.</param>
    public byte[]? KeyOf(DeviceId device, byte[]? told, out string? objection)
    {
        byte[]? pinned = PinnedFor(device);
        objection = (told, pinned) switch
        {
            (null, _) => $"{device}: tells no key to encrypt for; its program is older, or its disk keeps none",
            (_, null) when ArePinned => $"{device}: is not in {_file}; 'edge-device check' on the device prints its line",
            (_, not null) when !told.AsSpan().SequenceEqual(pinned) =>
                $"{device}: tells the key {Short(told)}, and {_file} pins {Short(pinned)}; it was set up anew, or somebody answers in its place",
            _ when pinned is null && !IsKey(told) => $"{device}: tells a key that is none",
            _ => null,
        };
        return objection is null ? pinned ?? told : null;
    }

    private static string Short(byte[] key) => PackageEncryption.Short(PackageEncryption.NameOf(key));

    private string? Add(string[] words)
    {
        byte[] key = new byte[Hpke.PublicBytes];
        return words.Length != 2 ? "is not DEVICE KEY"
            : !DeviceId.TryParse(words[0], out DeviceId device) ? $"'{words[0]}' is not a device: 1 to {DeviceId.MaxLength} of a-z, 0-9 and '-'"
            : !Convert.TryFromBase64String(words[1], key, out int length) || length != key.Length || !IsKey(key) ? "the key is not base64 of a point of P-256"
            : !_pinned.TryAdd(device, key) ? $"'{device}' is pinned twice"
            : null;
    }

    private static bool IsKey(byte[] key)
    {
        try
        {
            Hpke.Seal(key, [], []);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
