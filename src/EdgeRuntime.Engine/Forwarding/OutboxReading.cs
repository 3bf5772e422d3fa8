using System.Buffers;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Reads segments: to count them, and to send them in their turn. For the keeper's thread only.</summary>
internal sealed class OutboxReading(DurableOutbox outbox, OutboxDisk disk)
{
    /// <summary>Segments of a line whose messages are in memory at once.</summary>
    public const int MostLoaded = 4;

    private const int MostReadFailures = 3;

    // Every message of a run and topic class up to a number is acknowledged.
    private readonly Dictionary<MessageKey, long> _through = [];

    /// <summary>Goes on from what an earlier run remembered.</summary>
    public void Recall(IReadOnlyList<Acknowledged> acknowledged)
    {
        foreach (Acknowledged each in acknowledged)
        {
            _through[new MessageKey(each.Boot, each.TopicClass)] = each.Through;
        }
    }

    /// <summary>What is to be remembered, the newest of it.</summary>
    public IReadOnlyList<Acknowledged> Remember()
    {
        lock (outbox.Gate)
        {
            foreach (OutboxLine line in outbox.Lines)
            {
                Learn(line);
            }
        }

        while (_through.Count > RememberedOutbox.MostAcknowledged)
        {
            _through.Remove(_through.Keys.First());
        }

        return [.. _through.Select(pair => new Acknowledged(pair.Key.Boot, pair.Key.TopicClass, pair.Value))];
    }

    /// <summary>Reads a segment, counts it, and gives what nobody has acknowledged.</summary>
    /// <exception cref="IOException">The medium failed; after the third time the segment is given up instead.</exception>
    public List<StoredMessage> Read(OutboxLine line, Segment segment) => Read(line, segment, static length => new byte[length]);

    private List<StoredMessage> Read(OutboxLine line, Segment segment, Func<int, byte[]> make)
    {
        List<StoredMessage> messages;
        Damage damage;
        try
        {
            messages = RecordFormat.ReadAll(disk.Read(line, segment, make), out damage);
            segment.ReadFailures = 0;
        }
        catch (IOException) when (++segment.ReadFailures >= MostReadFailures)
        {
            // Better to go on without it than to stand still before it for ever.
            messages = [];
            damage = new Damage(1, segment.Bytes);
        }

        List<StoredMessage> live = [];
        MessageCount left = default;
        MessageCount gone = default;
        long newest = long.MinValue;
        foreach (StoredMessage message in messages)
        {
            newest = Math.Max(newest, message.ClockSynchronized ? message.UnixMs : long.MaxValue);
            if (_through.TryGetValue(new MessageKey(message.Boot, message.TopicClass), out long through) && message.Sequence <= through)
            {
                gone += MessageCount.Of(message);
            }
            else
            {
                live.Add(message);
                left += MessageCount.Of(message);
            }
        }

        lock (outbox.Gate)
        {
            outbox.Damaged += Math.Max(0, damage.Stretches - segment.Damaged);
            segment.Damaged = Math.Max(segment.Damaged, damage.Stretches);
            segment.NewestUnixMs = newest;
            line.Count(segment, left, gone);
        }

        return live;
    }

    /// <summary>Counts one segment of an earlier run that is not counted yet.</summary>
    /// <returns>False when there is none.</returns>
    public bool CountNext()
    {
        foreach (OutboxLine line in outbox.Lines)
        {
            if (line.Segments.Find(segment => !segment.IsCounted) is Segment segment)
            {
                // In borrowed memory, for nothing of it is kept: a long backlog must not fill the collector's.
                byte[] borrowed = [];
                Read(line, segment, length => borrowed = ArrayPool<byte>.Shared.Rent(length));
                ArrayPool<byte>.Shared.Return(borrowed);
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a line's next segment, when its turn has come.</summary>
    public void LoadNext(OutboxLine line)
    {
        Segment? next;
        lock (outbox.Gate)
        {
            if (!outbox.IsConnected || line.Segments.Find(segment => segment.Phase == SegmentPhase.Idle) is not Segment idle || !HasTurn(line, idle))
            {
                return;
            }

            next = idle;
            line.Active = line.Active == next ? null : line.Active;
        }

        // Before the first of its messages can leave: what may have been sent is never merged into anything.
        if (!next.Name.MaySent)
        {
            Mark(line, next);
        }

        List<StoredMessage> live = Read(line, next);
        lock (outbox.Gate)
        {
            foreach (StoredMessage message in live)
            {
                next.Entries.Add(outbox.Loaded(message, next));
            }

            next.Phase = SegmentPhase.Loaded;
        }
    }

    private void Mark(OutboxLine line, Segment segment)
    {
        try
        {
            SegmentName marked = disk.MarkSent(line, segment);
            lock (outbox.Gate)
            {
                segment.Name = marked;
            }
        }
        catch (IOException)
        {
            // A medium that cannot even do this is read all the same; in this run nothing merges the segment.
            segment.Level = int.MaxValue;
        }
    }

    // A few segments ahead of what is sent, and room in memory for one more.
    private bool HasTurn(OutboxLine line, Segment idle)
    {
        int waiting = line.Segments.Count(segment => segment.Phase == SegmentPhase.Loaded && segment.Name.From < idle.Name.From
            && segment.Entries.FirstWaiting() is not null);
        return waiting < 2 && (line.LoadedCount < MostLoaded || Park(line));
    }

    /// <summary>Keeps the bound on what is in memory while the broker takes everything and no manager acknowledges it.</summary>
    public void ParkSome(OutboxLine line)
    {
        lock (outbox.Gate)
        {
            while (line.LoadedCount >= MostLoaded && Park(line))
            {
            }
        }
    }

    // Takes a segment out of memory that the broker has, and the manager has not acknowledged.
    private bool Park(OutboxLine line)
    {
        Segment? delivered = line.Segments.Find(segment => segment.Phase == SegmentPhase.Loaded && segment != line.Active
            && segment.Live.Records > 0 && segment.Entries.All.All(entry => !entry.IsLive || entry.State == EntryState.Delivered));
        if (delivered is null)
        {
            return false;
        }

        Learn(line);
        foreach (Entry entry in delivered.Entries.All.Where(entry => entry.IsLive))
        {
            delivered.Unacknowledged[entry.Key] = entry.Sequence;
        }

        delivered.Entries.Clear();
        delivered.Phase = SegmentPhase.Parked;
        return true;
    }

    // In order: past the first that is not acknowledged, nothing of its key counts as acknowledged.
    private void Learn(OutboxLine line)
    {
        HashSet<MessageKey> blocked = [];
        foreach (Segment segment in line.Segments)
        {
            if (segment.Phase == SegmentPhase.Idle)
            {
                return;
            }

            blocked.UnionWith(segment.Unacknowledged.Keys);
            foreach (Entry entry in segment.Entries.All)
            {
                if (entry.IsLive)
                {
                    blocked.Add(entry.Key);
                }
                else if (entry.State == EntryState.Released && !blocked.Contains(entry.Key))
                {
                    _through.Remove(entry.Key);
                    _through[entry.Key] = entry.Sequence;
                }
            }
        }
    }
}
