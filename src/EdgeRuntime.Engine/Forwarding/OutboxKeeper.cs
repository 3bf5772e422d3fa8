using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>
/// Everything of a <see cref="DurableOutbox"/> that touches the disk: writes what came, reads what is to be sent, makes
/// room, removes what was acknowledged. One thread calls <see cref="Step"/> again and again, and <see cref="Stop"/> at last.
/// </summary>
/// <remarks>
/// What a start costs does not hang on what waits: segments are found by their names, and read when their turn comes.
/// Writes are batched: one write and one fsync for all that came meanwhile, results at once, the rest at the latest after
/// <see cref="DurableOutboxOptions.FlushAfter"/>; what was acknowledged by then is never written. A disk that takes nothing
/// is tried again every half minute; until then everything waits in memory, and is sent from there.
/// </remarks>
public sealed class OutboxKeeper
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RememberEvery = TimeSpan.FromMinutes(5);

    private readonly DurableOutbox _outbox;
    private readonly OutboxDisk _disk;
    private readonly OutboxReading _reading;
    private readonly OutboxRoom _room;
    private readonly OutboxWriting _writing;
    private readonly TimeProvider _time;
    private readonly bool _clockSynchronized;
    private RememberedOutbox? _remembered;
    private bool _isFound;
    private long _failedAt;
    private long _rememberedAt;

    /// <param name="disk">The state directory; the outbox is below <c>outbox</c>.</param>
    /// <param name="clockSynchronized">False when wall time cannot be trusted; then nothing grows too old.</param>
    public OutboxKeeper(DurableOutbox outbox, IDisk disk, TimeProvider time, bool clockSynchronized)
    {
        _outbox = outbox;
        _time = time;
        _clockSynchronized = clockSynchronized;
        _disk = new OutboxDisk(disk);
        _reading = new OutboxReading(outbox, _disk);
        _room = new OutboxRoom(outbox, _disk, _reading.Read, Remember);
        _writing = new OutboxWriting(outbox, _disk, _room, time);
        _rememberedAt = time.GetTimestamp();
    }

    /// <summary>Does what is due.</summary>
    /// <returns>True when there is more to do soon.</returns>
    public bool Step()
    {
        bool more = false;
        if (_outbox.IsInMemory && _time.GetElapsedTime(_failedAt) < RetryAfter)
        {
            _writing.MergeInMemory();
        }
        else
        {
            more = Try(Write);
        }

        // A full disk can still be read, and emptied.
        return (_isFound && Try(Read)) || more;
    }

    /// <summary>Writes everything that nobody has acknowledged, and remembers the rest: a clean stop loses nothing.</summary>
    public void Stop()
    {
        Try(() =>
        {
            Find();
            foreach (OutboxLine line in _outbox.Lines)
            {
                while (_writing.Flush(line, all: true))
                {
                }

                lock (_outbox.Gate)
                {
                    line.Active = null;
                }
            }

            return false;
        });
        Try(() =>
        {
            Clean();
            Remember();
            return false;
        });
    }

    private bool Write()
    {
        Find();
        bool more = false;
        foreach (OutboxLine line in _outbox.Lines)
        {
            more |= _writing.Flush(line, all: false);
        }

        Works();
        return more;
    }

    private bool Read()
    {
        lock (_outbox.Gate)
        {
            _outbox.Remind();
        }

        foreach (OutboxLine line in _outbox.Lines)
        {
            _reading.LoadNext(line);
            _reading.ParkSome(line);
        }

        Clean();
        return _reading.CountNext();
    }

    private bool Try(Func<bool> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fails(e);
            return false;
        }
    }

    // All of it or nothing: a directory that could not be read is tried again with the rest.
    private void Find()
    {
        if (_isFound)
        {
            return;
        }

        RememberedOutbox? remembered = _disk.Open(_outbox.Lines, out bool wasThere);
        uint FirstOf(OutboxLine line) => remembered?.Lines[(int)line.Kind].First ?? 1;
        List<List<Segment>> found = [.. _outbox.Lines.Select(line => _disk.Find(line, FirstOf(line)))];
        _reading.Recall(remembered?.Acknowledged ?? []);
        lock (_outbox.Gate)
        {
            foreach ((OutboxLine line, List<Segment> segments) in _outbox.Lines.Zip(found))
            {
                if (remembered is not null)
                {
                    line.Recall(remembered.Lines[(int)line.Kind]);
                }

                line.Segments.InsertRange(0, segments);
                _outbox.DiskBytes += segments.Sum(segment => segment.Bytes);
            }

            if (wasThere && remembered is null)
            {
                _outbox.Damaged++;
                _outbox.Notice("state", "what the outbox remembered cannot be read: it counts from nothing, and may send again what was acknowledged");
            }

            _outbox.IsOpen = true;
        }

        _remembered = remembered;
        _isFound = true;
    }

    // Only from the front, so that one number says what is gone.
    private void Clean()
    {
        foreach (OutboxLine line in _outbox.Lines)
        {
            while (line.Segments is [Segment { IsCounted: true, Live.Records: 0 } oldest, ..] && oldest != line.Active)
            {
                _room.Remove(line, oldest, GivenUp.Room);
            }
        }

        if (_clockSynchronized)
        {
            _room.DropAged(_time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        if (_time.GetElapsedTime(_rememberedAt) >= RememberEvery)
        {
            // Counts alone are not worth a write; what would be sent again is.
            _rememberedAt = _time.GetTimestamp();
            if (!_reading.Remember().SequenceEqual(_remembered?.Acknowledged ?? []))
            {
                Remember();
            }
        }
    }

    private void Remember()
    {
        IReadOnlyList<Acknowledged> acknowledged = _reading.Remember();
        RememberedOutbox now;
        lock (_outbox.Gate)
        {
            now = new RememberedOutbox(RememberedOutbox.CurrentFormat, [.. _outbox.Lines.Select(line => line.Remember())], acknowledged);
        }

        // The flash is spared what it holds already.
        if (_remembered is null || !now.Lines.SequenceEqual(_remembered.Lines) || !now.Acknowledged.SequenceEqual(_remembered.Acknowledged))
        {
            _disk.Remember(now);
            _remembered = now;
        }

        _rememberedAt = _time.GetTimestamp();
    }

    private void Works()
    {
        lock (_outbox.Gate)
        {
            if (_outbox.IsInMemory)
            {
                _outbox.IsInMemory = false;
                _outbox.Notice("works", "the disk takes telemetry again");
            }
        }
    }

    private void Fails(Exception why)
    {
        lock (_outbox.Gate)
        {
            _failedAt = _time.GetTimestamp();

            // Open all the same: what is in memory is sent from there.
            _outbox.IsOpen = true;
            _outbox.IsInMemory = true;
            _outbox.Notice("disk", $"the disk takes no telemetry ({why.Message}): it waits in memory, at most {_outbox.Options.MemoryBytes} bytes of it, and a power failure would cost it");
        }
    }
}
