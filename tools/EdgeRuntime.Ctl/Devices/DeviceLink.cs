using System.Threading.Channels;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Contracts.Transfers;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>
/// The link of one command to its devices. What it hears waits in a bounded queue for the command; requests for chunks go to
/// the chunk server at once; what is to be published waits until the broker takes it.
/// </summary>
/// <remarks>When the queue is full the oldest goes: progress is told again, and ends stand in what devices report.</remarks>
internal sealed class DeviceLink : ILinkEvents, IDisposable
{
    private const int QueueLength = 4096;

    // Long enough to be told after a restart of the broker's machine what devices said meanwhile.
    private const int SessionSeconds = 300;

    private readonly Channel<Heard> _heard = Channel.CreateBounded<Heard>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Queue<LinkMessage> _outgoing = [];
    private readonly ILink _link;

    /// <summary>Prepares a link; nothing is connected before <see cref="Start"/>.</summary>
    /// <param name="random">Names this client among others, and spreads its tries.</param>
    /// <param name="limits">Bounds of what is sent of packages.</param>
    /// <param name="pathOf">The file of an archive, by its hash.</param>
    public DeviceLink(
        BrokerAddress broker, IReadOnlyList<DeviceId> devices, Surroundings around, Random random, TransferLimits limits,
        Func<string, string> pathOf)
    {
        Topics = new Topics(broker.Root);
        Name = $"edgectl-{BootId.Draw(random)}";
        List<(string, int)> subscriptions = [(Topics.Fleet("manager/+"), 1)];
        foreach (DeviceId device in devices)
        {
            subscriptions.Add((Topics.Down(device, "desired"), 1));
            subscriptions.AddRange(
                ((string[])["status", "info", "reported", "update/+", "event/update", $"response/{Name}-ping", $"response/{Name}-undo", $"response/{Name}-capture", $"{SampleChunk.TopicPrefix}{Name}"])
                    .Select(rest => (Topics.Up(device, rest), 1)));
            subscriptions.Add((Topics.Up(device, ChunkCodec.RequestTopic), 0));
        }

        _link = around.Connect(new LinkOptions
        {
            Host = broker.Host,
            Port = broker.Port,
            ClientId = Name,
            UserName = broker.User,
            Password = broker.Password,
            SessionExpirySeconds = SessionSeconds,
            ReconnectMax = TimeSpan.FromSeconds(5),
            Subscriptions = subscriptions,
        });
        Chunks = new ChunkServer(_link, Topics, limits, around.Time, pathOf);
    }

    /// <summary>The topics of this broker.</summary>
    public Topics Topics { get; }

    /// <summary>Client id; also the last level of the topic that answers come on.</summary>
    public string Name { get; }

    /// <summary>Serves what devices fetch.</summary>
    public ChunkServer Chunks { get; }

    /// <summary>Begins connecting.</summary>
    public void Start() => _link.Start(this);

    /// <summary>Publishes once the broker takes it; in order.</summary>
    public void Publish(in LinkMessage message)
    {
        _outgoing.Enqueue(message);
        Flush();
    }

    /// <summary>Forgets what waits to be published: the connection is new, and is told all of it again.</summary>
    public void Forget() => _outgoing.Clear();

    /// <summary>What was heard next, or null when nothing was within <paramref name="longest"/>.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task<Heard?> NextAsync(TimeSpan longest, CancellationToken stop)
    {
        Flush();
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(longest);
        try
        {
            return await _heard.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void OnConnected(bool sessionPresent) => _heard.Writer.TryWrite(new Heard.Connected());

    /// <inheritdoc/>
    public void OnDisconnected(string reason) => _heard.Writer.TryWrite(new Heard.Disconnected(reason));

    /// <inheritdoc/>
    public void OnMessage(in LinkMessage message)
    {
        string managers = Topics.Fleet("manager/");
        if (message.Topic.StartsWith(managers, StringComparison.Ordinal))
        {
            _heard.Writer.TryWrite(new Heard.Manager(message.Topic[managers.Length..], message.Payload.ToArray()));
        }
        else if (Topics.TrySplit(message.Topic, out DeviceId device, out bool up, out string rest))
        {
            if (up && rest == ChunkCodec.RequestTopic)
            {
                Chunks.Ask(device, message.Payload.Span);
            }
            else
            {
                _heard.Writer.TryWrite(new Heard.Message(device, up, rest, message.Payload.ToArray(), message.Retain));
            }
        }
    }

    /// <inheritdoc/>
    public void OnPublished(long token) => Chunks.OnRoom();

    /// <inheritdoc/>
    public void OnRefused(long token, string reason) => _heard.Writer.TryWrite(new Heard.Refused(reason));

    /// <inheritdoc/>
    public void OnSubscriptionRefused(string reason) => _heard.Writer.TryWrite(new Heard.Refused(reason));

    /// <summary>Says good-bye, so that the broker keeps nothing for this client.</summary>
    public void Dispose()
    {
        _link.Stop(TimeSpan.FromSeconds(1));
        _link.Dispose();
    }

    private void Flush()
    {
        while (_outgoing.TryPeek(out LinkMessage message) && _link.TryPublish(message, 0))
        {
            _outgoing.Dequeue();
        }
    }
}
