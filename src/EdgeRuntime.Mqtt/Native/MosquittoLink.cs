using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>A link over libmosquitto. One thread drives it: connect, read, write, keep alive, wait, again, for ever.</summary>
/// <remarks>
/// libmosquitto 2.0 as Debian 12 builds it (2.0.11) ends the process at a property that MQTT does not know: it logs that without
/// a client, and asserts that there is one. So a broker is trusted so far; the link over MQTTnet takes it for a lost connection.
/// </remarks>
internal sealed class MosquittoLink : ILink
{
    private static readonly TimeSpan KeepAliveStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1);

    private readonly LinkOptions _options;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly Thread _thread;
    private readonly IncomingMessage _incoming = new();
    private readonly WakeUp _wakeUp = new();
    private readonly Lock _lock = new();
    private readonly string _broker;
    private volatile Conversation? _conversation;
    private volatile Ending _ending;
    private volatile bool _pauseIsOver;
    private TimeSpan _patience;
    private long _endingSince;
    private bool _isStarted;
    private bool _isReleased;
    private LinkMessage? _will;
    private ILinkEvents _events = null!;

    /// <exception cref="LinkUnavailableException">libmosquitto is not installed.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MosquittoLink(LinkOptions options, TimeProvider time, Random random)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }

        _ = LibMosquitto.Load();
        _options = options;
        _time = time;
        _backoff = new Backoff(options.ReconnectMin, options.ReconnectMax, random);
        _will = options.Will;
        _broker = $"the broker at {options.Host}:{options.Port}";
        _thread = new Thread(Run) { IsBackground = true, Name = "mqtt" };
    }

    private enum Ending
    {
        No,
        AfterAcknowledgements,
        AtOnce,
    }

    /// <inheritdoc/>
    public bool IsConnected => _conversation is { IsAccepted: true };

    /// <inheritdoc/>
    public void Start(ILinkEvents events)
    {
        lock (_lock)
        {
            if (_isStarted || _ending != Ending.No)
            {
                throw new InvalidOperationException("a link starts once");
            }

            _isStarted = true;
        }

        _events = events;
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool TryPublish(in LinkMessage message, long token)
    {
        if (_ending == Ending.No && _conversation is { } conversation)
        {
            return conversation.TryPublish(message, token);
        }

        LinkPacket.EnsureSendable(message, LinkPacket.BytesMax);
        return false;
    }

    /// <inheritdoc/>
    public void Stop(TimeSpan patience) => End(Ending.AfterAcknowledgements, patience);

    /// <inheritdoc/>
    public void Dispose() => End(Ending.AtOnce, TimeSpan.Zero);

    private void End(Ending how, TimeSpan patience)
    {
        lock (_lock)
        {
            if (_isReleased)
            {
                return;
            }

            if (_ending == Ending.No)
            {
                _patience = patience;
                _endingSince = _time.GetTimestamp();
            }

            _ending = _ending > how ? _ending : how;
            if (!_isStarted)
            {
                Release();
                return;
            }

            _wakeUp.Wake();
        }

        // On the link's own thread the loop ends once the present callback has returned; joining would wait for ever.
        if (Thread.CurrentThread != _thread)
        {
            // Bounded: a thread that waits for a name server cannot be woken. It releases everything by itself later.
            _thread.Join(patience + FarewellPatience);
        }
    }

    private void Run()
    {
        while (_ending == Ending.No)
        {
            string? why = Try();
            if (why is not null && _ending == Ending.No)
            {
                TimeSpan pause = _backoff.Next();
                _events.OnDisconnected($"{why}; next try in {pause.TotalSeconds:0.0} s");
                Pause(pause);
            }
        }

        lock (_lock)
        {
            Release();
        }
    }

    private void Release()
    {
        _isReleased = true;
        _wakeUp.Dispose();
        _incoming.Dispose();
    }

    /// <summary>Connects to one of the broker's addresses and talks until the end. Returns why it ended; null when we end.</summary>
    private string? Try()
    {
        IPAddress[] addresses;
        try
        {
            addresses = Dns.GetHostAddresses(_options.Host);
        }
        catch (SocketException unknown)
        {
            return $"the broker's address '{_options.Host}' cannot be found: {unknown.Message}";
        }

        string? why = $"the broker's name '{_options.Host}' has no address";
        foreach (IPAddress address in addresses)
        {
            using Conversation conversation = new(_broker, _options, _will, _events, _incoming, _wakeUp);
            int error = conversation.Connect(address.ToString());
            if (error == 0)
            {
                error = AwaitConnection(conversation.Socket);
            }

            if (_ending != Ending.No)
            {
                return null;
            }

            if (error == 0)
            {
                return Talk(conversation);
            }

            why = $"{_broker} does not answer: {Marshal.GetPInvokeErrorMessage(error)}";
        }

        return why;
    }

    /// <summary>Waits until the socket is connected. Returns 0, or the error as errno.</summary>
    private int AwaitConnection(int socket)
    {
        const int TimedOut = 110;
        long started = _time.GetTimestamp();
        while (_ending == Ending.No)
        {
            _wakeUp.Arm();
            TimeSpan left = ConnectPatience - _time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return TimedOut;
            }

            if (_ending == Ending.No && _wakeUp.Wait(socket, WakeUp.Writable, Milliseconds(left)) != 0)
            {
                return WakeUp.ErrorOf(socket);
            }
        }

        return 0;
    }

    private string? Talk(Conversation conversation)
    {
        long started = _time.GetTimestamp();
        _conversation = conversation;
        try
        {
            while (conversation.Why is null)
            {
                Ending ending = _ending;
                if (IsTimeToLeave(conversation, ending))
                {
                    Leave(conversation, ending);
                    return null;
                }

                TimeSpan left = _patience - _time.GetElapsedTime(_endingSince);
                Step(conversation, ending, ending == Ending.No || left > KeepAliveStep ? KeepAliveStep : left);
            }
        }
        finally
        {
            _conversation = null;
        }

        _backoff.Lasted(_time.GetElapsedTime(started));
        _will = Will.Lessen(_will, conversation.RefusedFor);
        return conversation.Why;
    }

    private void Step(Conversation conversation, Ending seen, TimeSpan longest)
    {
        if (conversation.WantsWrite)
        {
            conversation.Write();
            if (conversation.Why is not null)
            {
                return;
            }
        }

        // Armed before looking: what is queued after the look wakes us, what came before it is seen.
        _wakeUp.Arm();
        if (_ending != seen)
        {
            return;
        }

        short wanted = conversation.WantsWrite ? (short)(WakeUp.Readable | WakeUp.Writable) : WakeUp.Readable;
        short happened = _wakeUp.Wait(conversation.Socket, wanted, Milliseconds(longest));
        if ((happened & WakeUp.Readable) != 0)
        {
            conversation.Read();
            WakeUp.Acknowledge(conversation.Socket);
        }

        if (conversation.Why is null)
        {
            conversation.KeepAlive();
        }
    }

    private bool IsTimeToLeave(Conversation conversation, Ending ending) => ending switch
    {
        Ending.No => false,
        Ending.AtOnce => true,
        _ => !conversation.IsAccepted || conversation.IsQuiet || _time.GetElapsedTime(_endingSince) >= _patience,
    };

    /// <summary>Says farewell and waits, briefly, until it is written. Cut off at once, nothing is said: the will speaks.</summary>
    private void Leave(Conversation conversation, Ending ending)
    {
        if (ending == Ending.AtOnce || !conversation.IsAccepted)
        {
            return;
        }

        conversation.Disconnect();
        long started = _time.GetTimestamp();
        TimeSpan left = FarewellPatience;
        while (conversation.Why is null && left > TimeSpan.Zero)
        {
            Step(conversation, _ending, left);
            left = FarewellPatience - _time.GetElapsedTime(started);
        }
    }

    private void Pause(TimeSpan length)
    {
        _pauseIsOver = false;
        using ITimer timer = _time.CreateTimer(
            static link => ((MosquittoLink)link!).EndPause(), this, length, Timeout.InfiniteTimeSpan);
        while (!_pauseIsOver && _ending == Ending.No)
        {
            _wakeUp.Arm();
            if (!_pauseIsOver && _ending == Ending.No)
            {
                _ = _wakeUp.Wait(socket: -1, wanted: 0, milliseconds: -1);
            }
        }
    }

    private void EndPause()
    {
        lock (_lock)
        {
            // The timer may fire while the link is being stopped and its descriptor is already closed.
            _pauseIsOver = true;
            if (!_isReleased)
            {
                _wakeUp.Wake();
            }
        }
    }

    private static int Milliseconds(TimeSpan time) => Math.Max(1, (int)time.TotalMilliseconds);
}
