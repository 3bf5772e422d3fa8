using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>One try to talk to the broker, from the first byte to the loss: what was accepted, what is in flight, why it ended.</summary>
/// <remarks>
/// <see cref="TryPublish"/> may be called from any thread; everything else belongs to the link's thread. The lock is taken
/// inside libmosquitto's callbacks, so neither the owner is called nor the library driven while it is held.
/// </remarks>
internal sealed class Conversation : IDisposable
{
    private readonly string _broker;
    private readonly LinkOptions _options;
    private readonly ILinkEvents _events;
    private readonly IncomingMessage _incoming;
    private readonly WakeUp _wakeUp;
    private readonly MosquittoConnection _connection;
    private readonly Dictionary<int, string> _subscribing = [];
    private readonly InFlight _inFlight;
    private readonly Lock _lock = new();
    private GCHandle _self;
    private BrokerLimits _limits;
    private bool _isAccepted;
    private ExceptionDispatchInfo? _failure;

    /// <param name="broker">How sentences name the broker.</param>
    /// <param name="will">Null for none; may ask less than the one of the options.</param>
    public Conversation(
        string broker, LinkOptions options, LinkMessage? will, ILinkEvents events, IncomingMessage incoming, WakeUp wakeUp)
    {
        _broker = broker;
        _options = options;
        _events = events;
        _incoming = incoming;
        _wakeUp = wakeUp;
        _inFlight = new InFlight(options.Credits);
        _self = GCHandle.Alloc(this);
        try
        {
            _connection = new MosquittoConnection(options, will, GCHandle.ToIntPtr(_self));
        }
        catch
        {
            _self.Free();
            throw;
        }
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
                return _inFlight.IsEmpty && !_connection.WantsWrite;
            }
        }
    }

    /// <summary>Why it ended, or null while it has not. A sentence without its full stop.</summary>
    public string? Why { get; private set; }

    /// <summary>The CONNACK's reason, when it was a refusal; else 0.</summary>
    public int RefusedFor { get; private set; }

    /// <summary>File descriptor; -1 when closed.</summary>
    public int Socket => _connection.Socket;

    /// <summary>True when something waits to be written.</summary>
    public bool WantsWrite => _connection.WantsWrite;

    /// <summary>Begins to connect, without waiting.</summary>
    /// <returns>0, or the error as errno.</returns>
    public int Connect(string address) => _connection.Connect(_options, address);

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

            int error = _connection.Publish(message, qos, message.Retain && _limits.Retain, out int packetId);
            if (error is LibMosquitto.ErrorNoConnection or LibMosquitto.ErrorConnectionLost)
            {
                // Lost a moment ago. What the library may have queued goes with the connection.
                return false;
            }

            if (error != LibMosquitto.ErrorSuccess)
            {
                throw new ArgumentException(
                    $"the message to '{message.Topic}' cannot be sent: {MosquittoText.OfError(error)}");
            }

            _inFlight.Add(packetId, token, acknowledged: qos > 0);
            _wakeUp.Wake();
            return true;
        }
    }

    /// <summary>Reads what has come; calls the owner for it.</summary>
    public void Read() => Settle(_connection.Read());

    /// <summary>Writes what the socket takes.</summary>
    public void Write() => Settle(_connection.Write());

    /// <summary>Asks the broker whether it lives, when it is time to; ends the conversation when it did not answer.</summary>
    public void KeepAlive() => Settle(_connection.KeepAlive());

    /// <summary>Queues the farewell, after which the broker discards the will.</summary>
    public void Disconnect()
    {
        lock (_lock)
        {
            _isAccepted = false;
        }

        _connection.Disconnect();
    }

    /// <summary>Closes the socket; tokens in flight are forgotten.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isAccepted = false;
            _inFlight.Clear();
            _connection.Dispose();
            _self.Free();
        }
    }

    /// <summary>Callback: the broker accepted us.</summary>
    internal void Accepted(bool sessionPresent, nint properties)
    {
        lock (_lock)
        {
            _limits = MosquittoConnection.Limits(properties, _options.Credits);
            _isAccepted = true;
        }

        foreach ((string filter, int qos) in _options.Subscriptions)
        {
            if (_connection.Subscribe(filter, qos, out int packetId) == LibMosquitto.ErrorSuccess)
            {
                _subscribing[packetId] = filter;
            }
            else
            {
                _events.OnSubscriptionRefused($"'{filter}' is not a topic filter");
            }
        }

        _events.OnConnected(sessionPresent);
    }

    /// <summary>Callback: the broker refused us.</summary>
    internal void Refused(int reason, nint properties)
    {
        string? said = MosquittoText.ReasonString(properties);
        RefusedFor = reason;
        Why = $"{_broker} refused the connection: {MosquittoText.OfReason(reason)}{(said is null ? "" : $" ({said})")}";
    }

    /// <summary>Callback: the connection is over. From 128 on the broker said why; below, the library.</summary>
    internal void Ended(int reason)
    {
        lock (_lock)
        {
            _isAccepted = false;
        }

        Why ??= reason switch
        {
            >= LibMosquitto.ReasonRefused => $"{_broker} ended the connection: {MosquittoText.OfReason(reason)}",
            LibMosquitto.ErrorSuccess => $"{_broker} ended the connection",
            _ => null,
        };
    }

    /// <summary>Callback: a QoS 1 message was acknowledged, or a QoS 0 one written.</summary>
    internal void Answered(int packetId, int reason)
    {
        long token;
        lock (_lock)
        {
            if (!_inFlight.TryRemove(packetId, out token))
            {
                return;
            }
        }

        if (reason >= LibMosquitto.ReasonRefused)
        {
            _events.OnRefused(token, $"{_broker} refused a message: {MosquittoText.OfReason(reason)}");
        }
        else
        {
            _events.OnPublished(token);
        }
    }

    /// <summary>Callback: a message came.</summary>
    internal unsafe void Received(LibMosquitto.Message* message, nint properties) =>
        _incoming.Deliver(message, properties, _events);

    /// <summary>Callback: a subscription was refused.</summary>
    internal void SubscriptionRefused(int packetId, int reason) => _events.OnSubscriptionRefused(
        $"{_broker} refused the subscription '{_subscribing.GetValueOrDefault(packetId)}': {MosquittoText.OfReason(reason)}");

    /// <summary>Callback: the owner threw. That must not pass through C frames; <see cref="Settle"/> throws it again.</summary>
    internal void Keep(Exception failure) => _failure ??= ExceptionDispatchInfo.Capture(failure);

    private void Settle(int error)
    {
        int errno = Marshal.GetLastPInvokeError();
        _failure?.Throw();
        if (error != LibMosquitto.ErrorSuccess)
        {
            Ended(error);
            string what = error switch
            {
                LibMosquitto.ErrorErrno => Marshal.GetPInvokeErrorMessage(errno),
                LibMosquitto.ErrorConnectionLost => "closed at the other end",
                _ => MosquittoText.OfError(error),
            };
            Why ??= $"the connection to {_broker} was lost: {what}";
        }
        else if (Socket < 0)
        {
            Ended(LibMosquitto.ErrorSuccess);
        }
    }
}
