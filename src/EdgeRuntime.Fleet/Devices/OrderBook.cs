using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet.Devices;

/// <summary>What each device was ordered to run: durable before it is published, and published again on every birth.</summary>
/// <remarks>Belongs to the fleet's thread.</remarks>
internal sealed class OrderBook
{
    // In place of a digest.
    private const string NoPackage = "";

    private readonly Database _database;
    private readonly PackageShelf _shelf;
    private readonly PackageOffers _offers;
    private readonly IReadOnlyList<TufSigningKey> _keys;
    private readonly Dictionary<DeviceId, Order> _orders = [];

    /// <summary>Reads the orders from the database.</summary>
    /// <param name="offers">How devices may come by what they are ordered.</param>
    /// <param name="keys">The deploy keys, all of which sign every order.</param>
    public OrderBook(Database database, PackageShelf shelf, PackageOffers offers, IReadOnlyList<TufSigningKey> keys)
    {
        _database = database;
        _shelf = shelf;
        _offers = offers;
        _keys = keys;
        Load();
    }

    /// <summary>What a device was ordered to run of a model, or null.</summary>
    public OrderedSlot? SlotOf(DeviceId device, string model) =>
        _orders.GetValueOrDefault(device)?.Slots.GetValueOrDefault(model);

    /// <summary>Devices with an order.</summary>
    public IReadOnlyCollection<DeviceId> Devices => _orders.Keys;

