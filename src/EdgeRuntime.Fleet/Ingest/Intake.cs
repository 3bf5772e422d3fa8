using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Monitoring;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Takes one message of a device in: reads it, drops it if it came before, stores it, and lets the rollouts know. Belongs to the fleet's thread.</summary>
internal sealed partial class Intake(FleetState state, IngestCounters counters, Receipts receipts, Feed feed, ILogger logger)
{
    private readonly HashSet<DeviceId> _births = [];

    /// <summary>Devices that were born since the last call: whatever the broker keeps for them may be gone or old.</summary>
    public IReadOnlyList<DeviceId> TakeBirths()
    {
        DeviceId[] births = [.. _births];
        _births.Clear();
        return births;
    }

    /// <summary>Takes one message in, within the caller's transaction.</summary>
    public void Take(Arrival arrival)
    {
        if (!MessageReader.Knows(arrival.Class))
        {
            counters.CountUnknown();
            return;
        }

        if (arrival is { Class: MessageReader.Alarm, Payload.Length: 0 })
        {
            OnAlarmEnded(arrival);
            return;
        }

        DeviceMessage? message = MessageReader.Read(arrival, out string reason);
        if (message is null)
        {
            Log.Malformed(logger, arrival.Device.ToString(), arrival.Topic, reason);
            counters.CountMalformed(new MalformedMessage(
                arrival.ReceivedMs, arrival.Device, arrival.Topic, reason, MessageReader.Shown(arrival.Payload)));
            return;
        }

        DeviceEntry? device = state.Devices.Heard(arrival.Device, arrival.ReceivedMs);
        if (device is null)
        {
            counters.CountDropped("too_many_devices");
            return;
        }

        // Decisions are not numbered into the log: one a second for ever, and only the newest matters. Nor are alarms: the
        // broker tells those that stand again to a manager that was restarted.
        bool isNew = message switch
        {
            LatestMessage latest => device.LiveOf(latest.Model)?.Take(latest) ?? false,
            AlarmMessage alarm => device.Take(alarm),
            _ => state.Received.Add(arrival.Device, arrival.Class, message.Boot, message.Sequence, arrival.ReceivedMs),
        };
        if (MessageReader.IsAcknowledged(arrival.Class))
        {
            receipts.Owe(arrival.Device, arrival.Class, message.Boot);
        }

        if (!isNew)
        {
            counters.CountDuplicate();
            return;
        }

        Store(device, message, arrival);
        counters.CountStored();
    }

    private void Store(DeviceEntry device, DeviceMessage message, Arrival arrival)
    {
        long nowMs = arrival.ReceivedMs;
        switch (message)
        {
            case StatusMessage status:
                OnStatus(device, status, nowMs);
                break;
            case InfoMessage info:
                device.Info = info;
                _births.Add(device.Id);
                Changed(device);
                break;
            case ReportedMessage reported:
                device.Reported = reported;
                Changed(device);
                state.Rollouts.OnReported(device, reported, nowMs);
                break;
            case LatestMessage latest:
                feed.Latest(device.Id, latest);
                break;
            case WindowMessage window:
                OnWindow(device, window, arrival);
                break;
            case EventMessage happened:
                feed.Event(EventStore.Add(state.Database, DeviceViews.Of(device.Id, happened, nowMs)));
                break;
            case UpdateMessage update:
                OnUpdate(device, update, nowMs);
                break;
            case AlarmMessage:
                feed.Device(device.Id);
                break;
        }
    }

    private void OnAlarmEnded(Arrival arrival)
    {
        if (state.Devices.Find(arrival.Device)?.Forget(arrival.Rest) == true)
        {
            feed.Device(arrival.Device);
        }

        counters.CountStored();
    }

    private void OnStatus(DeviceEntry device, StatusMessage status, long nowMs)
    {
        bool wasOnline = device.IsOnline;
        bool isSameRun = device.Status?.Boot == status.Boot;
        if (!DeviceRegistry.Take(device, status))
        {
            return;
        }

        Changed(device);
        if (device.IsOnline && !(wasOnline && isSameRun))
        {
            _births.Add(device.Id);
        }

        if (device.IsOnline != wasOnline)
        {
            state.Rollouts.OnPresence(device, nowMs);
        }
    }

    private void OnWindow(DeviceEntry device, WindowMessage message, Arrival arrival)
    {
        byte[] body = arrival.Payload;
        if (WindowCodec.IsProtobuf(body))
        {
            // Stored as JSON, with its names, so that everything later reads one form.
            message = NamedWindow.Of(message, state.Shelf.Find(message.Digest));
            body = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.WindowMessage);
        }

        ReceivedWindow window = new(message, arrival.ReceivedMs);
        WindowStore.Add(state.Database, device.Id, window, body);
        device.LiveOf(window.Message.Model)?.Take(window);
        state.Samples += window.Message.Samples;
        state.Failed += window.Message.Failed;
        state.FailedLately.Add(window.Message.Failed, window.ReceivedMs);
        feed.Window(device.Id, window);
        feed.Device(device.Id);
        state.Rollouts.OnWindow(device, window);
    }

    private void OnUpdate(DeviceEntry device, UpdateMessage update, long nowMs)
    {
        UpdateView view = DeviceViews.Of(device.Id, update);

        // Progress is at most one a second, but for ever on a thin link; only steps are history.
        bool isProgress = update is { State: UpdateState.Downloading, Percent: > 0 };
        if (!isProgress)
        {
            EventStore.Add(state.Database, view, nowMs);
        }

        feed.Update(view);
        state.Rollouts.OnUpdate(device, update, nowMs);
    }

    private void Changed(DeviceEntry device)
    {
        state.Devices.Changed(device);
        feed.Device(device.Id);
    }

    private static partial class Log
    {
        [LoggerMessage(5010, LogLevel.Information, "{Device} sent on {Topic} what is not a message: {Reason}")]
        public static partial void Malformed(ILogger logger, string device, string topic, string reason);
    }
}
