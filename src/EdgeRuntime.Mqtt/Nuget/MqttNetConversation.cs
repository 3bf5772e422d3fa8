using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Links;
using MQTTnet.Packets;

namespace EdgeRuntime.Mqtt;

/// <summary>One try to talk to the broker, from the first byte to the loss: what was accepted, what is in flight, why it ended.</summary>
/// <remarks>
/// <see cref="TryPublish"/> may be called from any thread; everything else belongs to the link's thread. Of MQTTnet only the
/// packets: its clients have credits, repetitions and keep-alives of their own idea.
/// </remarks>
internal sealed class MqttNetConversation : IDisposable
{
    private const int Refused = 128;
    private const int TimedOut = 110;

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    private readonly string _broker;
    private readonly LinkOptions _options;
    private readonly LinkMessage? _will;
    private readonly ILinkEvents _events;
    private readonly LinkThread _thread;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly PacketSocket _socket;
    private readonly Dictionary<int, string> _subscribing = [];
    private readonly InFlight _inFlight;
    private readonly KeepAlive _keepAlive;
    private readonly PacketIdentifiers _identifiers = new();
    private readonly Func<int, bool> _isTaken;
    private readonly Queue<(MqttPacket Packet, int Id)> _outgoing = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource? _change;
    private BrokerLimits _limits;
    private bool _isAccepted;
    private bool _hasAnswer;
    private bool _isDeaf;
    private bool _isWriting;
    private bool _isDisposed;

    /// <param name="broker">How sentences name the broker.</param>
    /// <param name="will">Null for none; may ask less than the one of the options.</param>
    public MqttNetConversation(
        string broker, LinkOptions options, LinkMessage? will, ILinkEvents events, LinkThread thread, TimeProvider time)
    {
        _broker = broker;
        _options = options;
        _will = will;
        _events = events;
        _thread = thread;
        _socket = new PacketSocket(thread);
        _time = time;
        _keepAlive = new KeepAlive(time, TimeSpan.FromSeconds(options.KeepAliveSeconds));
        _inFlight = new InFlight(options.Credits);
        _isTaken = id => _inFlight.Contains(id) || _subscribing.ContainsKey(id);
        _timer = time.CreateTimer(
            static state =>
            {
                MqttNetConversation self = (MqttNetConversation)state!;
                self._thread.Post(static it => ((MqttNetConversation)it!).Signal(), self);
            },
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>True from the broker's acceptance until the end is known.</summary>
    public bool IsAccepted
    {
        get
        {
            lock (_lock)
            {
                return _isAccepted;
            }
        }
    }

    /// <summary>True when everything published was answered and everything queued is written.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_lock)
            {
                return _inFlight.IsEmpty && !_isWriting;
            }
        }
    }

    /// <summary>Why it ended, or null while it has not. A sentence without its full stop.</summary>
    public string? Why { get; private set; }

    /// <summary>The CONNACK's reason, when it was a refusal; else 0.</summary>
    public int RefusedFor { get; private set; }

