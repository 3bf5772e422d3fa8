using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// The clips of one model on the disk: a file for each, whole or not there. Bounded in bytes, in age, and in what is written in a day;
/// what goes to make room, and what was not written, is counted.
/// </summary>
/// <remarks>
/// A file's name says its number, when it was kept and why, so that nothing else need be read. The day's bytes are paid for
/// durably before they are written: no restart makes them free again. Thread-safe, under one lock that no sample path takes.
/// </remarks>
public sealed class CaptureStore
{
    private const string Ending = ".clip";
    private const string SpentName = "spent";
    private const int LongestSpent = 64;

    // The record of what was spent is written with every clip, and wears the flash too.
    private const int RecordBytes = 20;

    private readonly Lock _gate = new();
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly List<StoredClip> _clips = [];
    private CaptureSpec _limits;
    private long _newest;
    private (long Day, long Bytes) _spent;
    private CaptureCounts _counts = new();

    /// <summary>Opens what is there; pieces of files that were not finished go.</summary>
    /// <param name="directory">Such as <c>captures/vitals</c>; made with the first clip.</param>
    /// <exception cref="IOException">The medium failed.</exception>
    public CaptureStore(IDisk disk, string directory, CaptureSpec limits, TimeProvider time)
    {
        _disk = disk;
        _directory = directory;
        _limits = limits;
        _time = time;
        foreach (string name in disk.List(directory))
        {
            if (StoredClip.TryParse(name, disk.Length($"{directory}/{name}") ?? 0, out StoredClip? clip))
            {
                _clips.Add(clip);
                _newest = Math.Max(_newest, clip.Number);
            }
            else if (name != SpentName)
            {
                disk.Delete($"{directory}/{name}");
            }
        }

        _clips.Sort((one, other) => one.Number.CompareTo(other.Number));
        _spent = ReadSpent();
    }

