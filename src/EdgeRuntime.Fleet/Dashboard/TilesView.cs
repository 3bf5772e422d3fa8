namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>The fleet in a few figures.</summary>
public sealed record TilesView
{
    /// <summary>Devices that ever spoke.</summary>
    public required int Devices { get; init; }

    /// <summary>Devices serving.</summary>
    public required int Online { get; init; }

    /// <summary>Devices serving while an update is under way.</summary>
    public required int Updating { get; init; }

    /// <summary>Devices of which a model does not serve.</summary>
    public required int Safe { get; init; }

    /// <summary>Devices stopped on purpose.</summary>
    public required int Offline { get; init; }

    /// <summary>Devices gone without a word.</summary>
    public required int Lost { get; init; }

    /// <summary>Sum of the rates of all models with a recent window.</summary>
    public required double PredictionsPerSecond { get; init; }

    /// <summary>Samples in all windows since the manager started.</summary>
    public required long PredictionsTotal { get; init; }

    /// <summary>Failed samples in all windows since the manager started.</summary>
    public required long FailedTotal { get; init; }

    /// <summary>Failed samples in the windows of the last five minutes.</summary>
    public required long FailedRecent { get; init; }

    /// <summary>Models of devices whose newest window drifts.</summary>
    public required int Drifting { get; init; }

    /// <summary>Rollouts that have not ended.</summary>
    public required int RolloutsActive { get; init; }

    /// <summary>The link to the broker.</summary>
    public required BrokerView Broker { get; init; }

    /// <summary>What became of all that arrived.</summary>
    public required IngestView Ingest { get; init; }

    /// <summary>Packages on their way to devices.</summary>
    public required TransfersView Transfers { get; init; }

    /// <summary>The manager's clock.</summary>
    public required long NowUnixMs { get; init; }

    /// <summary>The manager's version.</summary>
    public required string Version { get; init; }
}

/// <summary>The link to the broker.</summary>
/// <param name="Detail">Host and port when connected, else why not.</param>
public sealed record BrokerView(bool Connected, string Detail);

/// <summary>What became of all that arrived.</summary>
public sealed record IngestView(
    long Received, long Stored, long Duplicates, long Unknown, long Malformed, IReadOnlyDictionary<string, long> Dropped);

/// <summary>Packages on their way to devices.</summary>
public sealed record TransfersView(int Active, long BytesTotal);