    /// <summary>Connects to one address.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public async Task<string?> ConnectAsync(IPAddress address, CancellationToken cancel)
    {
        using CancellationTokenSource patience = new(ConnectPatience, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            await _socket.ConnectAsync(new IPEndPoint(address, _options.Port)).WaitAsync(either.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return Marshal.GetPInvokeErrorMessage(TimedOut);
        }
        catch (SocketException e)
        {
            return WordsOf(e);
        }
    }

    /// <summary>Says who we are and starts listening.</summary>
    public void Begin()
    {
        _keepAlive.OnIn();
        _keepAlive.OnOut();
        lock (_lock)
        {
            Enqueue(Packets.Connect(_options, _will));
        }

        Read();
    }

    /// <summary>See <see cref="ILink.TryPublish"/>.</summary>
    public bool TryPublish(in LinkMessage message, long token)
    {
        lock (_lock)
        {
            if (!_isAccepted)
            {
                return false;
            }

            LinkPacket.EnsureSendable(message, _limits.PacketBytesMax);
            int qos = Math.Min(message.Qos, _limits.MaximumQos);
            if (qos == 0 ? _inFlight.Unwritten >= InFlight.UnwrittenMax : _inFlight.Unacknowledged >= _limits.Credits)
            {
                return false;
            }

            int id = qos == 0 ? _identifiers.NextUnacknowledged() : _identifiers.Next(_isTaken);
            _inFlight.Add(id, token, acknowledged: qos > 0);
            Enqueue(Packets.Publish(message, qos, message.Retain && _limits.Retain, id), id);
            return true;
        }
    }

    /// <summary>Waits until something has changed that the link must look at, at most this long.</summary>
    public Task ChangeAsync(TimeSpan longest)
    {
        _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _timer.Change(longest > TimeSpan.Zero ? longest : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        return _change.Task;
    }

    /// <summary>Ends <see cref="ChangeAsync"/>.</summary>
    public void Signal() => _change?.TrySetResult();

    /// <summary>Asks the broker whether it lives, when it is time to; ends the conversation when it did not answer.</summary>
    public void KeepAlive()
    {
        if (Why is null && _keepAlive.IsOver)
        {
            Finish($"the connection to {_broker} was lost: no answer for {_keepAlive.Patience.TotalSeconds:0} s");
        }
        else if (Why is null && _keepAlive.TryAsk())
        {
            lock (_lock)
            {
                Enqueue(MqttPingReqPacket.Instance);
            }
        }
    }

    /// <summary>Passes no message on any more.</summary>
    public void StopListening() => _isDeaf = true;

    /// <summary>Queues the farewell, after which the broker discards the will.</summary>
    public void Disconnect()
    {
        StopListening();
        lock (_lock)
        {
            _isAccepted = false;
            Enqueue(new MqttDisconnectPacket());
        }
    }

    /// <summary>Closes the socket; tokens in flight are forgotten.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
        lock (_lock)
        {
            _isAccepted = false;
            _inFlight.Clear();
            _outgoing.Clear();
        }

        _socket.Dispose();
    }

    private static string WordsOf(SocketException e) => Marshal.GetPInvokeErrorMessage(e.NativeErrorCode);

    /// <summary>Reads until the end. What the owner throws, a method without a task throws on the link's thread.</summary>
    private async void Read()
    {
        while (Why is null)
        {
            MqttPacket? packet;
            try
            {
                packet = await _socket.ReceiveAsync();
            }
            catch (Exception e)
            {
                // Whatever the library throws at what came, the connection is over.
                Lose(e);
                return;
            }

            if (packet is null || _isDisposed)
            {
                Lose(null);
                return;
            }

            _keepAlive.OnIn();
            Take(packet);
        }
    }

    /// <summary>Writes what is queued. Begun by who queues the first.</summary>
    private async void Write()
    {
        while (true)
        {
            (MqttPacket Packet, int Id) next;
            lock (_lock)
            {
                if (_isDisposed || !_outgoing.TryDequeue(out next))
                {
                    _isWriting = false;
                    break;
                }
            }

            try
            {
                await _socket.SendAsync(next.Packet);
            }
            catch (Exception e)
            {
                // As when reading.
                Lose(e);
                return;
            }

            if (_isDisposed)
            {
                return;
            }

            Packets.Release(next.Packet);
            _keepAlive.OnOut();
            if (PacketIdentifiers.IsUnacknowledged(next.Id))
            {
                Answered(next.Id, reason: 0);
            }
        }

        // Who leaves waits for this.
        Signal();
    }

    /// <summary>The lock is held.</summary>
    private void Enqueue(MqttPacket packet, int id = 0)
    {
        _outgoing.Enqueue((packet, id));
        if (!_isWriting)
        {
            _isWriting = true;
            _thread.Post(static it => ((MqttNetConversation)it!).Write(), this);
        }
    }

    /// <param name="e">Null when the other end has closed.</param>
    private void Lose(Exception? e)
    {
        string what = e switch
        {
            null => "closed at the other end",
            SocketException error => WordsOf(error),
            _ => $"it does not speak MQTT 5 ({e.Message.TrimEnd('.')})",
        };
        Finish($"the connection to {_broker} was lost: {what}");
    }

    private void Finish(string why)
    {
        lock (_lock)
        {
            _isAccepted = false;
        }

        Why ??= why;
        Signal();
    }

    private void Take(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttConnAckPacket answer when !_hasAnswer:
                Accepted(answer);
                break;
            case MqttPublishPacket message when _hasAnswer && (int)message.QualityOfServiceLevel <= 1:
                Received(message);
                break;
            case MqttPubAckPacket answer:
                Answered(answer.PacketIdentifier, (int)answer.ReasonCode);
                break;
            case MqttSubAckPacket answer:
                Subscribed(answer);
                break;
            case MqttPingRespPacket:
                break;
            case MqttDisconnectPacket farewell:
                int reason = (int)farewell.ReasonCode;
                Finish($"{_broker} ended the connection{(reason < Refused ? "" : $": {ReasonText.Of(reason)}")}");
                break;
            default:
                Finish($"the connection to {_broker} was lost: it sent a packet that nobody asked for");
                break;
        }
    }

