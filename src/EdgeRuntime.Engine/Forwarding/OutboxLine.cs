using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Why a message was given up.</summary>
internal enum GivenUp
{
    Room,
    Age,
    Damage,
}

/// <summary>All messages of one class: its segments on the disk, the oldest first, then what is not written yet. Under the outbox's lock only.</summary>
internal sealed class OutboxLine(RecordClass kind)
{
    private const int MostSpent = 64;

    private readonly long[] _dropped = new long[3];
    private MessageCount _sent;
    private MessageCount _live;
    private int _spent;

    public RecordClass Kind { get; } = kind;

    /// <summary>Its directory.</summary>
    public string Directory { get; } = $"outbox/{1 + (int)kind}";

    /// <summary>In order.</summary>
    public List<Segment> Segments { get; } = [];

    /// <summary>The segment that is written to, the last one; null for none.</summary>
    public Segment? Active { get; set; }

    /// <summary>Messages that are nowhere but in memory.</summary>
    public EntryQueue Tail { get; } = new();

    /// <summary>Bytes of <see cref="Tail"/> as they would be on the disk.</summary>
    public long TailBytes { get; private set; }

    /// <summary>The lowest number a segment may have; those below are gone.</summary>
    public uint First { get; set; } = 1;

    /// <summary>Messages made; all that follow add up to it.</summary>
    public long Produced { get; private set; }

    /// <summary>Messages that nobody has acknowledged.</summary>
    public MessageCount Live => _live;

    /// <summary>Since when the manager owes a word, on the monotonic clock; null while it owes none.</summary>
    public long? OwedSince { get; set; }

    /// <summary>How often in a row the manager was reminded.</summary>
    public int Reminders { get; set; }

    public string PathOf(SegmentName name) => $"{Directory}/{name}";

    public string PathOf(Segment segment) => PathOf(segment.Name);

    public uint NextNumber => Math.Max(First, Segments.Count > 0 ? Segments[^1].Name.To + 1 : 1);

    /// <summary>Whether segments wait to be read: then what is newer must wait too.</summary>
    public bool HasIdle => Segments.Exists(segment => segment.Phase == SegmentPhase.Idle);

    /// <summary>Segments whose messages are in memory.</summary>
    public int LoadedCount => Segments.Count(segment => segment.Phase == SegmentPhase.Loaded && segment.Entries.Count > 0);

    public void Post(Entry entry)
    {
        Produced++;
        _live += entry.Count;
        Tail.Add(entry);
        TailBytes += entry.Bytes;
    }

    /// <summary>Counts a message that was made and had no room at all.</summary>
    public void PostDropped()
    {
        Produced++;
        _dropped[(int)GivenUp.Room]++;
    }

    /// <summary>The next to be sent, or null. Order is kept: nothing overtakes a segment that is not read yet.</summary>
    /// <param name="unwritten">Whether a result that somebody awaits may be sent though it is not on the disk.</param>
    public Entry? Next(bool unwritten)
    {
        foreach (Segment segment in Segments)
        {
            if (segment.Phase == SegmentPhase.Idle)
            {
                return null;
            }

            if (segment.Phase == SegmentPhase.Loaded && segment.Entries.FirstWaiting() is Entry entry)
            {
                return entry;
            }
        }

        // A result is never merged, so it may leave while it is written: somebody may act on it.
        return Tail.FirstWaiting() is Entry waiting
            && (Kind == RecordClass.Result ? unwritten || !waiting.IsAwaited : !waiting.IsBeingWritten) ? waiting : null;
    }

    /// <summary>Counts a message as acknowledged.</summary>
    public void Release(Entry entry)
    {
        _sent += entry.Count;
        Leave(entry, EntryState.Released);
    }

    /// <summary>Gives a message up.</summary>
    public void Drop(Entry entry, GivenUp cause)
    {
        _dropped[(int)cause] += entry.Count.Produced;
        Leave(entry, EntryState.Dropped);
    }

    /// <summary>Gives up what is left of a segment that goes.</summary>
    public void Drop(Segment segment, GivenUp cause)
    {
        _dropped[(int)cause] += segment.Live.Produced;
        _live -= segment.Live;
        segment.Live = default;
    }

    /// <summary>Counts what is left of a parked segment as acknowledged.</summary>
    public void Release(Segment segment)
    {
        _sent += segment.Live;
        _live -= segment.Live;
        segment.Gone += segment.Live;
        segment.Live = default;
    }

