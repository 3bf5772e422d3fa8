using System.Globalization;
using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>What became of one chunk that arrived.</summary>
public enum ChunkArrival
{
    /// <summary>It was missing, its hash is right, and it is written.</summary>
    Accepted,

    /// <summary>It was here already.</summary>
    Duplicate,

    /// <summary>Its bytes do not have the hash of the signed order; it is asked for again.</summary>
    Corrupt,

    /// <summary>No chunk of this archive begins there with that length.</summary>
    Foreign,
}

/// <summary>
/// Pulls one archive in chunks at the device's own pace. Each chunk is checked against the signed order as it arrives;
/// a lost or damaged one is asked for again; what is on disk is found again after a restart by its hashes.
/// </summary>
/// <remarks>
/// Progress needs no file of its own: a bitmap could say what the disk lost, a hash cannot. What was not synced when
/// the power failed (<see cref="SyncBytes"/>, or a second's worth of a fast line) is fetched again. Silence is no failure: a manager that is away
/// is asked ever more rarely, at last once in <see cref="LongestPause"/>. Not thread-safe.
/// </remarks>
public sealed class ChunkDownload
{
    /// <summary>Bytes after which what was written is made durable, unless that was done within <see cref="SyncEvery"/>.</summary>
    public const int SyncBytes = 1024 * 1024;

    /// <summary>Bytes after which it is made durable in any case.</summary>
    public const int MostUnsyncedBytes = 16 * SyncBytes;

    /// <summary>Bytes that stay free beside the archive, for pointers and journals.</summary>
    public const int ReserveBytes = 64 * 1024;

    /// <summary>How often one chunk may arrive damaged before the transfer is given up.</summary>
    public const int CorruptLimit = 8;

    /// <summary>How often at most a fast download waits for the medium: what a power failure costs is fetched again in that time.</summary>
    public static readonly TimeSpan SyncEvery = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between two requests that nobody answers.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly PackageReference _package;
    private readonly string _transfer;
    private readonly TimeProvider _time;
    private readonly byte[][] _hashes;
    private readonly bool[] _here;
    private readonly byte[] _corrupt;
    private readonly ChunkPace _pace;
    private readonly TransferBudget? _budget;
    private readonly ChunkCipher? _cipher;
    private readonly byte[] _opened;
    private readonly long _began;

    private long _syncedAt;
    private long _bytesAtStart;
    private int _unsyncedBytes;
    private int _firstMissing;

    /// <summary>Prepares the download; nothing is read, written or asked for before <see cref="Begin"/>.</summary>
    /// <param name="path">The file that takes the bytes; it may hold a part already.</param>
    /// <param name="package">A reference that <see cref="Objection"/> has nothing against.</param>
    /// <param name="transfer">Name the chunks come under: 1 to 63 of <c>a-z 0-9 -</c>.</param>
    /// <param name="random">Spreads the retries of many devices.</param>
    /// <param name="budget">What may be asked for, or null for no bound.</param>
    /// <param name="isReliable">True where the carrier tells what it could not bring.</param>
    /// <param name="cipher">Decrypts what comes where the reference says that it is encrypted; else null.</param>
    public ChunkDownload(
        IDisk disk, string path, PackageReference package, string transfer, TimeProvider time, Random random, TransferBudget? budget = null,
        bool isReliable = false, ChunkCipher? cipher = null)
    {
        _disk = disk;
        _path = path;
        _package = package;
        _transfer = transfer;
        _budget = budget;
        _cipher = cipher;
        _opened = cipher is null ? [] : new byte[package.ChunkBytes];
        _time = time;
        _hashes = [.. package.ChunkSha256.Select(Convert.FromHexString)];
        _here = new bool[_hashes.Length];
        _corrupt = new byte[_hashes.Length];
        _pace = new ChunkPace(time, random, isReliable);
        _began = time.GetTimestamp();
        _syncedAt = _began - time.TimestampFrequency;
    }

    /// <summary>The archive's name in requests: its hash, or that of its ciphertext.</summary>
    public string ArchiveSha256 => _package.Carried().Sha256;

    /// <summary>The name the chunks come under.</summary>
    public string Transfer => _transfer;

    /// <summary>Why the transfer ended without the archive, or null. A sentence for people.</summary>
    public string? Failure { get; private set; }

