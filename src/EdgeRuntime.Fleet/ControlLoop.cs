using System.Collections.Concurrent;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Fleet.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeRuntime.Fleet;

/// <summary>
/// The one thread that owns what the manager knows: takes messages and requests in turn, makes all of it durable in one
/// commit, and only then tells anybody.
/// </summary>
/// <remarks>
/// When a commit fails (a full disk), the turn did not happen: memory is read again from the database, requests get an
/// error, devices get no receipt and send again, and the manager says that it is not ready.
/// </remarks>
internal sealed partial class ControlLoop
{
    private const int MaxArrivalsPerTurn = 2000;
    private const int MaxRequests = 256;
    private const long TickEveryMs = 500;
    private const long PurgeEveryMs = 60_000;

    // A delta that takes longer than this saves less time than it costs.
    private const long DeltaPatienceMs = 30_000;

    private readonly FleetState _state;
    private readonly IngestQueue _queue;
    private readonly Intake _intake;
    private readonly Receipts _receipts = new();
    private readonly Outbound _outbound;
    private readonly Announcer _announcer;
    private readonly Feed _feed;
    private readonly ChunkServer _chunks;
    private readonly FleetLink _link;
    private readonly FleetShow _show;
    private readonly TimeProvider _time;
    private readonly Retention _retention;
    private readonly ILogger _logger;
    private readonly Action _wake;
    private readonly ConcurrentQueue<Request> _requests = new();
    private volatile string? _storageError;
    private readonly Dictionary<DeviceId, long> _waiting = [];
    private int _connectionsSeen;
    private long _tickedMs;
    private long _purgedMs;

    /// <param name="wake">Called when a request waits.</param>
    public ControlLoop(FleetParts parts, FleetState state, Action wake)
    {
        _wake = wake;
        _state = state;
        _queue = parts.Queue;
        _link = parts.Link;
        _chunks = parts.Chunks;
        _time = parts.Time;
        _logger = parts.Logger;
        _retention = parts.Retention;
        _feed = new Feed(parts.Stream);
        _intake = new Intake(state, parts.Counters, _receipts, _feed, parts.Logger);
        _outbound = new Outbound(parts.Transport);
        _announcer = new Announcer(_outbound, parts.Topics, parts.Instance, state.Orders, parts.Metadata, parts.Logger);
        _show = new FleetShow(state, parts);
        foreach (DeviceId device in state.Orders.Devices)
        {
            _chunks.Grant(device, state.Orders.Archives(device));
        }
    }

    /// <summary>Shows what the manager knows; only within <see cref="AskAsync"/>.</summary>
    public FleetShow Show => _show;

    /// <summary>What the manager knows; only within <see cref="AskAsync"/>.</summary>
    public FleetState State => _state;

    /// <summary>Why nothing can be stored at the moment; null when all is well.</summary>
    public string? StorageError => _storageError;

    /// <summary>Runs a request on this thread, within the turn's commit. The answer comes once it is durable.</summary>
    /// <exception cref="FleetBusyException">Too many requests wait, or nothing can be stored.</exception>
    public Task<T> AskAsync<T>(Func<T> ask)
    {
        if (_requests.Count >= MaxRequests)
        {
            throw new FleetBusyException("Too many requests wait; try again in a second.");
        }

        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        T? result = default;
        _requests.Enqueue(new Request(() => result = ask(), () => answer.SetResult(result!), answer.SetException));
        _wake();
        return answer.Task;
    }

    /// <summary>One turn: everything that waits, one commit, everything that follows from it.</summary>
    public void Turn()
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        List<Request> requests = [];
        long changes = _state.Database.Changes;
        try
        {
            _state.Database.Begin();
            TakeRequests(requests);
            TakeArrivals();
            Tick(nowMs);
            TakeRolloutNews(nowMs);
            _state.Save(nowMs);
            _state.Database.Commit();

            // A turn that had nothing to write proves nothing about the disk.
            _storageError = _state.Database.Changes == changes ? _storageError : null;
        }
        catch (SqliteException e)
        {
            Undo(requests, e);
            return;
        }

        foreach (Request request in requests)
        {
            request.Answer();
        }

