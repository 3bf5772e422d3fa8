using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;

namespace EdgeRuntime.Engine.Encryption;

/// <summary>The one secret of a device: what its files are encrypted under, and what is encrypted for it, comes of it.</summary>
/// <remarks>Every use has a key of its own, derived by HKDF-SHA256 (RFC 5869), so that none tells anything of another.</remarks>
public sealed class DeviceKey
{
    /// <summary>Fewest bytes of a secret.</summary>
    public const int LeastBytes = 32;

    private readonly byte[] _secret;

    /// <summary>Makes it of a secret.</summary>
    /// <param name="secret">At least <see cref="LeastBytes"/>, from a good source of randomness.</param>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public DeviceKey(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, LeastBytes, nameof(secret));
        _secret = new byte[SHA256.HashSizeInBytes];
        HKDF.Extract(HashAlgorithmName.SHA256, secret, "edgeruntime device key 1"u8, _secret);
    }

    /// <summary>What the key of one file, and what tells it from others, is made of.</summary>
    internal void DeriveFileKey(ReadOnlySpan<byte> salt, Span<byte> derived) => Derive("file 1"u8, salt, derived);

    /// <summary>What packages are encrypted for: the same in every run.</summary>
    public HpkePrivateKey Recipient()
    {
        Span<byte> material = stackalloc byte[SHA256.HashSizeInBytes];
        DeriveKey("recipient of packages"u8, material);
        return HpkePrivateKey.Derive(material);
    }

    /// <summary>The key of what is kept outside of an <see cref="EncryptedDisk"/>, such as optimized graphs.</summary>
    /// <param name="purpose">Tells it from others.</param>
    /// <param name="derived">1 to 64 bytes; overwritten whole.</param>
    public void DeriveKey(ReadOnlySpan<byte> purpose, Span<byte> derived) => Derive("use 1"u8, purpose, derived);

    // The label is followed by a byte that none of them holds: no two uses have the same input.
    private void Derive(ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, Span<byte> derived)
    {
        Span<byte> info = stackalloc byte[label.Length + 1 + context.Length];
        label.CopyTo(info);
        info[label.Length] = 0;
        context.CopyTo(info[(label.Length + 1)..]);
        HKDF.Expand(HashAlgorithmName.SHA256, _secret, derived, info);
    }
}
