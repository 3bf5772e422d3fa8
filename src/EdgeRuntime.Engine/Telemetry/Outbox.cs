using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>
/// Holds in memory, until the broker has it, what is worth sending only now: state, answers, progress. Bounded in messages
/// and bytes for each class; every message that goes another way than to the broker is counted by cause. What must not be
/// lost goes into <see cref="Forwarding.DurableOutbox"/>.
/// </summary>
/// <remarks>
/// Thread-safe, under one short lock; the sample path never comes here. All its memory but the payloads is made at the
/// start. Sending is <see cref="TryTake"/>, then the link; then <see cref="OnPublished"/>, or <see cref="Return"/> when
/// the link refused, or <see cref="OnDisconnected"/> when it was lost. A message can reach the broker twice; receivers
/// know it by boot, class and sequence.
/// </remarks>
public sealed class Outbox
{
    private const int None = -1;
    private const int IndexBits = 20;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Entry[] _entries;
    private readonly Line[] _lines;
    private readonly int[] _returning;
    private int _free;
    private long _sequence;

    /// <summary>Creates an empty outbox.</summary>
    /// <exception cref="ArgumentException">The options are out of range; see
    /// <see cref="OutboxOptions.Validate"/>.</exception>
    public Outbox(OutboxOptions options, TimeProvider time)
    {
        if (options.Validate() is [string mistake, ..])
        {
            throw new ArgumentException(mistake, nameof(options));
        }

        _time = time;
        OutboxClass[] kinds = Enum.GetValues<OutboxClass>();
        _lines = [.. kinds.Select(kind => new Line(options.Of(kind)))];
        _entries = new Entry[_lines.Sum(line => line.Limit.Messages)];
        _returning = new int[_entries.Length];
        for (int i = 0; i < _entries.Length; i++)
        {
            _entries[i].Next = i + 1 < _entries.Length ? i + 1 : None;
        }
    }

    /// <summary>Queues one message; the payload's memory is the outbox's from now on, and must not change.</summary>
    /// <returns>False when the message itself did not fit; it is counted as dropped.</returns>
    public bool Post(OutboxClass kind, in LinkMessage message)
    {
        lock (_gate)
        {
            Line line = _lines[(int)kind];
            line.Posted++;
            if (kind == OutboxClass.State)
            {
                DropWaiting(line, message.Topic);
            }

            long bytes = SizeOf(message);
            while (line.First != None && bytes <= line.Limit.Bytes && !HasRoom(line, bytes))
            {
                Release(line, Unlink(line, None, line.First));
                line.Dropped++;
            }

            if (!HasRoom(line, bytes))
            {
                line.Dropped++;
                return false;
            }

            int index = _free;
            ref Entry entry = ref _entries[index];
            _free = entry.Next;
            entry.Message = message;
            entry.Kind = kind;
            entry.Sequence = ++_sequence;
            entry.Posted = _time.GetTimestamp();
            line.Bytes += bytes;
            LinkAfter(line, line.Last, index);
            return true;
        }
    }

    /// <summary>Takes the next message to send, and counts it as in flight.</summary>
    /// <param name="message">Its expiry is what is left of it.</param>
    /// <param name="token">Names it in the calls that follow.</param>
    /// <returns>False when nothing waits.</returns>
    public bool TryTake(out LinkMessage message, out long token)
    {
        lock (_gate)
        {
            foreach (Line line in _lines)
            {
                while (line.First != None)
                {
                    int index = Unlink(line, None, line.First);
                    ref Entry entry = ref _entries[index];
                    int left = SecondsLeft(entry);
                    if (entry.Message.ExpirySeconds > 0 && left <= 0)
                    {
                        Release(line, index);
                        line.Expired++;
                        continue;
                    }

                    entry.InFlight = true;
                    line.InFlight++;
                    message = entry.Message with { ExpirySeconds = left };
                    token = (entry.Sequence << IndexBits) | (long)index;
                    return true;
                }
            }

            message = default;
            token = 0;
            return false;
        }
    }

    /// <summary>Releases a message that the broker has. Tokens it does not know (any more) are ignored.</summary>
    public void OnPublished(long token)
    {
        lock (_gate)
        {
            if (Find(token) is int index and not None)
            {
                Line line = LandedLine(index);
                Release(line, index);
                line.Published++;
            }
        }
    }

    /// <summary>Puts a message back where it was: the link could not take it now.</summary>
    public void Return(long token)
    {
        lock (_gate)
        {
            if (Find(token) is int index and not None)
            {
                PutBack(index);
            }
        }
    }

