using System.Buffers;
using System.Security.Cryptography;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Encryption;

/// <summary>
/// A disk whose files below one directory are encrypted, so that who takes the medium away learns nothing of the models. All
/// others pass through.
/// </summary>
/// <remarks>
/// Plain and encrypted files are told apart by their first bytes, and both are read; what is written is encrypted, or plain
/// where encryption is switched off: <see cref="Convert()"/> brings the rest in line, one file after the other, each by a rename.
/// A block that was torn or changed reads as zeros, as a plain one would read as something else: whatever is read here is
/// held against a hash by its reader. Thread-safe as long as one file is written by one thread, as below.
/// </remarks>
public sealed class EncryptedDisk : IDisk
{
    private const int SliceBlocks = 32;
    private const string ConvertedEnding = ".converted";

    private readonly IDisk _inner;
    private readonly string _directory;
    private readonly DeviceKey _key;
    private readonly RandomNumberGenerator _random;
    private readonly bool _encrypts;

    /// <summary>Nothing is read or written before the first call.</summary>
    /// <param name="directory">Whose files are encrypted, those of its directories too.</param>
    /// <param name="encrypts">False to read what is encrypted and write plain files from now on.</param>
    public EncryptedDisk(IDisk inner, string directory, DeviceKey key, RandomNumberGenerator random, bool encrypts = true)
    {
        _inner = inner;
        _directory = directory;
        _key = key;
        _random = random;
        _encrypts = encrypts;
    }

    /// <inheritdoc/>
    public long FreeBytes => _encrypts ? EncryptedFile.Length(_inner.FreeBytes) : _inner.FreeBytes;

    /// <summary>How many files below a directory are encrypted.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public static int CountEncrypted(IDisk disk, string directory) =>
        Files(disk, directory).Count(path => HasHeader(disk, path, stackalloc byte[EncryptedFile.HeaderBytes]));

    /// <summary>
    /// Whether there are encrypted files, and none of them under this key: then it is the wrong one, and nothing should be
    /// written before the right one is found.
    /// </summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public bool IsWrongKey()
    {
        bool any = false;
        foreach (string path in Files(_inner, _directory))
        {
            Form form = FormOf(path, out FileCipher? cipher);
            cipher?.Dispose();
            if (form == Form.Encrypted)
            {
                return false;
            }

            any |= form == Form.Unreadable;
        }

        return any;
    }

    /// <summary>Encrypts the files that are plain, or makes plain what is encrypted; goes on where it was interrupted.</summary>
    /// <returns>What is left as it was and why, in a sentence, or null. It is read all the same.</returns>
    public string? Convert()
    {
        try
        {
            List<string> files = [.. Files(_inner, _directory)];
            foreach (string path in files)
            {
                if (path.EndsWith(ConvertedEnding, StringComparison.Ordinal))
                {
                    _inner.Delete(path);
                }
                else if (FormOf(path) == (_encrypts ? Form.Plain : Form.Encrypted))
                {
                    Convert(path);
                }
            }

            return null;
        }
        catch (IOException failed)
        {
            return $"{_directory} is not all {(_encrypts ? "encrypted" : "decrypted")} yet, and the next start goes on: {failed.Message}";
        }
    }

    /// <inheritdoc/>
    public long? Length(string path) =>
        _inner.Length(path) is not long stored ? null : FormOf(path) == Form.Plain ? stored : EncryptedFile.Length(stored);

    /// <inheritdoc/>
    public int Read(string path, long offset, Span<byte> bytes)
    {
        Form form = FormOf(path, out FileCipher? cipher);
        if (form == Form.Plain)
        {
            return _inner.Read(path, offset, bytes);
        }

        using (cipher)
        {
            long length = EncryptedFile.Length(_inner.Length(path) ?? 0);
            Span<byte> wanted = bytes[..(int)Math.Clamp(length - offset, 0, bytes.Length)];
            Read(path, cipher, length, offset, wanted);
            return wanted.Length;
        }
    }

    /// <inheritdoc/>
    public void Write(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        if (!IsEncrypted(path))
        {
            _inner.Write(path, offset, bytes);
            return;
        }

        Span<byte> header = stackalloc byte[EncryptedFile.HeaderBytes];
        using FileCipher cipher = CipherForWriting(path, header, out bool isNew);
        long length = isNew ? 0 : EncryptedFile.Length(_inner.Length(path) ?? 0);
        if (isNew && (bytes.IsEmpty || offset >= EncryptedFile.BlockBytes))
        {
            _inner.Write(path, 0, header);
            isNew = false;
        }

        length = FillLastBlock(path, cipher, length, offset);
        Write(path, cipher, isNew ? header : default, length, offset, bytes);
    }

