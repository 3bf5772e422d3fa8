using System.Collections.Concurrent;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Contracts.Transfers;

/// <summary>Bounds of what the manager sends to devices.</summary>
/// <param name="MaxConcurrent">Transfers served at once; further devices ask again. (default: 8; 1 to 1000)</param>
/// <param name="MaxBytesPerSecond">All transfers together. (default: 8 MiB; 64 KiB to 1 GiB)</param>
public sealed record TransferLimits(int MaxConcurrent = 8, long MaxBytesPerSecond = 8L * 1024 * 1024);

/// <summary>Sends the pieces of packages that devices ask for; each device sets its own pace by asking.</summary>
/// <remarks>
/// A piece is sent only of a package that is here and that the device's order names. Requests come from the link's
/// thread, <see cref="Pump"/> from one other, such as that of <see cref="RunAsync"/>; transfers take turns. What cannot be sent is forgotten and counted: the
/// device asks again. Thread-safe.
/// </remarks>
public sealed class ChunkServer
{
    /// <summary>Time without a request after which a transfer yields its place.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(15);

    private const int MaxPendingPerTransfer = ChunkCodec.MaxWindow;
    private const int MaxPerDevice = 2;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LinkPause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly ILink _link;
    private readonly Topics _topics;
    private readonly TransferLimits _limits;
    private readonly TimeProvider _time;
    private readonly object _asked = new();
    private readonly Func<string, string> _pathOf;
    private readonly ConcurrentDictionary<DeviceId, IReadOnlyDictionary<string, long>> _grants = new();
    private readonly Dictionary<(DeviceId Device, string Name), Transfer> _transfers = [];
    private readonly byte[] _message = new byte[ChunkCodec.HeaderBytes + ChunkCodec.MaxLength];
    private double _budget;
    private long _budgetAt;
    private long _turn;
    private bool _isAsked;
    private volatile bool _awaitsRoom;
    private long _bytesSent;
    private long _refused;

    /// <summary>Creates a server without transfers.</summary>
    /// <param name="pathOf">The file of an archive, by its hash.</param>
    public ChunkServer(
        ILink link, Topics topics, TransferLimits limits, TimeProvider time, Func<string, string> pathOf)
    {
        _link = link;
        _topics = topics;
        _limits = limits;
        _time = time;
        _pathOf = pathOf;
        _budget = BurstBytes;
        _budgetAt = time.GetTimestamp();
    }

    /// <summary>Payload bytes sent since start.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Requests refused since start: malformed, not allowed, beyond the file, or over the limits.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Transfers under way.</summary>
    public int Active
    {
        get
        {
            lock (_lock)
            {
                return _transfers.Count;
            }
        }
    }

    // What may go out at once after a pause: a tenth of a second's worth, and at least one chunk.
    private double BurstBytes => Math.Max(_limits.MaxBytesPerSecond / 10.0, ChunkCodec.MaxLength);

    /// <summary>Says which archives a device may fetch: hash and size of each.</summary>
    public void Grant(DeviceId device, IReadOnlyDictionary<string, long> archives) => _grants[device] = archives;

    /// <summary>Takes one request. Called from the link's thread; sends nothing itself.</summary>
    public void Ask(DeviceId device, ReadOnlySpan<byte> payload)
    {
        if (!ChunkCodec.TryReadRequest(payload, out ChunkRequest request)
            || !_grants.TryGetValue(device, out IReadOnlyDictionary<string, long>? archives)
            || !archives.TryGetValue(request.ArchiveSha256, out long size)
            || request.Offset >= size
            || !TryQueue(device, request, size))
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        Wake();
    }

    /// <summary>The link may have room again.</summary>
    public void OnRoom()
    {
        if (_awaitsRoom)
        {
            Wake();
        }
    }

    /// <summary>Sends whatever is asked for, until <paramref name="stop"/> is cancelled.</summary>
    /// <returns>Ends with the thread that serves.</returns>
    public Task RunAsync(CancellationToken stop) =>

        // A thread of its own: those of the pool look out for more work before they sleep, while others need the processor.
        Task.Factory.StartNew(() => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stop)
    {
        using CancellationTokenRegistration woken = stop.Register(Wake);
        while (!stop.IsCancellationRequested)
        {
            TimeSpan wait = Pump();
            lock (_asked)
            {
                if (!_isAsked)
                {
                    Monitor.Wait(_asked, wait > TimeSpan.Zero ? wait : LongestWait);
                }

                _isAsked = false;
            }
        }
    }

    private void Wake()
    {
        lock (_asked)
        {
            _isAsked = true;
            Monitor.Pulse(_asked);
        }
    }

