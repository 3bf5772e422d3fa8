using System.Buffers;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>The files of an outbox below <c>outbox</c>: a directory of segments for each class, and what is remembered beside them.</summary>
/// <remarks>For the keeper's thread only. Every method throws <see cref="IOException"/> when the medium does not do it.</remarks>
internal sealed class OutboxDisk(IDisk disk)
{
    private const string StatePath = "outbox/state";

    // What this program writes is much shorter.
    private const long LongestSegment = 8 * 1024 * 1024;

    /// <summary>Makes the directories, and reads what is remembered; null when nothing is, or it cannot be read.</summary>
    public RememberedOutbox? Open(IEnumerable<OutboxLine> lines, out bool wasThere)
    {
        foreach (OutboxLine line in lines)
        {
            disk.CreateDirectory(line.Directory);
        }

        disk.SyncDirectory("outbox");
        disk.SyncDirectory("");
        wasThere = disk.Length(StatePath) is not null;
        try
        {
            return DurableFiles.ReadAll(disk, StatePath, RememberedOutbox.MaxBytes) is byte[] bytes ? RememberedOutbox.Read(bytes) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Finds a line's segments, in order, and removes what an interrupted change left.</summary>
    /// <param name="first">Lowest number that may be there; those below are gone, and counted.</param>
    public List<Segment> Find(OutboxLine line, uint first)
    {
        List<SegmentName> names = [];
        foreach (string file in disk.List(line.Directory))
        {
            if (SegmentName.TryParse(file, out SegmentName name) && name.From >= first)
            {
                names.Add(name);
            }
            else
            {
                disk.Delete($"{line.Directory}/{file}");
            }
        }

        List<Segment> segments = [];
        foreach (SegmentName name in names)
        {
            // One that others were merged into stands for them; of one with both endings it may have been sent.
            if (names.Exists(other => other != name && other.Covers(name) && (!name.Covers(other) || other.MaySent)))
            {
                disk.Delete(line.PathOf(name));
            }
            else
            {
                segments.Add(new Segment(name) { Bytes = disk.Length(line.PathOf(name)) ?? 0 });
            }
        }

        segments.Sort((one, other) => one.Name.From.CompareTo(other.Name.From));
        return segments;
    }

    /// <summary>Appends messages to a segment, durably.</summary>
    /// <param name="bytes">What they take; <see cref="RecordFormat.SizeOf"/> of each.</param>
    public void Append(OutboxLine line, Segment segment, IReadOnlyList<StoredMessage> messages, int bytes)
    {
        string path = line.PathOf(segment);
        bool isNew = segment.Bytes == 0;
        Write(path, segment.Bytes, messages, bytes);
        disk.Sync(path);
        if (isNew)
        {
            disk.SyncDirectory(line.Directory);
        }
    }

    /// <summary>Puts a segment of merged messages in the place of others: all of them until its name is there, none from then on.</summary>
    /// <param name="name">Covers all of <paramref name="old"/>.</param>
    /// <returns>Bytes of the new one.</returns>
    public int Replace(OutboxLine line, IReadOnlyList<Segment> old, SegmentName name, IReadOnlyList<StoredMessage> messages)
    {
        string temporary = $"{line.Directory}/merged{DurableFiles.TemporaryEnding}";
        int bytes = messages.Sum(RecordFormat.SizeOf);
        disk.Delete(temporary);
        try
        {
            Write(temporary, 0, messages, bytes);
            disk.Sync(temporary);
        }
        catch (IOException)
        {
            disk.Delete(temporary);
            throw;
        }

        disk.Rename(temporary, line.PathOf(name));
        disk.SyncDirectory(line.Directory);
        foreach (Segment segment in old)
        {
            if (segment.Name != name)
            {
                disk.Delete(line.PathOf(segment));
            }
        }

        return bytes;
    }

    /// <summary>Reads a segment.</summary>
    /// <param name="make">Gives memory for so many bytes, or more.</param>
    public ReadOnlyMemory<byte> Read(OutboxLine line, Segment segment, Func<int, byte[]> make)
    {
        string path = line.PathOf(segment);
        int length = (int)Math.Min(LongestSegment, disk.Length(path) ?? throw new FileNotFoundException($"{path} is gone"));
        byte[] bytes = make(length);
        return bytes.AsMemory(0, disk.Read(path, 0, bytes.AsSpan(0, length)));
    }

    /// <summary>Gives a segment the name that says that it may have been sent, durably.</summary>
    public SegmentName MarkSent(OutboxLine line, Segment segment)
    {
        SegmentName marked = segment.Name with { MaySent = true };
        disk.Rename(line.PathOf(segment), line.PathOf(marked));
        disk.SyncDirectory(line.Directory);
        return marked;
    }

    /// <summary>Length of a segment's file: after a write that failed it may hold a part.</summary>
    public long Length(OutboxLine line, Segment segment) => disk.Length(line.PathOf(segment)) ?? 0;

    public void Delete(OutboxLine line, Segment segment) => disk.Delete(line.PathOf(segment));

    public void Remember(RememberedOutbox state) => DurableFiles.WriteAtomically(disk, StatePath, state.ToBytes());

    // In one write: a segment is torn at one place at most.
    private void Write(string path, long offset, IReadOnlyList<StoredMessage> messages, int bytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            int at = 0;
            foreach (StoredMessage message in messages)
            {
                at += RecordFormat.Write(message, buffer.AsSpan(at));
            }

            disk.Write(path, offset, buffer.AsSpan(0, at));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