    /// <inheritdoc/>
    public void Reserve(string path, long bytes)
    {
        if (!IsEncrypted(path))
        {
            _inner.Reserve(path, bytes);
            return;
        }

        long stored = EncryptedFile.StoredLength(bytes);
        Span<byte> header = stackalloc byte[EncryptedFile.HeaderBytes];
        if (_inner.Length(path) is null)
        {
            // The room first, so that a file that does not fit is not there.
            _inner.Reserve(path, stored);
            FileCipher.Begin(_key, _random, header).Dispose();
            _inner.Write(path, 0, header);
            return;
        }

        using FileCipher cipher = CipherForWriting(path, header, out _);
        long length = EncryptedFile.Length(_inner.Length(path) ?? 0);
        FillLastBlock(path, cipher, length, bytes);
        _inner.Reserve(path, stored);
    }

    /// <inheritdoc/>
    public void Sync(string path) => _inner.Sync(path);

    /// <inheritdoc/>
    public void SyncDirectory(string path) => _inner.SyncDirectory(path);

    /// <inheritdoc/>
    public void Rename(string from, string to) => _inner.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string path) => _inner.Delete(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path) => _inner.List(path);

    private static IEnumerable<string> Files(IDisk disk, string directory)
    {
        foreach (string name in disk.List(directory))
        {
            string path = $"{directory}/{name}";
            foreach (string file in disk.Length(path) is null ? Files(disk, path) : [path])
            {
                yield return file;
            }
        }
    }

    private static bool HasHeader(IDisk disk, string path, Span<byte> header) =>
        disk.Length(path) >= EncryptedFile.HeaderBytes && disk.Read(path, 0, header) == header.Length
        && header.StartsWith(EncryptedFile.Magic);

    // Whether what is written to the file is to be encrypted; one that is not as it should be is converted first.
    private bool IsEncrypted(string path)
    {
        if (!IsBelow(path))
        {
            return false;
        }

        if (_inner.Length(path) is not null)
        {
            Form form = FormOf(path);
            if (form == (_encrypts ? Form.Plain : Form.Encrypted))
            {
                Convert(path);
            }
            else if (form == Form.Unreadable && !_encrypts)
            {
                // A plain file cannot go on under its first bytes.
                _inner.Delete(path);
            }
        }

        return _encrypts;
    }

    private bool IsBelow(string path) => path.StartsWith(_directory, StringComparison.Ordinal) && path.AsSpan(_directory.Length).StartsWith("/");

    private Form FormOf(string path)
    {
        Form form = FormOf(path, out FileCipher? cipher);
        cipher?.Dispose();
        return form;
    }

    private Form FormOf(string path, out FileCipher? cipher)
    {
        Span<byte> header = stackalloc byte[EncryptedFile.HeaderBytes];
        cipher = null;
        if (!IsBelow(path) || !HasHeader(_inner, path, header))
        {
            return Form.Plain;
        }

        cipher = FileCipher.Of(_key, header);
        return cipher is null ? Form.Unreadable : Form.Encrypted;
    }

    private FileCipher CipherForWriting(string path, Span<byte> header, out bool isNew)
    {
        isNew = _inner.Length(path) is null;
        if (!isNew && FormOf(path, out FileCipher? known) == Form.Encrypted)
        {
            return known!;
        }

        FileCipher begun = FileCipher.Begin(_key, _random, header);
        if (!isNew)
        {
            // What stood there cannot be read under any header that is left; its room stays.
            _inner.Write(path, 0, header);
        }

        return begun;
    }

    // A last block that is not the last any more must be whole.
    private long FillLastBlock(string path, FileCipher cipher, long length, long until)
    {
        long end = Math.Min(until, (length + EncryptedFile.BlockBytes - 1) / EncryptedFile.BlockBytes * EncryptedFile.BlockBytes);
        if (end <= length)
        {
            return length;
        }

        Span<byte> zeros = stackalloc byte[(int)(end - length)];
        zeros.Clear();
        Write(path, cipher, default, length, length, zeros);
        return end;
    }

    private void Read(string path, FileCipher? cipher, long length, long offset, Span<byte> bytes)
    {
        if (cipher is null)
        {
            bytes.Clear();
            return;
        }

        byte[] stored = ArrayPool<byte>.Shared.Rent(SliceBlocks * EncryptedFile.StoredBlockBytes);
        Span<byte> content = stackalloc byte[EncryptedFile.BlockBytes];
        while (!bytes.IsEmpty)
        {
            long first = offset / EncryptedFile.BlockBytes;
            long last = Math.Min((offset + bytes.Length - 1) / EncryptedFile.BlockBytes, first + SliceBlocks - 1);
            int size = (int)(EncryptedFile.PlaceOf(last) - EncryptedFile.PlaceOf(first)) + EncryptedFile.LengthOf(last, length) + EncryptedFile.Overhead;
            Span<byte> slice = stored.AsSpan(0, size);
            slice[_inner.Read(path, EncryptedFile.PlaceOf(first), slice)..].Clear();
            for (long block = first; block <= last; block++)
            {
                Span<byte> sealedBlock = slice[(int)(EncryptedFile.PlaceOf(block) - EncryptedFile.PlaceOf(first))..];
                int blockLength = EncryptedFile.LengthOf(block, length);
                int from = (int)(offset - (block * EncryptedFile.BlockBytes));
                int count = Math.Min(blockLength - from, bytes.Length);
                bool isWhole = from == 0 && count == blockLength;
                Span<byte> opened = isWhole ? bytes[..count] : content[..blockLength];
                cipher.Open(block, sealedBlock[..(blockLength + EncryptedFile.Overhead)], opened);
                if (!isWhole)
                {
                    opened.Slice(from, count).CopyTo(bytes);
                }

                bytes = bytes[count..];
                offset += count;
            }
        }

        ArrayPool<byte>.Shared.Return(stored);
    }

    /// <param name="header">Written before the first block in the same call; empty where the file has it.</param>
    /// <param name="length">Of the content so far; every block but the one that holds its end is full.</param>
    private void Write(string path, FileCipher cipher, ReadOnlySpan<byte> header, long length, long offset, ReadOnlySpan<byte> bytes)
    {
        byte[] stored = ArrayPool<byte>.Shared.Rent(EncryptedFile.HeaderBytes + (SliceBlocks * EncryptedFile.StoredBlockBytes));
        Span<byte> content = stackalloc byte[EncryptedFile.BlockBytes];
        long newLength = Math.Max(length, offset + bytes.Length);
        while (!bytes.IsEmpty)
        {
            long first = offset / EncryptedFile.BlockBytes;
            long place = header.IsEmpty ? EncryptedFile.PlaceOf(first) : 0;
            header.CopyTo(stored);
            int size = header.Length;
            header = default;
            for (long block = first; block < first + SliceBlocks && !bytes.IsEmpty; block++)
            {
                int blockLength = EncryptedFile.LengthOf(block, newLength);
                int from = (int)(offset - (block * EncryptedFile.BlockBytes));
                int count = Math.Min(blockLength - from, bytes.Length);
                scoped ReadOnlySpan<byte> whole = bytes[..count];
                if (count < blockLength)
                {
                    Span<byte> mixed = content[..blockLength];
                    mixed.Clear();
                    Read(path, cipher, length, block * EncryptedFile.BlockBytes, mixed[..EncryptedFile.LengthOf(block, length)]);
                    whole.CopyTo(mixed[from..]);
                    whole = mixed;
                }

                cipher.Seal(block, whole, _random, stored.AsSpan(size, blockLength + EncryptedFile.Overhead));
                size += blockLength + EncryptedFile.Overhead;
                bytes = bytes[count..];
                offset += count;
            }

            _inner.Write(path, place, stored.AsSpan(0, size));
        }

        ArrayPool<byte>.Shared.Return(stored);
    }

    // The old form stands whole until the new one is durable.
    private void Convert(string path)
    {
        string converted = path + ConvertedEnding;
        _inner.Delete(converted);
        try
        {
            byte[] slice = new byte[SliceBlocks * EncryptedFile.BlockBytes];
            long length = Length(path) ?? 0;
            Span<byte> header = stackalloc byte[EncryptedFile.HeaderBytes];
            using FileCipher cipher = FileCipher.Begin(_key, _random, header);
            _inner.Write(converted, 0, _encrypts ? header : []);
            for (long at = 0; at < length; at += slice.Length)
            {
                Span<byte> bytes = slice.AsSpan(0, (int)Math.Min(slice.Length, length - at));
                bytes[Read(path, at, bytes)..].Clear();
                if (_encrypts)
                {
                    Write(converted, cipher, default, at, at, bytes);
                }
                else
                {
                    _inner.Write(converted, at, bytes);
                }
            }

            _inner.Sync(converted);
        }
        catch (IOException)
        {
            _inner.Delete(converted);
            throw;
        }

        _inner.Rename(converted, path);
        _inner.SyncDirectory(DurableFiles.Parent(path));
    }

    private enum Form
    {
        Plain,
        Encrypted,

        // It has the first bytes of one that is encrypted, and is under another key or damaged.
        Unreadable,
    }
}
