using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EdgeRuntime.Contracts.Encryption;

/// <summary>AES-256-GCM over the chunks of one archive. Each is longer by a tag as ciphertext, so its place is known without the others.</summary>
/// <remarks>
/// The key is of this content alone, so the number of a chunk is nonce enough: nothing else is ever encrypted under the two.
/// Hash, number and count are authenticated, so that no chunk passes for another, and none for one of a longer archive. Not
/// thread-safe.
/// </remarks>
public sealed class ChunkCipher : IDisposable
{
    /// <summary>Bytes by which a chunk is longer.</summary>
    public const int TagBytes = 16;

    private const int NonceBytes = 12;

    private readonly AesGcm _aes;
    private readonly byte[] _associated;

    internal ChunkCipher(byte[] key, string sha256, int chunks)
    {
        byte[] hash = Convert.FromHexString(sha256);
        byte[] derived = HKDF.Expand(HashAlgorithmName.SHA256, key, Hpke.KeyBytes, [.. Encoding.ASCII.GetBytes("edgeruntime chunks 1"), .. hash]);
        _aes = new AesGcm(derived, TagBytes);
        _associated = [.. hash, .. new byte[2 * sizeof(int)]];
        BinaryPrimitives.WriteInt32BigEndian(_associated.AsSpan(hash.Length), chunks);
    }

    /// <summary>Bytes of a ciphertext.</summary>
    /// <param name="size">Of what is encrypted; at least 1.</param>
    /// <param name="chunkBytes">Of each of its chunks but the last.</param>
    public static long SizeOf(long size, int chunkBytes) => size + ((size + chunkBytes - 1) / chunkBytes * TagBytes);

    /// <summary>Encrypts a chunk.</summary>
    /// <param name="ciphertext">Longer than <paramref name="chunk"/> by <see cref="TagBytes"/>; overwritten whole.</param>
    public void Seal(int number, ReadOnlySpan<byte> chunk, Span<byte> ciphertext)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        Prepare(number, nonce);
        _aes.Encrypt(nonce, chunk, ciphertext[..chunk.Length], ciphertext[chunk.Length..], _associated);
    }

    /// <summary>Decrypts a chunk.</summary>
    /// <param name="chunk">Shorter than <paramref name="ciphertext"/> by <see cref="TagBytes"/>; overwritten whole.</param>
    /// <returns>False when it is not this chunk, or was changed; the chunk is zeros then.</returns>
    public bool TryOpen(int number, ReadOnlySpan<byte> ciphertext, Span<byte> chunk)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        Prepare(number, nonce);
        try
        {
            _aes.Decrypt(nonce, ciphertext[..chunk.Length], ciphertext[chunk.Length..], chunk, _associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Encrypts a whole archive or delta.</summary>
    /// <returns>SHA-256 of the ciphertext, lowercase hex.</returns>
    public string Seal(ReadOnlySpan<byte> content, int chunkBytes, Stream ciphertext)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[chunkBytes + TagBytes];
        for (int number = 0; !content.IsEmpty; number++)
        {
            int length = Math.Min(chunkBytes, content.Length);
            Span<byte> sealedChunk = piece.AsSpan(0, length + TagBytes);
            Seal(number, content[..length], sealedChunk);
            hash.AppendData(sealedChunk);
            ciphertext.Write(sealedChunk);
            content = content[length..];
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => _aes.Dispose();

    private void Prepare(int number, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt32BigEndian(nonce[(NonceBytes - sizeof(int))..], number);
        BinaryPrimitives.WriteInt32BigEndian(_associated.AsSpan(_associated.Length - sizeof(int)), number);
    }
}
