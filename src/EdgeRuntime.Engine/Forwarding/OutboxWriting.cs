namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Writes what is nowhere but in memory, in batches. For the keeper's thread only.</summary>
internal sealed class OutboxWriting(DurableOutbox outbox, OutboxDisk disk, OutboxRoom room, TimeProvider time)
{
    private const int FullBatch = 64 * 1024;

    private long _merged;

    /// <summary>Writes what is due of a line, one batch of it.</summary>
    /// <param name="all">True to write everything.</param>
    /// <returns>True when more is due.</returns>
    /// <exception cref="IOException">The medium failed; everything is still in memory.</exception>
    public bool Flush(OutboxLine line, bool all)
    {
        List<Entry> batch;
        lock (outbox.Gate)
        {
            if (!IsDue(line, all))
            {
                return false;
            }

            line.CompactTail();
            batch = Batch(line);
        }

        int bytes = batch.Sum(entry => entry.Bytes);
        try
        {
            if (room.Make(bytes, line.Kind))
            {
                Write(line, batch, bytes);
            }
            else
            {
                GiveUp(line, batch);
            }
        }
        finally
        {
            lock (outbox.Gate)
            {
                batch.ForEach(entry => entry.IsBeingWritten = false);
            }
        }

        lock (outbox.Gate)
        {
            return IsDue(line, all);
        }
    }

    /// <summary>Merges what waits in memory while the disk takes nothing, once half of the room is used.</summary>
    public void MergeInMemory()
    {
        long Used() => outbox.Lines.Sum(line => line.TailBytes);
        lock (outbox.Gate)
        {
            // Again only once there is much that is new: each time costs as much as everything that waits.
            long limit = outbox.Options.MemoryBytes;
            _merged = Math.Min(_merged, Used());
            if (Used() < Math.Max(limit / 2, _merged + (limit / 8)))
            {
                return;
            }
        }

        MergeInMemory(outbox.Lines[(int)RecordClass.Sample]);
        MergeInMemory(outbox.Lines[(int)RecordClass.Aggregate]);
        lock (outbox.Gate)
        {
            _merged = Used();
        }
    }

    private void MergeInMemory(OutboxLine line)
    {
        List<Entry> old;
        lock (outbox.Gate)
        {
            // The newest ones, up to the last that was sent: order is kept.
            old = [.. line.Tail.All.Reverse().TakeWhile(entry => entry is { State: EntryState.Waiting, WasSent: false }).Reverse()];
            old.ForEach(entry => entry.IsBeingWritten = true);
        }

        IReadOnlyList<StoredMessage> merged = MessageMerging.Merge([.. old.Select(entry => entry.Message)], TimeSpan.FromHours(1));
        lock (outbox.Gate)
        {
            old.ForEach(entry => entry.IsBeingWritten = false);
            if (merged.Count < old.Count)
            {
                line.Replace(old, [.. merged.Select(message => outbox.Merged(message, old[0].PostedAt))]);
                outbox.Notice($"merge {line.Kind}", $"{line.Kind.Name()} are merged, because they wait in memory");
            }
        }
    }

    private bool IsDue(OutboxLine line, bool all) => line.Tail.All.FirstOrDefault(entry => entry.IsLive) is Entry oldest
        && (all || line.Kind == RecordClass.Result || line.TailBytes >= FullBatch || time.GetElapsedTime(oldest.PostedAt) >= outbox.Options.FlushAfter);

    // As many as one segment takes, one at least.
    private List<Entry> Batch(OutboxLine line)
    {
        List<Entry> batch = [];
        int bytes = 0;
        foreach (Entry entry in line.Tail.All)
        {
            if (batch.Count > 0 && bytes + entry.Bytes > outbox.Options.SegmentBytes)
            {
                break;
            }

            entry.IsBeingWritten = true;
            batch.Add(entry);
            bytes += entry.Bytes;
        }

        return batch;
    }

    private void Write(OutboxLine line, List<Entry> batch, int bytes)
    {
        Segment segment;
        List<StoredMessage> messages;
        bool keep;
        lock (outbox.Gate)
        {
            Segment? active = line.Active is Segment last && last.Bytes + bytes <= outbox.Options.SegmentBytes ? last : null;

            // What is sent soon, or was sent, stays in memory; a backlog does not.
            keep = batch.Exists(entry => entry.WasSent) || (active is not null
                ? active.Phase == SegmentPhase.Loaded
                : outbox.IsConnected && !line.HasIdle && line.LoadedCount < OutboxReading.MostLoaded);
            segment = active is not null && (active.Phase == SegmentPhase.Loaded) == keep
                ? active
                : new Segment(new SegmentName(line.NextNumber, line.NextNumber, MaySent: keep))
                {
                    Phase = keep ? SegmentPhase.Loaded : SegmentPhase.Idle,
                    IsCounted = true,
                    NewestUnixMs = long.MinValue,
                };
            messages = [.. batch.Select(entry => entry.WasSent ? entry.Message with { Sent = true } : entry.Message)];
        }

        try
        {
            disk.Append(line, segment, messages, bytes);
        }
        catch (IOException)
        {
            Abandon(line, segment);
            throw;
        }

        lock (outbox.Gate)
        {
            if (line.Active != segment)
            {
                line.Segments.Add(segment);
                line.Active = segment;
            }

            line.Written(segment, batch, keep);
            segment.Bytes += bytes;
            outbox.DiskBytes += bytes;
            foreach (Entry entry in batch)
            {
                segment.NewestUnixMs = Math.Max(segment.NewestUnixMs, entry.UnixMs);
                outbox.Safe(entry);
            }
        }
    }

    // A part of the batch may stand at the segment's end; readers skip it, and the segment is not written to again.
    private void Abandon(OutboxLine line, Segment segment)
    {
        bool isNew = line.Active != segment;
        lock (outbox.Gate)
        {
            line.Active = null;
        }

        if (isNew)
        {
            disk.Delete(line, segment);
            return;
        }

        long length = disk.Length(line, segment);
        lock (outbox.Gate)
        {
            outbox.DiskBytes += length - segment.Bytes;
            segment.Bytes = length;
        }
    }

    private void GiveUp(OutboxLine line, List<Entry> batch)
    {
        lock (outbox.Gate)
        {
            outbox.Notice($"room {line.Kind}", $"{line.Kind.Name()} are dropped: the outbox has its {outbox.Options.MaxBytes} bytes (telemetry.outbox.max_bytes) of what matters more");
            foreach (Entry entry in batch.Where(entry => entry.IsLive))
            {
                outbox.Forget(entry);
                outbox.Safe(entry);
                line.Drop(entry, GivenUp.Room);
            }

            batch.ForEach(entry => entry.IsBeingWritten = false);
            line.CompactTail();
        }
    }
}