    private void Accepted(MqttConnAckPacket answer)
    {
        _hasAnswer = true;
        _keepAlive.OnAnswered();
        int reason = (int)answer.ReasonCode;
        if (reason >= Refused)
        {
            string said = string.IsNullOrEmpty(answer.ReasonString) ? "" : $" ({answer.ReasonString})";
            RefusedFor = reason;
            Finish($"{_broker} refused the connection: {ReasonText.Of(reason)}{said}");
            return;
        }

        if (answer.ServerKeepAlive > 0)
        {
            _keepAlive.Patience = TimeSpan.FromSeconds(answer.ServerKeepAlive);
        }

        lock (_lock)
        {
            _limits = Packets.Limits(answer, _options.Credits);
            _isAccepted = true;
        }

        foreach ((string filter, int qos) in _options.Subscriptions)
        {
            if (!TopicFilter.IsValid(filter))
            {
                _events.OnSubscriptionRefused($"'{filter}' is not a topic filter");
                continue;
            }

            lock (_lock)
            {
                int id = _identifiers.Next(_isTaken);
                _subscribing[id] = filter;
                Enqueue(Packets.Subscribe(filter, Math.Min(qos, 1), id));
            }
        }

        _events.OnConnected(answer.IsSessionPresent);
    }

    private void Received(MqttPublishPacket message)
    {
        if (_isDeaf)
        {
            // Not acknowledged, so that the broker keeps it for the next connection.
            return;
        }

        _events.OnMessage(Packets.Message(message));
        if (message.QualityOfServiceLevel != 0)
        {
            lock (_lock)
            {
                Enqueue(new MqttPubAckPacket { PacketIdentifier = message.PacketIdentifier });
            }
        }
    }

    private void Subscribed(MqttSubAckPacket answer)
    {
        string? filter;
        lock (_lock)
        {
            _subscribing.Remove(answer.PacketIdentifier, out filter);
        }

        if (answer.ReasonCodes is [var code, ..] && (int)code >= Refused)
        {
            _events.OnSubscriptionRefused($"{_broker} refused the subscription '{filter}': {ReasonText.Of((int)code)}");
        }
    }

    /// <summary>A QoS 1 message was acknowledged, or a QoS 0 one written.</summary>
    private void Answered(int id, int reason)
    {
        long token;
        lock (_lock)
        {
            if (!_inFlight.TryRemove(id, out token))
            {
                return;
            }
        }

        if (reason >= Refused)
        {
            _events.OnRefused(token, $"{_broker} refused a message: {ReasonText.Of(reason)}");
        }
        else
        {
            _events.OnPublished(token);
        }

        if (IsQuiet)
        {
            Signal();
        }
    }
}
