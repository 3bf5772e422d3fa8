using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet;

/// <summary>What the fleet's thread works with and other threads touch too; each part is thread-safe.</summary>
internal sealed record FleetParts
{
    /// <summary>Names this manager among others of the same fleet.</summary>
    public required string Instance { get; init; }

    /// <summary>Names of the topics.</summary>
    public required Topics Topics { get; init; }

    /// <summary>Sends.</summary>
    public required ILink Transport { get; init; }

    /// <summary>Hears.</summary>
    public required FleetLink Link { get; init; }

    /// <summary>Messages that wait.</summary>
    public required IngestQueue Queue { get; init; }

    /// <summary>What became of them.</summary>
    public required IngestCounters Counters { get; init; }

    /// <summary>Sends packages.</summary>
    public required ChunkServer Chunks { get; init; }

    /// <summary>Metadata for devices, or null where no repository is passed on.</summary>
    public required MetadataShelf? Metadata { get; init; }

    /// <summary>Tells the pages.</summary>
    public required Broadcast Stream { get; init; }

    /// <summary>What is kept for how long.</summary>
    public required Retention Retention { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Host and port of the broker, for people.</summary>
    public required string Broker { get; init; }
}