    /// <summary>Puts back all that is in flight, in its old order: the connection is lost.</summary>
    public void OnDisconnected()
    {
        lock (_gate)
        {
            int count = 0;
            for (int i = 0; i < _entries.Length; i++)
            {
                if (_entries[i].InFlight)
                {
                    _returning[count++] = i;
                }
            }

            for (int i = 0; i < count; i++)
            {
                PutBack(_returning[i]);
            }
        }
    }

    /// <summary>What became of the messages of one class so far.</summary>
    public OutboxCounts Counts(OutboxClass kind)
    {
        lock (_gate)
        {
            Line line = _lines[(int)kind];
            return new OutboxCounts(
                line.Posted, line.Published, line.Replaced, line.Dropped, line.Expired,
                line.Waiting, line.InFlight, line.Bytes);
        }
    }

    /// <summary>Whether nothing waits and nothing is in flight.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                foreach (Line line in _lines)
                {
                    if (line.Waiting + line.InFlight > 0)
                    {
                        return false;
                    }
                }

                return true;
            }
        }
    }

    private static long SizeOf(in LinkMessage message) => message.Payload.Length + message.Topic.Length;

    private static bool HasRoom(Line line, long bytes) =>
        line.Waiting + line.InFlight < line.Limit.Messages && line.Bytes + bytes <= line.Limit.Bytes;

    private int SecondsLeft(in Entry entry) => entry.Message.ExpirySeconds == 0
        ? 0
        : (int)Math.Ceiling(entry.Message.ExpirySeconds - _time.GetElapsedTime(entry.Posted).TotalSeconds);

    private int Find(long token)
    {
        int index = (int)(token & ((1 << IndexBits) - 1));
        bool flies = index < _entries.Length && _entries[index].InFlight
            && _entries[index].Sequence == token >> IndexBits;
        return flies ? index : None;
    }

    private Line LandedLine(int index)
    {
        _entries[index].InFlight = false;
        Line line = _lines[(int)_entries[index].Kind];
        line.InFlight--;
        return line;
    }

    private void PutBack(int index)
    {
        Line line = LandedLine(index);
        ref Entry entry = ref _entries[index];
        if (entry.Kind == OutboxClass.State && Waits(line, entry.Message.Topic))
        {
            Release(line, index);
            line.Replaced++;
            return;
        }

        // What is in flight is older than what waits, save for what was put back before it: a short walk.
        int before = None;
        for (int at = line.First; at != None && _entries[at].Sequence < entry.Sequence; at = _entries[at].Next)
        {
            before = at;
        }

        LinkAfter(line, before, index);
    }

    private bool Waits(Line line, string topic)
    {
        for (int at = line.First; at != None; at = _entries[at].Next)
        {
            if (_entries[at].Message.Topic == topic)
            {
                return true;
            }
        }

        return false;
    }

    private void DropWaiting(Line line, string topic)
    {
        int before = None;
        for (int at = line.First; at != None; before = at, at = _entries[at].Next)
        {
            if (_entries[at].Message.Topic == topic)
            {
                Release(line, Unlink(line, before, at));
                line.Replaced++;
                return;
            }
        }
    }

    private void LinkAfter(Line line, int before, int index)
    {
        _entries[index].Next = before == None ? line.First : _entries[before].Next;
        if (before == None)
        {
            line.First = index;
        }
        else
        {
            _entries[before].Next = index;
        }

        if (line.Last == before)
        {
            line.Last = index;
        }

        line.Waiting++;
    }

    private int Unlink(Line line, int before, int index)
    {
        int next = _entries[index].Next;
        if (before == None)
        {
            line.First = next;
        }
        else
        {
            _entries[before].Next = next;
        }

        if (line.Last == index)
        {
            line.Last = before;
        }

        line.Waiting--;
        return index;
    }

    private void Release(Line line, int index)
    {
        ref Entry entry = ref _entries[index];
        line.Bytes -= SizeOf(entry.Message);
        entry.Message = default;
        entry.Next = _free;
        _free = index;
    }

    private struct Entry
    {
        public LinkMessage Message;
        public OutboxClass Kind;
        public long Sequence;
        public long Posted;
        public int Next;
        public bool InFlight;
    }

    private sealed class Line(OutboxLimit limit)
    {
        public OutboxLimit Limit { get; } = limit;

        public int First = None;
        public int Last = None;
        public int Waiting;
        public int InFlight;
        public long Bytes;
        public long Posted;
        public long Published;
        public long Replaced;
        public long Dropped;
        public long Expired;
    }
}