    /// <summary>What became of all clips in this run.</summary>
    public CaptureCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return _counts with { Clips = _clips.Count, Bytes = _clips.Sum(clip => clip.Length), BytesToday = Today() == _spent.Day ? _spent.Bytes : 0 };
            }
        }
    }

    /// <summary>Other bounds from now on, as another package brings them.</summary>
    public void Limit(CaptureSpec limits)
    {
        lock (_gate)
        {
            _limits = limits;
        }
    }

    /// <summary>The clips, the oldest first.</summary>
    public IReadOnlyList<StoredClip> List()
    {
        lock (_gate)
        {
            return [.. _clips];
        }
    }

    /// <summary>Keeps a clip, where the bounds allow it.</summary>
    /// <returns>False when it was not kept, which is counted.</returns>
    public bool TryKeep(CaptureReason reason, ReadOnlySpan<byte> clip)
    {
        lock (_gate)
        {
            RemoveOld();
            long day = Today();
            long spent = day == _spent.Day ? _spent.Bytes : 0;
            if (clip.Length > _limits.MaxBytes)
            {
                _counts = _counts with { TooLarge = _counts.TooLarge + 1 };
                return false;
            }

            long cost = clip.Length + RecordBytes;
            if (spent + cost > _limits.BytesPerDay)
            {
                _counts = _counts with { OverDay = _counts.OverDay + 1 };
                return false;
            }

            try
            {
                MakeRoom(clip.Length);
                _disk.CreateDirectory(_directory);
                Spend(day, spent + cost);
                StoredClip kept = new(_newest + 1, Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds()), reason, clip.Length);
                DurableFiles.WriteAtomically(_disk, PathOf(kept), clip);
                _newest++;
                _clips.Add(kept);
                _counts = _counts with { Written = _counts.Written + 1, BytesWritten = _counts.BytesWritten + clip.Length };
                return true;
            }
            catch (IOException)
            {
                _counts = _counts with { Failed = _counts.Failed + 1 };
                return false;
            }
        }
    }

    /// <summary>Reads a piece of a clip.</summary>
    /// <returns>Bytes read; 0 where the clip is not there any more.</returns>
    public int Read(StoredClip clip, long offset, Span<byte> bytes)
    {
        lock (_gate)
        {
            try
            {
                return _clips.Contains(clip) ? _disk.Read(PathOf(clip), offset, bytes) : 0;
            }
            catch (IOException)
            {
                _counts = _counts with { Failed = _counts.Failed + 1 };
                return 0;
            }
        }
    }

    /// <summary>Reads clips, the newest first, up to one that is sought; damaged ones are passed over.</summary>
    public CapturedClip? Find(Func<CapturedClip, bool> isSought)
    {
        foreach (StoredClip stored in List().Reverse())
        {
            byte[] bytes = new byte[stored.Length];
            if (Read(stored, 0, bytes) != bytes.Length)
            {
                continue;
            }

            try
            {
                if (ClipCodec.Read(bytes) is CapturedClip clip && isSought(clip))
                {
                    return clip;
                }
            }
            catch (FormatException)
            {
                // What the medium did to it cannot be known here; others may be whole.
            }
        }

        return null;
    }

    /// <summary>Removes clips because somebody wants it.</summary>
    /// <returns>How many went.</returns>
    public int Forget()
    {
        lock (_gate)
        {
            int count = _clips.Count;
            while (_clips.Count > 0 && TryRemove(_clips[0]))
            {
            }

            return count - _clips.Count;
        }
    }

    /// <summary>Removes clips that are too old.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            RemoveOld();
        }
    }

    private void RemoveOld()
    {
        long oldest = _time.GetUtcNow().ToUnixTimeMilliseconds() - (long)(_limits.MaxAgeH * 3_600_000);
        while (_clips.Count > 0 && _clips[0].UnixMs < oldest && TryRemove(_clips[0]))
        {
            _counts = _counts with { Aged = _counts.Aged + 1 };
        }
    }

    // The reason with the most bytes gives up its oldest, so that a chatty one never pushes out a rare one.
    private void MakeRoom(long needed)
    {
        while (_clips.Count > 0 && _clips.Sum(clip => clip.Length) + needed > _limits.MaxBytes)
        {
            StoredClip oldest = _clips.GroupBy(clip => clip.Reason).MaxBy(group => group.Sum(clip => clip.Length))!.First();
            if (!TryRemove(oldest))
            {
                throw new IOException("a clip cannot be removed");
            }

            _counts = _counts.WithEvicted(oldest.Reason);
        }
    }

    private bool TryRemove(StoredClip clip)
    {
        try
        {
            _disk.Delete(PathOf(clip));
            _disk.SyncDirectory(_directory);
            _clips.Remove(clip);
            return true;
        }
        catch (IOException)
        {
            _counts = _counts with { Failed = _counts.Failed + 1 };
            return false;
        }
    }

    private void Spend(long day, long bytes)
    {
        DurableFiles.WriteAtomically(_disk, $"{_directory}/{SpentName}", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{day} {bytes}")));
        _spent = (day, bytes);
    }

    // A file that does not say what was spent today counts as all of it.
    private (long Day, long Bytes) ReadSpent()
    {
        try
        {
            if (DurableFiles.ReadAll(_disk, $"{_directory}/{SpentName}", LongestSpent) is not byte[] bytes)
            {
                return (0, 0);
            }

            string[] parts = Encoding.ASCII.GetString(bytes).Split(' ');
            if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long day)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long spent))
            {
                return (day, spent);
            }
        }
        catch (InvalidDataException)
        {
            // Longer than any that was written here.
        }

        return (Today(), long.MaxValue / 2);
    }

    private long Today() => _time.GetUtcNow().ToUnixTimeMilliseconds() / 86_400_000;

    private string PathOf(StoredClip clip) => $"{_directory}/{clip.Name}";

    /// <summary>One clip on the disk.</summary>
    /// <param name="Number">Counts up; the oldest has the lowest.</param>
    /// <param name="UnixMs">When it was kept, by the device's clock; the frames of a recording have a time of their own.</param>
    /// <param name="Length">Bytes.</param>
    public sealed record StoredClip(long Number, long UnixMs, CaptureReason Reason, long Length)
    {
        /// <summary>Name of its file.</summary>
        public string Name => string.Create(CultureInfo.InvariantCulture, $"{Number:D10}-{UnixMs:D13}-{Reason.ToString().ToLowerInvariant()}{Ending}");

        internal static bool TryParse(string name, long length, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StoredClip? clip)
        {
            clip = null;
            string[] parts = name.EndsWith(Ending, StringComparison.Ordinal) ? name[..^Ending.Length].Split('-') : [];
            if (parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long unixMs)
                && Enum.TryParse(parts[2], ignoreCase: true, out CaptureReason reason) && Enum.IsDefined(reason))
            {
                clip = new StoredClip(number, unixMs, reason, length);
            }

            return clip?.Name == name;
        }
    }
}
