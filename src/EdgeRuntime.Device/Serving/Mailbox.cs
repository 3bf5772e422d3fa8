using System.Buffers;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// What other threads tell the agent's thread. Bounded: a flood from the broker must not fill the memory; what does not
/// fit is dropped and counted, and asked for again by the protocols above it.
/// </summary>
internal sealed class Mailbox(int capacity)
{
    private readonly Queue<Letter> _letters = new(capacity);
    private readonly object _gate = new();
    private long _dropped;

    /// <summary>Letters dropped since start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds a letter and wakes the reader. Never waits for room.</summary>
    public void Post(Letter letter)
    {
        lock (_gate)
        {
            // A stop must always fit, and so must the acknowledgements that free the outbox.
            if (_letters.Count >= capacity && letter is Letter.Received or Letter.Chunk)
            {
                Interlocked.Increment(ref _dropped);
                (letter as Letter.Chunk)?.Release();
                return;
            }

            _letters.Enqueue(letter);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Asks the agent for the live ledger, on the thread of whoever wants it; null when it does not answer in time.</summary>
    public byte[]? AskLive(TimeSpan patience)
    {
        byte[]? ledger = null;
        using ManualResetEventSlim answered = new();
        Post(new Letter.LiveAsked(bytes =>
        {
            Volatile.Write(ref ledger, bytes);
            answered.Set();
        }));
        return answered.Wait(patience) ? Volatile.Read(ref ledger) : null;
    }

    /// <summary>Takes the oldest letter, waiting at most <paramref name="patience"/> for one; null when none came.</summary>
    public Letter? Take(TimeSpan patience)
    {
        lock (_gate)
        {
            if (_letters.Count == 0)
            {
                Monitor.Wait(_gate, patience);
            }

            return _letters.TryDequeue(out Letter? letter) ? letter : null;
        }
    }
}

/// <summary>One thing the agent is told.</summary>
internal abstract record Letter
{
    private Letter()
    {
    }

    /// <summary>The link is up.</summary>
    public sealed record Connected(bool SessionPresent) : Letter;

    /// <summary>The link is down.</summary>
    public sealed record Disconnected(string Reason) : Letter;

    /// <summary>A message arrived; its bytes are the letter's own.</summary>
    public sealed record Received(string Topic, byte[] Payload, string? ResponseTopic, byte[] Correlation) : Letter;

    /// <summary>A chunk of a package arrived, in memory of the shared pool, which whoever takes the letter gives back.</summary>
    public sealed record Chunk(string Topic, byte[] Bytes, int Length) : Letter
    {
        /// <summary>Gives the memory back. Once.</summary>
        public void Release() => ArrayPool<byte>.Shared.Return(Bytes);
    }

    /// <summary>The broker has the message with this token.</summary>
    public sealed record Published(long Token) : Letter;

    /// <summary>Another process of this machine asks for the live ledger.</summary>
    public sealed record LiveAsked(Action<byte[]> Answer) : Letter;

    /// <summary>The configuration is to be read again (SIGHUP).</summary>
    public sealed record Reload : Letter;

    /// <summary>A piece of work that the loader's thread finished, to be completed on the agent's.</summary>
    public sealed record Finished(Action Complete) : Letter;
}
