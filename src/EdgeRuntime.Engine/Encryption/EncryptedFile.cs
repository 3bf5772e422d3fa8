namespace EdgeRuntime.Engine.Encryption;

/// <summary>How a file of an <see cref="EncryptedDisk"/> stands on the disk below it.</summary>
/// <remarks>
/// <code>
/// header   8 bytes "EDGEENC1", 32 of salt, 16 that say which device key it is under
/// block    12 of nonce, up to 4096 of ciphertext, 16 of tag; every block but the last is full
/// </code>
/// Each file has a key of its own, derived from its salt, so that a block means nothing in another file; its number is
/// authenticated with it, so that it means nothing in another place. A block of zeros was never written. A file that was cut
/// short, or holds an earlier state of a block, is not seen here: what reads it has hashes of the whole.
/// </remarks>
internal static class EncryptedFile
{
    /// <summary>Bytes of content in a full block.</summary>
    public const int BlockBytes = 4096;

    /// <summary>Bytes before the first block.</summary>
    public const int HeaderBytes = MagicBytes + SaltBytes + CheckBytes;

    /// <summary>Bytes of a block besides its content.</summary>
    public const int Overhead = NonceBytes + TagBytes;

    /// <summary>Bytes of a full block as it is stored.</summary>
    public const int StoredBlockBytes = BlockBytes + Overhead;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceBytes = 12;

    /// <summary>Bytes of a tag.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes of a salt.</summary>
    public const int SaltBytes = 32;

    /// <summary>Bytes that tell the device key.</summary>
    public const int CheckBytes = 16;

    private const int MagicBytes = 8;

    /// <summary>What every such file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "EDGEENC1"u8;

    /// <summary>The salt within a header.</summary>
    public static ReadOnlySpan<byte> Salt(ReadOnlySpan<byte> header) => header.Slice(MagicBytes, SaltBytes);

    /// <summary>What tells the device key within a header.</summary>
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> header) => header.Slice(MagicBytes + SaltBytes, CheckBytes);

    /// <summary>Writes a header.</summary>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> check)
    {
        Magic.CopyTo(header);
        salt.CopyTo(header[MagicBytes..]);
        check.CopyTo(header[(MagicBytes + SaltBytes)..]);
    }

    /// <summary>Bytes on the disk of a file with that many bytes of content.</summary>
    public static long StoredLength(long length)
    {
        (long full, long rest) = Math.DivRem(length, BlockBytes);
        return HeaderBytes + (full * StoredBlockBytes) + (rest == 0 ? 0 : rest + Overhead);
    }

    /// <summary>Bytes of content of a file with that many bytes on the disk.</summary>
    public static long Length(long stored)
    {
        (long full, long rest) = Math.DivRem(Math.Max(0, stored - HeaderBytes), StoredBlockBytes);
        return (full * BlockBytes) + Math.Max(0, rest - Overhead);
    }

    /// <summary>Where a block begins on the disk.</summary>
    public static long PlaceOf(long block) => HeaderBytes + (block * StoredBlockBytes);

    /// <summary>Bytes of a block in a file of that length; 0 beyond its end.</summary>
    public static int LengthOf(long block, long length) => (int)Math.Clamp(length - (block * BlockBytes), 0, BlockBytes);
}
