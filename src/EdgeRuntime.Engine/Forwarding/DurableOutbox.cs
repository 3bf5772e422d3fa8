using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>
/// Holds what must not be lost until it is acknowledged: results, windows, predictions. Everything that touches the disk is
/// <see cref="OutboxKeeper"/>'s, on a thread of its own; here nothing waits for it.
/// </summary>
/// <remarks>
/// Thread-safe, under one short lock; the sample path never comes here. Sending is <see cref="TryTake"/>, then the link;
/// then <see cref="OnPublished"/>, or <see cref="Return"/> when the link refused, or <see cref="OnDisconnected"/>; at last
/// <see cref="OnAcknowledged"/>. A message can reach the manager twice, who knows it by boot, topic class and sequence.
/// Every message is counted: <c>produced = sent + merged + dropped + waiting</c> (<see cref="OutboxTally"/>), over all runs.
/// </remarks>
public sealed class DurableOutbox
{
    /// <summary>Set in every token, so that its owner knows it from others.</summary>
    public const long TokenBit = 1L << 62;

    private const int MostSafe = 1024;

    private readonly TimeProvider _time;
    private readonly Dictionary<long, (OutboxLine Line, Entry Entry)> _inFlight = [];
    private readonly Queue<long> _safe = [];
    private readonly ManagerReceipts _manager;
    private readonly HourlyNotices _notices;
    private long _number;
    private double _drain;
    private long _drained;

    /// <summary>Creates an empty outbox; what an earlier run left comes with the keeper's first step.</summary>
    /// <exception cref="ArgumentException">The options are out of range; see <see cref="DurableOutboxOptions.Validate"/>.</exception>
    public DurableOutbox(DurableOutboxOptions options, TimeProvider time)
    {
        if (options.Validate() is [string mistake, ..])
        {
            throw new ArgumentException(mistake, nameof(options));
        }

        Options = options;
        _time = time;
        _drained = time.GetTimestamp();
        Lines = [.. RecordClasses.All.Select(kind => new OutboxLine(kind))];
        _manager = new ManagerReceipts(this, time);
        _notices = new HourlyNotices(time);
    }

    /// <summary>Its limits.</summary>
    public DurableOutboxOptions Options { get; }

    /// <summary>Called, on any thread, when the keeper should look soon: something came that is to be written at once.</summary>
    public Action? Wake { get; set; }

    internal Lock Gate { get; } = new();

    internal OutboxLine[] Lines { get; }

    /// <summary>True once the keeper knows what an earlier run left.</summary>
    internal bool IsOpen { get; set; }

    /// <summary>True while the disk takes nothing.</summary>
    internal bool IsInMemory { get; set; }

    internal bool IsConnected { get; private set; }

    /// <summary>Bytes of all segments.</summary>
    internal long DiskBytes { get; set; }

    internal long Damaged { get; set; }

    /// <summary>Queues one message; the payload's memory is the outbox's from now on, and must not change.</summary>
    /// <param name="awaited">True to be told by <see cref="TakeSafe"/> once it is on the disk, or where it was to go.</param>
    /// <returns>Its number, or 0 when there was no room; then it is counted as dropped.</returns>
    public long Post(StoredMessage message, bool awaited = false)
    {
        OutboxLine line = Lines[(int)RecordClasses.Of(message.Rest)];
        long number;
        lock (Gate)
        {
            if (!RecordFormat.Fits(message) || !HasMemory(line.Kind, RecordFormat.SizeOf(message)))
            {
                line.PostDropped();
                return 0;
            }

            number = ++_number;
            line.Post(new Entry(message, number, _time.GetTimestamp(), fromDisk: false) { IsAwaited = awaited });
        }

        if (line.Kind == RecordClass.Result)
        {
            Wake?.Invoke();
        }

        return number;
    }

    /// <summary>Takes the next message to send, and counts it as in flight.</summary>
    /// <param name="token">Names it in the calls that follow.</param>
    /// <returns>False when nothing is to be sent now.</returns>
    public bool TryTake(out StoredMessage message, out long token)
    {
        lock (Gate)
        {
            Refill();
            foreach (OutboxLine line in Lines)
            {
                if (!IsOpen || line.Next(unwritten: IsInMemory) is not Entry entry || (entry.FromDisk && _drain < 1))
                {
                    continue;
                }

                _drain -= entry.FromDisk ? 1 : 0;
                entry.State = EntryState.InFlight;
                entry.WasSent = true;
                _inFlight[entry.Number] = (line, entry);
                message = entry.Message;
                token = entry.Number | TokenBit;
                return true;
            }
        }

        message = null!;
        token = 0;
        return false;
    }

    /// <summary>The broker has a message. Tokens it does not know (any more) are ignored.</summary>
    public void OnPublished(long token)
    {
        lock (Gate)
        {
            if (!_inFlight.Remove(token & ~TokenBit, out (OutboxLine Line, Entry Entry) landed))
            {
                return;
            }

            Safe(landed.Entry);
            if (!Options.AcknowledgedByManager)
            {
                landed.Line.Release(landed.Entry);
                landed.Line.Trim();
                return;
            }

            landed.Entry.State = EntryState.Delivered;
            landed.Line.OwedSince ??= _time.GetTimestamp();
        }
    }

    /// <summary>Puts a message back where it was: the link could not take it now.</summary>
    public void Return(long token)
    {
        lock (Gate)
        {
            if (_inFlight.Remove(token & ~TokenBit, out (OutboxLine Line, Entry Entry) back))
            {
                PutBack(back.Line, back.Entry);
            }
        }
    }