    /// <summary>Sends what the limits allow now.</summary>
    /// <returns>When to come again: zero when nothing is left to send.</returns>
    public TimeSpan Pump()
    {
        lock (_lock)
        {
            Refill();
            Expire();
            while (NextPiece() is (Transfer transfer, long offset, int length))
            {
                if (_budget < length)
                {
                    return TimeSpan.FromSeconds((length - _budget) / _limits.MaxBytesPerSecond);
                }

                _awaitsRoom = !TrySend(transfer, offset, length);
                if (_awaitsRoom)
                {
                    // The network is slower than the disk. Disconnected, the rest is forgotten: devices ask again.
                    return _link.IsConnected ? LinkPause : Forget();
                }

                transfer.Pending.Dequeue();
                transfer.Turn = ++_turn;
                _budget -= length;
            }

            return TimeSpan.Zero;
        }
    }

    private bool TryQueue(DeviceId device, in ChunkRequest request, long size)
    {
        lock (_lock)
        {
            Expire();
            if (!_transfers.TryGetValue((device, request.Transfer), out Transfer? transfer))
            {
                bool own = _transfers.Keys.Count(key => key.Device == device) >= MaxPerDevice;
                if (own || _transfers.Count >= _limits.MaxConcurrent)
                {
                    return false;
                }

                transfer = new Transfer(_topics.Down(device, ChunkCodec.ChunkTopicPrefix + request.Transfer));
                _transfers[(device, request.Transfer)] = transfer;
            }

            transfer.LastAsked = _time.GetTimestamp();
            transfer.Want(request.ArchiveSha256);

            for (int i = 0; i < request.Window; i++)
            {
                long offset = request.Offset + ((long)i * request.Length);
                if (offset >= size || transfer.Pending.Count >= MaxPendingPerTransfer)
                {
                    break;
                }

                transfer.Pending.Enqueue((offset, (int)Math.Min(request.Length, size - offset)));
            }

            return true;
        }
    }

    // The transfer that was served longest ago goes first, so that one large package does not starve the others.
    private (Transfer Transfer, long Offset, int Length)? NextPiece()
    {
        Transfer? next = null;
        foreach (Transfer transfer in _transfers.Values)
        {
            if (transfer.Pending.Count > 0 && (next is null || transfer.Turn < next.Turn))
            {
                next = transfer;
            }
        }

        if (next is null)
        {
            return null;
        }

        (long offset, int length) = next.Pending.Peek();
        return (next, offset, length);
    }

    // True when the piece needs no further thought: sent, or impossible to send.
    private bool TrySend(Transfer transfer, long offset, int length)
    {
        Span<byte> message = _message.AsSpan(0, ChunkCodec.HeaderBytes + length);
        try
        {
            if (RandomAccess.Read(transfer.Open(_pathOf), message[ChunkCodec.HeaderBytes..], offset) != length)
            {
                Interlocked.Increment(ref _refused);
                return true;
            }
        }
        catch (IOException)
        {
            // The archive is gone from the disk. The device's own patience ends the update; here it is counted.
            Interlocked.Increment(ref _refused);
            return true;
        }

        ChunkCodec.WriteChunkHeader(message, offset);
        LinkMessage packet = new()
        {
            Topic = transfer.Topic,
            Payload = _message.AsMemory(0, message.Length),
            Qos = 0,
            ExpirySeconds = 30,
            ContentType = "application/octet-stream",
        };
        bool sent = _link.TryPublish(packet, 0);
        if (sent)
        {
            Interlocked.Add(ref _bytesSent, length);
        }

        return sent;
    }

    private TimeSpan Forget()
    {
        foreach (Transfer transfer in _transfers.Values)
        {
            transfer.Dispose();
        }

        _transfers.Clear();
        return TimeSpan.Zero;
    }

    private void Refill()
    {
        long now = _time.GetTimestamp();
        double seconds = _time.GetElapsedTime(_budgetAt, now).TotalSeconds;
        _budget = Math.Min(BurstBytes, _budget + (seconds * _limits.MaxBytesPerSecond));
        _budgetAt = now;
    }

    private void Expire()
    {
        long now = _time.GetTimestamp();
        foreach (KeyValuePair<(DeviceId, string), Transfer> entry in _transfers)
        {
            if (_time.GetElapsedTime(entry.Value.LastAsked, now) > IdleAfter)
            {
                entry.Value.Dispose();
                _transfers.Remove(entry.Key);
            }
        }
    }

    private sealed class Transfer(string topic) : IDisposable
    {
        private SafeFileHandle? _file;

        public string Topic { get; } = topic;

        public Queue<(long Offset, int Length)> Pending { get; } = new();

        public string Archive { get; private set; } = "";

        public long LastAsked { get; set; }

        public long Turn { get; set; }

        public void Want(string archive)
        {
            if (Archive != archive)
            {
                Dispose();
                Archive = archive;
                Pending.Clear();
            }
        }

        // Once a transfer, not once a piece.
        public SafeFileHandle Open(Func<string, string> pathOf) => _file ??= File.OpenHandle(pathOf(Archive));

        public void Dispose()
        {
            _file?.Dispose();
            _file = null;
        }
    }
}