    /// <summary>Gives a device a new order for one model; its other models keep theirs. Within the caller's transaction.</summary>
    /// <param name="package">Null for none, where the device can do without.</param>
    /// <param name="accepted">Highest generation the device says it accepted; a new one is above it, even if the database was lost.</param>
    /// <returns>The generation, above every earlier one of this device.</returns>
    public long Issue(
        DeviceId device, string model, ModelId? package, bool revert, string deployment, long accepted, long nowMs)
    {
        if (!_orders.TryGetValue(device, out Order? order))
        {
            order = new Order();
            _orders[device] = order;
        }

        order.Generation = Math.Max(order.Generation, accepted) + 1;
        order.Deployment = deployment;
        order.IssuedMs = nowMs;
        order.Slots[model] = new OrderedSlot(package, revert, deployment, order.Generation);
        _database.Execute(
            "INSERT OR REPLACE INTO orders (device, generation, deployment, issued) VALUES ($1, $2, $3, $4)",
            device.ToString(), order.Generation, deployment, nowMs);
        _database.Execute(
            """
            INSERT OR REPLACE INTO order_slots (device, model, digest, revert, deployment, generation)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            device.ToString(), model, package?.ToString() ?? NoPackage, revert ? 1 : 0, deployment, order.Generation);
        return order.Generation;
    }

    /// <summary>
    /// The signed order of a device, as it goes on the wire; null when it has none, or when a package of it cannot be encrypted for the
    /// device: half an order would be another one.
    /// </summary>
    public byte[]? Envelope(DeviceId device)
    {
        if (!_orders.TryGetValue(device, out Order? order))
        {
            return null;
        }

        Dictionary<string, PackageReference> slots = [];
        foreach ((string model, OrderedSlot slot) in order.Slots)
        {
            if (PackageOf(slot) is StoredPackage package)
            {
                if (_offers.Of(device, model, package, slot.Revert) is not PackageReference reference)
                {
                    return null;
                }

                slots[model] = reference;
            }
        }

        DesiredState state = new()
        {
            Device = device,
            Deployment = order.Deployment,
            Generation = order.Generation,
            IssuedUnixMs = order.IssuedMs,
            Slots = slots,
            Without = order.Slots.Any(slot => slot.Value.Package is null)
                ? [.. order.Slots.Where(slot => slot.Value.Package is null).Select(slot => slot.Key).Order(StringComparer.Ordinal)]
                : null,
        };
        return state.Sealed(_keys);
    }

    /// <summary>Hashes of the archives that orders name.</summary>
    public HashSet<string> OrderedArchives() => [.. _orders.Values.SelectMany(order => order.Slots.Values)
        .Select(slot => PackageOf(slot)?.ArchiveSha256).OfType<string>()];

    /// <summary>Why a device can be ordered no package, as a sentence, or null.</summary>
    public string? Objection(DeviceEntry device) => _offers.Objection(device);

    /// <summary>Whether something that a device's order could name is being made; it then is worth waiting for.</summary>
    /// <param name="ordered">As <see cref="OrderedArchives"/> says.</param>
    public bool IsMaking(DeviceId device, IReadOnlySet<string> ordered)
    {
        bool isMaking = false;
        foreach ((string model, OrderedSlot slot) in _orders.GetValueOrDefault(device)?.Slots ?? [])
        {
            // All of them are wanted, before the first is waited for. What a device returns to is in one of its slots.
            isMaking |= !slot.Revert && PackageOf(slot) is StoredPackage package && _offers.IsMaking(device, model, package, ordered);
        }

        return isMaking;
    }

    /// <summary>Archives and deltas a device may fetch: hash and size of each.</summary>
    public IReadOnlyDictionary<string, long> Archives(DeviceId device)
    {
        Dictionary<string, long> archives = [];
        foreach ((string model, OrderedSlot slot) in _orders.GetValueOrDefault(device)?.Slots ?? [])
        {
            if (PackageOf(slot) is StoredPackage package && _offers.Of(device, model, package, slot.Revert) is PackageReference reference)
            {
                foreach ((string sha256, long size) in reference.AllCarried())
                {
                    archives[sha256] = size;
                }
            }
        }

        return archives;
    }

    /// <summary>Reads everything again from the database; for the start, and for after a failed commit.</summary>
    public void Load()
    {
        _orders.Clear();
        List<(DeviceId Device, Order Order)> orders = _database.Read(
            "SELECT device, generation, deployment, issued FROM orders",
            row => (DeviceId.Parse(row.GetString(0)), new Order
            {
                Generation = row.GetInt64(1),
                Deployment = row.GetString(2),
                IssuedMs = row.GetInt64(3),
            }));
        foreach ((DeviceId device, Order order) in orders)
        {
            _orders[device] = order;
        }

        List<(DeviceId Device, string Model, OrderedSlot? Slot)> slots = _database.Read(
            "SELECT device, model, digest, revert, deployment, generation FROM order_slots",
            row => (DeviceId.Parse(row.GetString(0)), row.GetString(1), TryRead(row.GetString(2), out ModelId? digest)
                ? new OrderedSlot(digest, row.GetInt64(3) != 0, row.GetString(4), row.GetInt64(5))
                : null));
        foreach ((DeviceId device, string model, OrderedSlot? slot) in slots)
        {
            if (slot is not null && _orders.TryGetValue(device, out Order? order))
            {
                order.Slots[model] = slot;
            }
        }
    }

    private StoredPackage? PackageOf(OrderedSlot slot) => slot.Package is ModelId digest ? _shelf.Find(digest) : null;

    private static bool TryRead(string text, out ModelId? package)
    {
        bool isPackage = ModelId.TryParse(text, out ModelId digest);
        package = isPackage ? digest : null;
        return isPackage || text == NoPackage;
    }

    private sealed class Order
    {
        public long Generation { get; set; }

        public string Deployment { get; set; } = "";

        public long IssuedMs { get; set; }

        public Dictionary<string, OrderedSlot> Slots { get; } = [];
    }
}

/// <summary>What a device was ordered to run of one model.</summary>
/// <param name="Package">The package; null for none.</param>
/// <param name="Revert">True when it is a return to an earlier one, or to none.</param>
/// <param name="Deployment">The rollout that ordered it.</param>
/// <param name="Generation">Generation of that order.</param>
public sealed record OrderedSlot(ModelId? Package, bool Revert, string Deployment, long Generation);
