using System.Security.Cryptography;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet;

/// <summary>Everything the manager knows: what the database holds, in memory. Belongs to the fleet's thread.</summary>
internal sealed class FleetState
{
    private const int RecentSeconds = 300;

    /// <summary>Reads everything from the database.</summary>
    /// <param name="made">Called when something is ready that an order waited for.</param>
    public FleetState(
        Database database, string packageDirectory, FleetOptions options, Random random, Action made, ILogger logger)
    {
        Database = database;
        Ciphers = options.Recipients is null ? null : new CipherShelf(Path.Combine(packageDirectory, "encrypted"), RandomNumberGenerator.Create());
        Shelf = new PackageShelf(database, packageDirectory, options.ReleaseKeys, Ciphers);
        Deltas = new DeltaShelf(Path.Combine(packageDirectory, "deltas"), Shelf.PathOf, Ciphers, made, logger);
        Devices = new DeviceRegistry(database);
        PackageEncrypting? encryption = Ciphers is null ? null : new PackageEncrypting(Ciphers, options.Recipients!);
        Orders = new OrderBook(database, Shelf, new PackageOffers(Devices, Shelf, Deltas, options.Carriers, encryption), options.DeployKeys);
        Received = new ReceivedLog(database);
        RolloutStore store = new(database);
        Gates = new GateKeeper(database, store, Shelf);
        Store = store;
        Rollouts = new RolloutDriver(store, Devices, Shelf, Orders, Gates, random);
    }

    public Database Database { get; }

    public PackageShelf Shelf { get; }

    public DeltaShelf Deltas { get; }

    /// <summary>Ciphertexts, where packages travel encrypted; else null.</summary>
    public CipherShelf? Ciphers { get; }

    public DeviceRegistry Devices { get; }

    public OrderBook Orders { get; }

    public ReceivedLog Received { get; }

    public RolloutStore Store { get; }

    public GateKeeper Gates { get; }

    public RolloutDriver Rollouts { get; }

    /// <summary>Where the bytes lie that devices fetch under a hash. Any thread may ask.</summary>
    public string FileOf(string sha256) => Ciphers?.PathOf(sha256) ?? Deltas.PathOf(sha256) ?? Shelf.PathOf(sha256);

    /// <summary>Samples in all windows since start.</summary>
    public long Samples { get; set; }

    /// <summary>Failed samples in all windows since start.</summary>
    public long Failed { get; set; }

    /// <summary>Failed samples of the last five minutes.</summary>
    public RecentCount FailedLately { get; } = new(RecentSeconds);

    /// <summary>Writes what changed, within the caller's transaction.</summary>
    public void Save(long nowMs)
    {
        Devices.Save(nowMs);
        Received.Save(nowMs);
    }

    /// <summary>Reads everything again, because memory is ahead of a commit that failed.</summary>
    public void Reload()
    {
        Received.Forget();
        Shelf.Load();
        Devices.Load();
        Orders.Load();
        Rollouts.Load();
    }
}
