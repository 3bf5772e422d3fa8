using System.Collections.Concurrent;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>What became of everything that arrived: received = stored + duplicates + unknown + malformed + dropped + queued. Thread-safe.</summary>
public sealed class IngestCounters
{
    /// <summary>Malformed messages kept for the operator.</summary>
    public const int MaxSamples = 50;

    private readonly ConcurrentDictionary<string, long> _dropped = new();
    private readonly ConcurrentQueue<MalformedMessage> _malformed = new();
    private long _received;
    private long _stored;
    private long _duplicates;
    private long _unknown;
    private long _malformedCount;

    /// <summary>Messages that arrived on the link.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Messages taken in.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Messages that had arrived before.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Messages on topics this program does not know.</summary>
    public long Unknown => Interlocked.Read(ref _unknown);

    /// <summary>Messages that were not what their topic says.</summary>
    public long Malformed => Interlocked.Read(ref _malformedCount);

    /// <summary>Messages dropped because the queue was full, by class.</summary>
    public IReadOnlyDictionary<string, long> Dropped => new SortedDictionary<string, long>(_dropped, StringComparer.Ordinal);

    /// <summary>The newest malformed messages.</summary>
    public IReadOnlyList<MalformedMessage> Samples => [.. _malformed];

    internal void CountReceived() => Interlocked.Increment(ref _received);

    internal void CountStored() => Interlocked.Increment(ref _stored);

    internal void CountDuplicate() => Interlocked.Increment(ref _duplicates);

    internal void CountUnknown() => Interlocked.Increment(ref _unknown);

    internal void CountDropped(string messageClass)
    {
        // The class is a level of a topic that anybody may publish on; the table must not grow with it.
        string name = _dropped.ContainsKey(messageClass) || _dropped.Count < 32 ? messageClass : "other";
        _dropped.AddOrUpdate(name, 1, (_, count) => count + 1);
    }

    internal void CountMalformed(MalformedMessage message)
    {
        Interlocked.Increment(ref _malformedCount);
        _malformed.Enqueue(message);
        while (_malformed.Count > MaxSamples)
        {
            _malformed.TryDequeue(out _);
        }
    }
}

/// <summary>One message that was not what its topic says.</summary>
/// <param name="ReceivedMs">When it arrived, UTC milliseconds.</param>
/// <param name="Device">The device whose topic it came on.</param>
/// <param name="Topic">What follows <c>up/</c>.</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
/// <param name="Start">The first bytes, as text.</param>
public sealed record MalformedMessage(long ReceivedMs, DeviceId Device, string Topic, string Reason, string Start);
