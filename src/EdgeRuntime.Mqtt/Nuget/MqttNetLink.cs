using System.Net;
using System.Net.Sockets;
using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>A link over MQTTnet. One thread drives it: connect, talk, wait, again, for ever.</summary>
internal sealed class MqttNetLink : ILink
{
    private static readonly TimeSpan KeepAliveStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1);

    private readonly LinkOptions _options;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly LinkThread _thread;
    private readonly CancellationTokenSource _endOfTries = new();
    private readonly Lock _lock = new();
    private readonly string _broker;
    private volatile MqttNetConversation? _conversation;
    private volatile Ending _ending;
    private TimeSpan _patience;
    private long _endingSince;
    private bool _isStarted;
    private bool _isReleased;
    private LinkMessage? _will;
    private ILinkEvents _events = null!;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MqttNetLink(LinkOptions options, TimeProvider time, Random random)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }

        _options = options;
        _time = time;
        _backoff = new Backoff(options.ReconnectMin, options.ReconnectMax, random);
        _will = options.Will;
        _broker = $"the broker at {options.Host}:{options.Port}";
        _thread = new LinkThread(RunAsync);
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

            // Ends a wait between two tries, and wakes who waits for the broker.
            _endOfTries.Cancel();
            _thread.Post(static link => ((MqttNetLink)link!)._conversation?.Signal(), this);
        }

        if (_thread.IsCurrent)
        {
            // The loop ends once the present callback has returned; joining would wait for ever. What has come already and
            // waits to be told would follow the return of this call.
            _conversation?.StopListening();
        }
        else
        {
            _thread.Join(patience + FarewellPatience);
        }
    }

    private async Task RunAsync()
    {
        while (_ending == Ending.No)
        {
            string? why = await TryAsync();
            if (why is not null && _ending == Ending.No)
            {
                TimeSpan pause = _backoff.Next();
                _events.OnDisconnected($"{why}; next try in {pause.TotalSeconds:0.0} s");
                await PauseAsync(pause);
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
        _endOfTries.Dispose();
    }

    /// <summary>Connects to one of the broker's addresses and talks until the end. Returns why it ended; null when we end.</summary>
    private async Task<string?> TryAsync()
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(_options.Host, _endOfTries.Token);
        }
        catch (SocketException unknown)
        {
            return $"the broker's address '{_options.Host}' cannot be found: {unknown.Message}";
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        string? why = $"the broker's name '{_options.Host}' has no address";
        foreach (IPAddress address in addresses)
        {
            using MqttNetConversation conversation = new(_broker, _options, _will, _events, _thread, _time);
            string? error = await conversation.ConnectAsync(address, _endOfTries.Token);
            if (_ending != Ending.No)
            {
                return null;
            }

            if (error is null)
            {
                return await TalkAsync(conversation);
            }

            why = $"{_broker} does not answer: {error}";
        }

        return why;
    }

    private async Task<string?> TalkAsync(MqttNetConversation conversation)
    {
        long started = _time.GetTimestamp();
        _conversation = conversation;
        try
        {
            conversation.Begin();
            while (conversation.Why is null)
            {
                Ending ending = _ending;
                if (IsTimeToLeave(conversation, ending))
                {
                    await LeaveAsync(conversation, ending);
                    return null;
                }

                TimeSpan left = _patience - _time.GetElapsedTime(_endingSince);
                await conversation.ChangeAsync(ending == Ending.No || left > KeepAliveStep ? KeepAliveStep : left);
                conversation.KeepAlive();
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

    private bool IsTimeToLeave(MqttNetConversation conversation, Ending ending) => ending switch
    {
        Ending.No => false,
        Ending.AtOnce => true,
        _ => !conversation.IsAccepted || conversation.IsQuiet || _time.GetElapsedTime(_endingSince) >= _patience,
    };

    /// <summary>Says farewell and waits, briefly, until the broker has closed. Cut off at once, nothing is said: the will
    /// speaks.</summary>
    private async Task LeaveAsync(MqttNetConversation conversation, Ending ending)
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
            await conversation.ChangeAsync(left);
            left = FarewellPatience - _time.GetElapsedTime(started);
        }
    }

    private async Task PauseAsync(TimeSpan length)
    {
        try
        {
            await Task.Delay(length, _time, _endOfTries.Token);
        }
        catch (OperationCanceledException)
        {
            // The link is being stopped.
        }
    }
}
