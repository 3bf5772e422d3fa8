using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EdgeRuntime.Engine.Encryption;

/// <summary>AES-256-GCM over the blocks of one file, under a key of its own.</summary>
/// <remarks>
/// A block that is written again gets a new random nonce of 96 bits. Up to 2^32 blocks of one file (16 TiB written to it) the
/// chance that two of them ever had the same is below 2^-32, as SP 800-38D wants it.
/// </remarks>
internal sealed class FileCipher : IDisposable
{
    private const int KeyBytes = 32;

    private readonly AesGcm _aes;

    private FileCipher(AesGcm aes) => _aes = aes;

    /// <summary>The cipher of a file, by its header.</summary>
    /// <returns>Null when the header was made under another device key, or is damaged.</returns>
    public static FileCipher? Of(DeviceKey key, ReadOnlySpan<byte> header)
    {
        Span<byte> derived = stackalloc byte[KeyBytes + EncryptedFile.CheckBytes];
        key.DeriveFileKey(EncryptedFile.Salt(header), derived);
        return CryptographicOperations.FixedTimeEquals(derived[KeyBytes..], EncryptedFile.Check(header))
            ? new FileCipher(new AesGcm(derived[..KeyBytes], EncryptedFile.TagBytes))
            : null;
    }

    /// <summary>Makes the header of a new file, and its cipher.</summary>
    public static FileCipher Begin(DeviceKey key, RandomNumberGenerator random, Span<byte> header)
    {
        Span<byte> salt = stackalloc byte[EncryptedFile.SaltBytes];
        random.GetBytes(salt);
        Span<byte> derived = stackalloc byte[KeyBytes + EncryptedFile.CheckBytes];
        key.DeriveFileKey(salt, derived);
        EncryptedFile.WriteHeader(header, salt, derived[KeyBytes..]);
        return new FileCipher(new AesGcm(derived[..KeyBytes], EncryptedFile.TagBytes));
    }

    /// <summary>Encrypts a block.</summary>
    /// <param name="stored">As long as the content and <see cref="EncryptedFile.Overhead"/>; overwritten whole.</param>
    public void Seal(long block, ReadOnlySpan<byte> content, RandomNumberGenerator random, Span<byte> stored)
    {
        Span<byte> nonce = stored[..EncryptedFile.NonceBytes];
        random.GetBytes(nonce);
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, block);
        _aes.Encrypt(nonce, content, stored.Slice(nonce.Length, content.Length), stored[(nonce.Length + content.Length)..], number);
    }

    /// <summary>Decrypts a block.</summary>
    /// <param name="content">Shorter than <paramref name="stored"/> by <see cref="EncryptedFile.Overhead"/>; overwritten whole: with
    /// zeros where the block was never written, was torn, or was changed.</param>
    public void Open(long block, ReadOnlySpan<byte> stored, Span<byte> content)
    {
        if (!stored.ContainsAnyExcept((byte)0))
        {
            content.Clear();
            return;
        }

        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, block);
        ReadOnlySpan<byte> rest = stored[EncryptedFile.NonceBytes..];
        try
        {
            _aes.Decrypt(stored[..EncryptedFile.NonceBytes], rest[..content.Length], rest[content.Length..], content, number);
        }
        catch (AuthenticationTagMismatchException)
        {
            content.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _aes.Dispose();
}