    /// <summary>Takes note of what was read in a segment.</summary>
    /// <param name="live">Messages that nobody has acknowledged.</param>
    /// <param name="gone">Messages that are known to be acknowledged.</param>
    public void Count(Segment segment, MessageCount live, MessageCount gone)
    {
        if (!segment.IsCounted)
        {
            // From an earlier run: for this one they are made now.
            Produced += live.Produced + gone.Produced;
            _live += live;
            _sent += gone;
        }
        else if (live.Produced < segment.Live.Produced)
        {
            _dropped[(int)GivenUp.Damage] += segment.Live.Produced - live.Produced;
            _live += live - segment.Live;
        }
        else
        {
            // Acknowledged out of order and forgotten since: sent again, and counted once.
            _sent -= live - segment.Live;
            _live += live - segment.Live;
        }

        segment.IsCounted = true;
        segment.Live = live;
        segment.Gone = gone;
    }

    /// <summary>Counts messages that were merged: what they stand for is the same.</summary>
    public void Merge(MessageCount before, MessageCount after) => _live += after - before;

    /// <summary>Moves the first entries of the tail to the segment that they were written to.</summary>
    /// <param name="keep">Whether they stay in memory.</param>
    public void Written(Segment segment, IReadOnlyList<Entry> batch, bool keep)
    {
        Tail.RemoveFirst(batch.Count);
        foreach (Entry entry in batch)
        {
            TailBytes -= entry.Bytes;
            entry.IsBeingWritten = false;
            entry.Segment = segment;
            MessageCount count = entry.Count;
            segment.Live += entry.IsLive ? count : default;
            segment.Gone += entry.State == EntryState.Released ? count : default;
            if (keep)
            {
                segment.Entries.Add(entry);
            }
        }
    }

    /// <summary>Puts merged messages in the place of others that are nowhere but in memory.</summary>
    public void Replace(IReadOnlyList<Entry> old, IReadOnlyList<Entry> merged)
    {
        Tail.Replace(old, merged);
        TailBytes += merged.Sum(entry => (long)entry.Bytes) - old.Sum(entry => (long)entry.Bytes);
        Merge(Sum(old), Sum(merged));
    }

    public OutboxTally Tally() => new(
        Produced, _sent.Records, _sent.Merged + _live.Merged, _dropped[(int)GivenUp.Room], _dropped[(int)GivenUp.Age],
        _dropped[(int)GivenUp.Damage], _live.Records);

    /// <summary>What is to be remembered beside the segments that are there.</summary>
    public RememberedLine Remember()
    {
        MessageCount present = default;
        foreach (Segment segment in Segments)
        {
            present += segment.Gone;
        }

        // What a segment that is there holds will be counted again when it is read.
        return new RememberedLine(
            First, Math.Max(0, _sent.Records - present.Records), Math.Max(0, _sent.Merged - present.Merged),
            _dropped[(int)GivenUp.Room], _dropped[(int)GivenUp.Age], _dropped[(int)GivenUp.Damage]);
    }

    /// <summary>Goes on from what was remembered.</summary>
    public void Recall(RememberedLine line)
    {
        First = Math.Max(1, line.First);
        _sent = new MessageCount(line.Sent, line.Merged) + _sent;
        _dropped[(int)GivenUp.Room] += line.DroppedRoom;
        _dropped[(int)GivenUp.Age] += line.DroppedAge;
        _dropped[(int)GivenUp.Damage] += line.DroppedDamage;
        Produced += line.Sent + line.Merged + line.DroppedRoom + line.DroppedAge + line.DroppedDamage;
    }

    private static MessageCount Sum(IEnumerable<Entry> entries)
    {
        MessageCount sum = default;
        foreach (Entry entry in entries)
        {
            sum += entry.Count;
        }

        return sum;
    }

    private void Leave(Entry entry, EntryState state)
    {
        MessageCount count = entry.Count;
        entry.State = state;
        _live -= count;
        if (entry.Segment is Segment segment)
        {
            segment.Live -= count;
            segment.Gone += state == EntryState.Released ? count : default;
        }
        else
        {
            _spent++;
        }
    }

    /// <summary>Forgets now and then what nobody waits for in the tail.</summary>
    public void Trim()
    {
        if (_spent >= MostSpent)
        {
            CompactTail();
        }
    }

    /// <summary>Forgets all that nobody waits for in the tail.</summary>
    public void CompactTail()
    {
        _spent = 0;
        Tail.Compact();
        TailBytes = Tail.All.Sum(entry => (long)entry.Bytes);
    }
}