    /// <summary>True when every chunk is here, right and durable.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Bytes that are here and right.</summary>
    public long VerifiedBytes { get; private set; }

    /// <summary>Share of the bytes that are here and right, 0 to 100.</summary>
    public double Percent => 100.0 * VerifiedBytes / _package.Size;

    /// <summary>Bytes per second since the download began, or went on after a restart.</summary>
    public double BytesPerSecond
    {
        get
        {
            double seconds = _time.GetElapsedTime(_began).TotalSeconds;
            return seconds > 0 ? (VerifiedBytes - _bytesAtStart) / seconds : 0;
        }
    }

    /// <summary>What is wrong with a reference, or null when it can be fetched.</summary>
    /// <param name="largest">Bytes of the largest archive this device takes.</param>
    public static string? Objection(PackageReference package, long largest)
    {
        if (package.Size < 1 || package.Size > largest)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"the package has {package.Size} bytes; this device takes 1 to {largest}");
        }

        if (package.ChunkBytes is < 1 or > ChunkCodec.MaxLength)
        {
            return $"chunks of {package.ChunkBytes} bytes are outside 1 to {ChunkCodec.MaxLength}";
        }

        long chunks = (package.Size + package.ChunkBytes - 1) / package.ChunkBytes;
        if (package.ChunkSha256.Count != chunks)
        {
            return $"the order lists {package.ChunkSha256.Count} chunks where the size makes {chunks}";
        }

        if (package.Encryption is not null && package.ChunkBytes + ChunkCipher.TagBytes > ChunkCodec.MaxLength)
        {
            return $"encrypted chunks of {package.ChunkBytes} bytes are longer than {ChunkCodec.MaxLength}";
        }

        return package.ChunkSha256.Append(package.ArchiveSha256).All(IsSha256)
            ? package.Encryption?.Objection()
            : "a hash of the order is not 64 lowercase hex digits";
    }

    /// <summary>Finds what is already here by its hashes, and checks that the rest fits on the disk.</summary>
    public void Begin() => Guarded(() =>
    {
        CountWhatIsHere();
        _bytesAtStart = VerifiedBytes;
        long needed = Math.Max(0, _package.Size - (_disk.Length(_path) ?? 0)) + ReserveBytes;
        if (_disk.FreeBytes < needed)
        {
            Failure = string.Create(CultureInfo.InvariantCulture,
                $"the disk is full: {needed} bytes are needed and {_disk.FreeBytes} are free");
        }

        // Rather nothing than a part that was paid for and is never completed.
        Failure ??= _budget?.Objection(_package.Size - VerifiedBytes);
        FinishWhenWhole();
        if (Failure is null && !IsComplete)
        {
            // Others fill the disk too: what is promised now cannot be missing at the last chunk.
            _disk.Reserve(_path, _package.Size);
        }
    });

    /// <summary>Takes one chunk that arrived, whether it was asked for or not.</summary>
    /// <param name="offset">Its place in what is fetched: the archive, or its ciphertext.</param>
    /// <param name="bytes">Copied; valid during the call only.</param>
    public ChunkArrival OnChunk(long offset, ReadOnlySpan<byte> bytes)
    {
        long index = offset / CarriedBytes;
        if (offset < 0 || offset % CarriedBytes != 0 || index >= _hashes.Length
            || bytes.Length != LengthOf((int)index) + Overhead)
        {
            return ChunkArrival.Foreign;
        }

        int chunk = (int)index;
        if (_here[chunk] || IsComplete || Failure is not null)
        {
            return ChunkArrival.Duplicate;
        }

        bool isOpened = TryOpen(chunk, ref bytes);
        if (!isOpened || !HasHash(chunk, bytes))
        {
            _pace.OnLost(chunk);
            if (++_corrupt[chunk] >= CorruptLimit)
            {
                Failure = $"chunk {chunk} came {CorruptLimit} times "
                    + (isOpened ? "with bytes that do not have the hash of the order" : "changed, or not encrypted under the key of the order");
            }

            return ChunkArrival.Corrupt;
        }

        try
        {
            _disk.Write(_path, (long)chunk * _package.ChunkBytes, bytes);
            _here[chunk] = true;
            VerifiedBytes += bytes.Length;
            _unsyncedBytes += bytes.Length;
            _pace.OnArrived(chunk);
            if (_unsyncedBytes >= MostUnsyncedBytes || (_unsyncedBytes >= SyncBytes && _time.GetElapsedTime(_syncedAt) >= SyncEvery))
            {
                SyncFile();
            }

            FinishWhenWhole();
        }
        catch (IOException failed)
        {
            Failure = DiskSentence(failed);
        }

        return ChunkArrival.Accepted;
    }

    /// <summary>The next request to send now; false when it is not the time for one.</summary>
    public bool TryNext(out ChunkRequest request)
    {
        request = default;
        if (IsComplete || Failure is not null)
        {
            return false;
        }

        int free = _pace.Free();
        if (free == 0)
        {
            return false;
        }

        while (_here[_firstMissing])
        {
            _firstMissing++;
        }

        int first = _firstMissing;
        while (first < _here.Length && !IsWanted(first))
        {
            first++;
        }

        int count = 0;
        long bytes = 0;
        while (count < free && first + count < _here.Length && IsWanted(first + count)
            && bytes + LengthOf(first + count) + Overhead <= (_budget?.Left ?? long.MaxValue))
        {
            bytes += LengthOf(first + count) + Overhead;
            count++;
        }

        if (!TryPay(first, bytes))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            _pace.OnRequested(first + i);
        }

        request = new ChunkRequest(
            ArchiveSha256, (long)first * CarriedBytes, CarriedBytes, count, _transfer);
        return count > 0;
    }

    /// <summary>Forgets what was asked for: the link is gone, or is new.</summary>
    public void OnLinkChanged() => _pace.Reset();

    // Bytes of a chunk as it is carried, and how many of them are not the archive's.
    private int CarriedBytes => _package.ChunkBytes + Overhead;

    private int Overhead => _cipher is null ? 0 : ChunkCipher.TagBytes;

    private bool TryOpen(int chunk, ref ReadOnlySpan<byte> bytes)
    {
        if (_cipher is null)
        {
            return true;
        }

        Span<byte> opened = _opened.AsSpan(0, bytes.Length - ChunkCipher.TagBytes);
        bool isOpened = _cipher.TryOpen(chunk, bytes, opened);
        bytes = opened;
        return isOpened;
    }

    private static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static string DiskSentence(IOException failed) => $"the disk does not take the package: {failed.Message}";

    // Before the request leaves. Where nothing fits the budget any more, what is lost cannot be asked for again.
    private bool TryPay(int first, long bytes)
    {
        if (_budget is null || first == _here.Length)
        {
            return true;
        }

        if (bytes == 0)
        {
            Failure = _budget.Objection(_package.Size - VerifiedBytes);
            return Failure is null;
        }

        Guarded(() => _budget.Spend(bytes));
        return Failure is null;
    }

    private bool IsWanted(int chunk) => !_here[chunk] && !_pace.IsInFlight(chunk);

    private void CountWhatIsHere()
    {
        if (_disk.Length(_path) is not long length)
        {
            return;
        }

        if (length > _package.Size)
        {
            // Not a part of this archive, and its tail would make the whole hash wrong.
            _disk.Delete(_path);
            return;
        }

        byte[] buffer = new byte[_package.ChunkBytes];
        for (int chunk = 0; chunk < _hashes.Length; chunk++)
        {
            Span<byte> bytes = buffer.AsSpan(0, LengthOf(chunk));
            long offset = (long)chunk * _package.ChunkBytes;
            bool whole = offset + bytes.Length <= length && _disk.Read(_path, offset, bytes) == bytes.Length;
            if (whole && HasHash(chunk, bytes))
            {
                _here[chunk] = true;
                VerifiedBytes += bytes.Length;
            }
        }
    }

    private void FinishWhenWhole()
    {
        if (Failure is null && VerifiedBytes == _package.Size)
        {
            SyncFile();
            IsComplete = true;
        }
    }

    private void SyncFile()
    {
        _disk.Sync(_path);
        _disk.SyncDirectory(DurableFiles.Parent(_path));
        _unsyncedBytes = 0;
        _syncedAt = _time.GetTimestamp();
    }

    private int LengthOf(int chunk) =>
        (int)Math.Min(_package.ChunkBytes, _package.Size - ((long)chunk * _package.ChunkBytes));

    private bool HasHash(int chunk, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return hash.SequenceEqual(_hashes[chunk]);
    }

    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (IOException failed)
        {
            Failure = DiskSentence(failed);
        }
    }
}