    /// <summary>Gives a message up that no broker can take: counted as dropped for want of room.</summary>
    public void OnImpossible(long token)
    {
        lock (Gate)
        {
            if (_inFlight.Remove(token & ~TokenBit, out (OutboxLine Line, Entry Entry) landed))
            {
                Safe(landed.Entry);
                landed.Line.Drop(landed.Entry, GivenUp.Room);
                landed.Line.Trim();
            }
        }
    }

    /// <summary>The connection is made.</summary>
    public void OnConnected()
    {
        lock (Gate)
        {
            IsConnected = true;
        }

        Wake?.Invoke();
    }

    /// <summary>Puts back all that is in flight, in its old order: the connection is lost.</summary>
    public void OnDisconnected()
    {
        lock (Gate)
        {
            IsConnected = false;
            foreach ((OutboxLine line, Entry entry) in _inFlight.Values)
            {
                PutBack(line, entry);
            }

            _inFlight.Clear();
        }
    }

    /// <summary>The manager has stored everything of a run and topic class up to a number.</summary>
    /// <remarks>Only what was sent is released: a manager that lost its memory, or gave up a gap, says more than it knows.</remarks>
    public void OnAcknowledged(string topicClass, BootId boot, long highest)
    {
        if (Options.AcknowledgedByManager)
        {
            lock (Gate)
            {
                _manager.Take(topicClass, boot, highest);
            }
        }
    }

    /// <summary>A fleet manager said that it is there, or gone. One that came anew is sent all that it has not acknowledged.</summary>
    /// <param name="saidMs">When it said so; a retained word that is heard again says nothing new.</param>
    public void OnManager(bool isThere, long saidMs)
    {
        lock (Gate)
        {
            if (!_manager.TakePresence(isThere, saidMs))
            {
                return;
            }
        }

        Wake?.Invoke();
    }

    /// <summary>The awaited messages that are safe since the last call: on the disk, or where they were to go.</summary>
    public IReadOnlyList<long> TakeSafe()
    {
        lock (Gate)
        {
            if (_safe.Count == 0)
            {
                return [];
            }

            long[] safe = [.. _safe];
            _safe.Clear();
            return safe;
        }
    }

    /// <summary>What somebody should know since the last call, a sentence each; of one kind at most one an hour.</summary>
    public IReadOnlyList<string> TakeNotices()
    {
        lock (Gate)
        {
            return _notices.Take();
        }
    }

    /// <summary>What waits, and what became of everything else.</summary>
    public OutboxReport Report()
    {
        lock (Gate)
        {
            return new OutboxReport
            {
                Storage = IsInMemory ? "memory" : "disk",
                Bytes = DiskBytes,
                MaxBytes = Options.MaxBytes,
                Damaged = Damaged,
                Classes = Lines.ToDictionary(line => line.Kind.Name(), line => line.Tally()),
            };
        }
    }

    /// <summary>Messages that nobody has acknowledged, and messages dropped, in all classes.</summary>
    public (long Waiting, long Dropped) Totals()
    {
        lock (Gate)
        {
            long waiting = 0;
            long dropped = 0;
            foreach (OutboxLine line in Lines)
            {
                OutboxTally tally = line.Tally();
                waiting += tally.Waiting;
                dropped += tally.DroppedRoom + tally.DroppedAge + tally.DroppedDamage;
            }

            return (waiting, dropped);
        }
    }

    // The rest is the keeper's, and under the lock.

    internal Entry Loaded(StoredMessage message, Segment segment) =>
        new(message, ++_number, _time.GetTimestamp(), fromDisk: true) { Segment = segment };

    internal Entry Merged(StoredMessage message, long postedAt) => new(message, ++_number, postedAt, fromDisk: false);

    internal void Safe(Entry entry)
    {
        if (entry.IsAwaited)
        {
            if (_safe.Count == MostSafe)
            {
                _safe.Dequeue();
            }

            _safe.Enqueue(entry.Number);
        }
    }

    /// <summary>Forgets what is in flight of a segment that goes.</summary>
    internal void Forget(Segment segment)
    {
        foreach (Entry entry in segment.Entries.All)
        {
            Forget(entry);
        }
    }

    internal void Forget(Entry entry) => _inFlight.Remove(entry.Number);

    internal void Notice(string kind, string sentence) => _notices.Add(kind, sentence);

    /// <summary>Sends again what the manager owes a word for too long.</summary>
    internal void Remind() => _manager.Remind(IsConnected);

    private static void PutBack(OutboxLine line, Entry entry)
    {
        if (entry.State == EntryState.InFlight)
        {
            entry.State = EntryState.Waiting;
            (entry.Segment?.Entries ?? line.Tail).Rewind();
        }
    }

    // Room in memory: what matters less goes first, the oldest of it.
    private bool HasMemory(RecordClass kind, int bytes)
    {
        for (int other = RecordClasses.Count - 1; Lines.Sum(line => line.TailBytes) + bytes > Options.MemoryBytes; other--)
        {
            if (other < (int)kind)
            {
                return false;
            }

            OutboxLine line = Lines[other];
            while (Lines.Sum(each => each.TailBytes) + bytes > Options.MemoryBytes
                && line.Tail.All.FirstOrDefault(entry => entry is { State: EntryState.Waiting or EntryState.Delivered, IsBeingWritten: false }) is Entry oldest)
            {
                Notice("memory", $"the disk is too slow or takes nothing, and {line.Kind.Name()} are dropped because the memory for them is full");
                Safe(oldest);
                line.Drop(oldest, GivenUp.Room);
                line.CompactTail();
            }
        }

        return true;
    }

    private void Refill()
    {
        long now = _time.GetTimestamp();
        _drain = Math.Min(
            Math.Max(1, Options.DrainPerSecond / 4.0), _drain + (_time.GetElapsedTime(_drained, now).TotalSeconds * Options.DrainPerSecond));
        _drained = now;
    }
}