        Announce(nowMs);
        _feed.Flush(nowMs, _state, _show.Tiles, rollout => _show.Rollout(rollout, complete: true));
    }

    private void TakeRequests(List<Request> requests)
    {
        while (requests.Count < MaxRequests && _requests.TryDequeue(out Request? request))
        {
            requests.Add(request);
            try
            {
                request.Run();
            }
            catch (Exception e) when (e is not SqliteException)
            {
                // The asker's, whatever it is; this thread serves everybody else too.
                requests.Remove(request);
                request.Fail(e);
            }
        }
    }

    private void TakeArrivals()
    {
        for (int i = 0; i < MaxArrivalsPerTurn && _queue.TryTake(out Arrival? arrival); i++)
        {
            try
            {
                _intake.Take(arrival);
            }
            catch (Exception e) when (e is not SqliteException)
            {
                // A mistake of ours that one message found must not stop the fleet; its sender would only repeat it.
                Log.IntakeFailed(_logger, arrival.Device.ToString(), arrival.Topic, e);
            }
        }
    }

    private void Tick(long nowMs)
    {
        if (nowMs - _tickedMs >= TickEveryMs)
        {
            _tickedMs = nowMs;
            _state.Rollouts.Tick(nowMs);
        }
        else
        {
            _state.Rollouts.Judge(nowMs);
        }

        if (nowMs - _purgedMs >= PurgeEveryMs)
        {
            _purgedMs = _retention.Purge(_state.Database, nowMs) > 0 ? _purgedMs : nowMs;
        }
    }

    private void TakeRolloutNews(long nowMs)
    {
        foreach ((Rollout rollout, RolloutStep step) in _state.Rollouts.TakeSteps())
        {
            bool bad = rollout.State is RolloutState.Halted or RolloutState.Reverting;
            Log.RolloutMoved(_logger, rollout.Id, step.To, step.Detail);
            _feed.Event(Monitoring.EventStore.Add(_state.Database, new EventView
            {
                Kind = "rollout",
                Severity = bad ? EventSeverity.Warning : EventSeverity.Info,
                Model = rollout.Model,
                Detail = $"{rollout.Id}: {step.Detail}",
                T = nowMs,
                ReceivedUnixMs = nowMs,
            }));
        }

        foreach (Rollout rollout in _state.Rollouts.TakeChanged())
        {
            _feed.Rollout(rollout.Id);
        }
    }

    private void Announce(long nowMs)
    {
        if (_connectionsSeen != _link.Connections)
        {
            // What the broker kept is a hint; after every connection it hears the truth again.
            _connectionsSeen = _link.Connections;
            _announcer.Presence(nowMs);
            foreach (DeviceId device in _state.Orders.Devices.Where(device => !_waiting.ContainsKey(device)))
            {
                _announcer.Order(device);
            }
        }

        foreach (DeviceId device in _intake.TakeBirths().Where(device => !_waiting.ContainsKey(device)))
        {
            _announcer.Order(device);
        }

        foreach (DeviceId device in _state.Rollouts.TakeOrdered())
        {
            _waiting[device] = nowMs;
            _feed.Device(device);
        }

        HashSet<string> archives = _waiting.Count > 0 ? _state.Orders.OrderedArchives() : [];
        foreach ((DeviceId device, long sinceMs) in _waiting.ToArray())
        {
            if (nowMs - sinceMs >= DeltaPatienceMs || !_state.Orders.IsMaking(device, archives))
            {
                _waiting.Remove(device);
                _chunks.Grant(device, _state.Orders.Archives(device));
                _announcer.Order(device);
            }
        }

        foreach ((DeviceId device, string messageClass, BootId boot) in _receipts.Take(nowMs))
        {
            _announcer.Receipt(device, messageClass, boot, _state.Received.Contiguous(device, messageClass, boot, nowMs));
        }

        foreach (string refused in _outbound.Flush())
        {
            Log.Unsendable(_logger, refused);
        }
    }

    private void Undo(List<Request> requests, SqliteException cause)
    {
        string sentence = $"The database cannot be written: {cause.Message.TrimEnd('.')}. Nothing of this was stored.";
        if (_storageError is null)
        {
            Log.StorageFailed(_logger, cause.Message);
        }

        _storageError = sentence;
        _state.Database.Rollback();
        _ = _intake.TakeBirths();
        _state.Reload();
        foreach (Request request in requests)
        {
            request.Fail(new FleetBusyException(sentence));
        }
    }

    private sealed record Request(Action Run, Action Answer, Action<Exception> Fail);

    private static partial class Log
    {
        [LoggerMessage(5020, LogLevel.Information, "rollout {Rollout} is {State}: {Detail}")]
        public static partial void RolloutMoved(ILogger logger, string rollout, string state, string detail);

        [LoggerMessage(5021, LogLevel.Error, "the database cannot be written, and nothing is acknowledged until it can: {Reason}")]
        public static partial void StorageFailed(ILogger logger, string reason);

        [LoggerMessage(5023, LogLevel.Error, "a message of {Device} on {Topic} could not be taken in")]
        public static partial void IntakeFailed(ILogger logger, string device, string topic, Exception cause);

        [LoggerMessage(5022, LogLevel.Error, "a message can never be sent and was dropped: {Reason}")]
        public static partial void Unsendable(ILogger logger, string reason);
    }
}

/// <summary>The manager cannot do it at the moment; nothing changed.</summary>
public sealed class FleetBusyException(string sentence) : Exception(sentence);
