namespace EdgeRuntime.Engine.Forwarding;

/// <summary>
/// Makes room below the cap: merges what can be merged, then drops samples, then merges windows to days, drops windows, and
/// results last of all. For the keeper's thread only.
/// </summary>
/// <param name="read">Reads a segment, counts it, and gives what nobody has acknowledged.</param>
/// <param name="remember">Writes what is remembered beside the segments.</param>
internal sealed class OutboxRoom(
    DurableOutbox outbox, OutboxDisk disk, Func<OutboxLine, Segment, List<StoredMessage>> read, Action remember)
{
    // A merge reads so many segments at once: 4 MiB of memory at most.
    private const int MostMerged = 8;

    private const int Hours = 1;
    private const int Days = 2;

    private int _mostAtOnce = MostMerged;

    /// <summary>Makes room for a message of a class.</summary>
    /// <returns>False when nothing that matters less is left to give way.</returns>
    /// <exception cref="IOException">The medium failed.</exception>
    public bool Make(long bytes, RecordClass kind)
    {
        while (outbox.DiskBytes + bytes > outbox.Options.MaxBytes)
        {
            if (!Merge(RecordClass.Sample, Hours) && !Merge(RecordClass.Aggregate, Hours)
                && !Drop(RecordClass.Sample, kind)
                && !Merge(RecordClass.Aggregate, Days) && !Drop(RecordClass.Aggregate, kind)
                && !Drop(RecordClass.Result, kind))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Drops what has waited too long; results never.</summary>
    public void DropAged(long nowUnixMs)
    {
        foreach (OutboxLine line in outbox.Lines.Where(line => line.Kind != RecordClass.Result))
        {
            while (line.Segments is [Segment { IsCounted: true } oldest, ..] && oldest != line.Active
                && oldest.NewestUnixMs < nowUnixMs - (long)outbox.Options.MaxAge.TotalMilliseconds)
            {
                lock (outbox.Gate)
                {
                    outbox.Notice($"age {line.Kind}", $"{line.Kind.Name()} are dropped because they waited for more than {outbox.Options.MaxAge.TotalHours:0.##} h (telemetry.outbox.max_age_h)");
                }

                Remove(line, oldest, GivenUp.Age);
            }
        }
    }

    /// <summary>Removes a line's oldest segment; what is left in it is given up, and counted.</summary>
    public void Remove(OutboxLine line, Segment oldest, GivenUp cause)
    {
        lock (outbox.Gate)
        {
            line.Active = line.Active == oldest ? null : line.Active;
            outbox.Forget(oldest);
            line.Drop(oldest, cause);
            line.Segments.Remove(oldest);
            line.First = oldest.Name.To + 1;
            outbox.DiskBytes -= oldest.Bytes;
        }

        // First what is remembered, then the file: interrupted in between, its messages are counted and not counted again.
        // Where there is no room to remember, the file goes all the same, for it is what takes the room.
        try
        {
            remember();
        }
        catch (IOException)
        {
        }

        disk.Delete(line, oldest);
    }

    private bool Drop(RecordClass kind, RecordClass inFavourOf)
    {
        OutboxLine line = outbox.Lines[(int)kind];
        if (kind < inFavourOf || line.Segments.Count == 0)
        {
            return false;
        }

        Segment oldest = line.Segments[0];
        if (!oldest.IsCounted)
        {
            read(line, oldest);
        }

        lock (outbox.Gate)
        {
            outbox.Notice($"room {kind}", $"{line.Kind.Name()} are dropped, the oldest first: the outbox has its {outbox.Options.MaxBytes} bytes (telemetry.outbox.max_bytes)");
        }

        Remove(line, oldest, GivenUp.Room);
        return true;
    }

    /// <returns>True when bytes were freed.</returns>
    private bool Merge(RecordClass kind, int level)
    {
        OutboxLine line = outbox.Lines[(int)kind];
        SealIfAlone(line, level);
        while (Candidates(line, level) is { Count: > 0 } old)
        {
            List<StoredMessage> messages = [];
            foreach (Segment segment in old)
            {
                messages.AddRange(read(line, segment));
            }

            IReadOnlyList<StoredMessage> merged = MessageMerging.Merge(messages, level == Hours ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1));
            long before = old.Sum(segment => segment.Bytes);
            long after = merged.Sum(message => (long)RecordFormat.SizeOf(message));
            if (after > outbox.Options.SegmentBytes && old.Count > 1)
            {
                // Never more than one segment above the cap, so fewer at once.
                _mostAtOnce = Math.Max(1, old.Count / 2);
                continue;
            }

            _mostAtOnce = MostMerged;
            if (after >= before)
            {
                lock (outbox.Gate)
                {
                    old.ForEach(segment => segment.Level = level);
                }

                continue;
            }

            Replace(line, old, merged, level);
            return true;
        }

        return false;
    }

    private void Replace(OutboxLine line, List<Segment> old, IReadOnlyList<StoredMessage> merged, int level)
    {
        SegmentName name = new(old[0].Name.From, old[^1].Name.To, MaySent: false);
        int bytes = disk.Replace(line, old, name, merged);
        MessageCount before = default;
        MessageCount after = default;
        old.ForEach(segment => before += segment.Live);
        foreach (StoredMessage message in merged)
        {
            after += MessageCount.Of(message);
        }

        lock (outbox.Gate)
        {
            int at = line.Segments.IndexOf(old[0]);
            line.Segments.RemoveRange(at, old.Count);
            line.Segments.Insert(at, new Segment(name)
            {
                Bytes = bytes,
                Level = level,
                IsCounted = true,
                Live = after,
                NewestUnixMs = old.Max(segment => segment.NewestUnixMs),
            });
            line.Merge(before, after);
            outbox.DiskBytes += bytes - old.Sum(segment => segment.Bytes);
            outbox.Notice($"merge {line.Kind}", $"{line.Kind.Name()} are merged: the outbox has its {outbox.Options.MaxBytes} bytes (telemetry.outbox.max_bytes)");
        }
    }

    // The oldest run of neighbours that nobody can have received a part of.
    private List<Segment> Candidates(OutboxLine line, int level)
    {
        List<Segment> run = [];
        foreach (Segment segment in line.Segments)
        {
            if (segment.Phase == SegmentPhase.Idle && !segment.Name.MaySent && segment != line.Active && segment.Level < level)
            {
                run.Add(segment);
                if (run.Count == _mostAtOnce)
                {
                    break;
                }
            }
            else if (run.Count > 0)
            {
                break;
            }
        }

        return run;
    }

    // A small outbox may have nothing but the segment that is written to.
    private void SealIfAlone(OutboxLine line, int level)
    {
        if (line.Active is { Phase: SegmentPhase.Idle, Name.MaySent: false, Level: 0 } active && active.Bytes > outbox.Options.SegmentBytes / 2
            && Candidates(line, level).Count == 0)
        {
            lock (outbox.Gate)
            {
                line.Active = null;
            }
        }
    }
}
