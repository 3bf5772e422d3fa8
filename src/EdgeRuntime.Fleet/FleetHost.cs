using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Storage;
using LinkOptions = EdgeRuntime.Contracts.Links.LinkOptions;

namespace EdgeRuntime.Fleet;

/// <summary>The manager without its web server: database, link, and the loops that connect them.</summary>
internal sealed class FleetHost : IDisposable
{
    private const int LinkSessionSeconds = 3600;
    private const int WillDelaySeconds = 5;

    // A turn is one commit; what arrives within a few milliseconds shares it.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(700);

    private readonly Database _database;
    private readonly WakeSignal _turns;

    private FleetHost(Database database, WakeSignal turns, FleetParts parts, ControlLoop loop)
    {
        _database = database;
        _turns = turns;
        Parts = parts;
        Loop = loop;
    }

    /// <summary>What several threads touch.</summary>
    public FleetParts Parts { get; }

    /// <summary>The thread that owns the rest.</summary>
    public ControlLoop Loop { get; }

    /// <summary>Puts a manager together. Nothing runs yet.</summary>
    /// <param name="connect">Makes the link; it is started by <see cref="RunAsync"/>.</param>
    /// <exception cref="StorageException">The database cannot be used.</exception>
    public static FleetHost Compose(
        FleetOptions options, Func<LinkOptions, ILink> connect, TimeProvider time, Random random, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(options.StateDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{options.StateDirectory}: cannot be created: {e.Message}", e);
        }

        Database database = Database.Open(Path.Combine(options.StateDirectory, "fleet.db"));
        WakeSignal turns = new();
        FleetState state = new(database, Path.Combine(options.StateDirectory, "packages"), options, random, turns.Wake, logger);
        Topics topics = new(options.MqttRoot);
        ILink transport = connect(Link(options, topics, time));
        ChunkServer chunks = new(transport, topics, options.Transfers, time, state.FileOf);
        IngestCounters counters = new();
        IngestQueue queue = new(counters, turns.Wake);
        FleetParts parts = new()
        {
            Instance = options.Instance,
            Topics = topics,
            Transport = transport,
            Link = new FleetLink(topics, queue, chunks, counters, time, turns.Wake, logger),
            Queue = queue,
            Counters = counters,
            Chunks = chunks,
            Metadata = options.MetadataDirectory is string directory ? new MetadataShelf(directory) : null,
            Stream = new Broadcast(),
            Retention = options.Retention,
            Time = time,
            Logger = logger,
            Broker = FormattableString.Invariant($"{options.MqttHost}:{options.MqttPort}"),
        };
        return new FleetHost(database, turns, parts, new ControlLoop(parts, state, turns.Wake));
    }

    /// <summary>Runs until <paramref name="stop"/> is cancelled, then says good-bye to the broker and returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Parts.Transport.Start(Parts.Link);
        Task turns = Task.Factory.StartNew(
            () => TurnAsync(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        await Task.WhenAll(
            turns, Parts.Chunks.RunAsync(stop),
            Task.Run(() => Loop.State.Deltas.RunAsync(stop), CancellationToken.None));
        long nowMs = Parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Parts.Transport.TryPublish(Announcer.Presence(Parts.Topics, Parts.Instance, online: false, nowMs), 0);
        Parts.Transport.Stop(Farewell);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parts.Stream.Close();
        Parts.Transport.Dispose();
        _database.Dispose();
    }

    private static LinkOptions Link(FleetOptions options, Topics topics, TimeProvider time) => new()
    {
        Host = options.MqttHost,
        Port = options.MqttPort,
        ClientId = $"fleet-{options.Instance}",
        UserName = options.MqttUser,
        Password = options.MqttPassword,
        SessionExpirySeconds = LinkSessionSeconds,
        ReconnectMax = TimeSpan.FromSeconds(5),
        Subscriptions = [(topics.AllUp, 1)],
        Will = Announcer.Presence(topics, options.Instance, online: false, time.GetUtcNow().ToUnixTimeMilliseconds()),
        WillDelaySeconds = WillDelaySeconds,
    };

    private async Task TurnAsync(CancellationToken stop)
    {
        do
        {
            Loop.Turn();
            await Task.Delay(Gather, Parts.Time, CancellationToken.None);
        }
        while (await _turns.WaitAsync(LongestWait, Parts.Time, stop));

        // What was asked for before the stop gets its answer.
        Loop.Turn();
    }
}
