using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet;

/// <summary>Everything an operator may set. Immutable; read by <see cref="FleetConfiguration"/>.</summary>
public sealed record FleetOptions
{
    /// <summary>Directory of the database (<c>fleet.db</c>) and of the packages.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Names this manager among others of the same fleet: 1 to 63 of <c>a-z 0-9 -</c>. (default: main)</summary>
    public string Instance { get; init; } = "main";

    /// <summary>Where the page and the REST interface are served; port 0 for a free one. (default: http://127.0.0.1:8080)</summary>
    public Uri HttpUrl { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>Host names besides the loopback ones that a request may ask for. (default: none)</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Broker's host name or address. (default: 127.0.0.1)</summary>
    public string MqttHost { get; init; } = "127.0.0.1";

    /// <summary>Broker's TCP port. (default: 1883; 1 to 65535)</summary>
    public int MqttPort { get; init; } = 1883;

    /// <summary>First levels of every topic. (default: edge/v1)</summary>
    public string MqttRoot { get; init; } = Topics.DefaultRoot;

    /// <summary>User name at the broker, or null for an anonymous connection.</summary>
    public string? MqttUser { get; init; }

    /// <summary>Password at the broker, or null.</summary>
    public string? MqttPassword { get; init; }

    /// <summary>All of them sign every order; at least one, at most <see cref="Dsse.MaxSignatures"/>.</summary>
    public required IReadOnlyList<TufSigningKey> DeployKeys { get; init; }

    /// <summary>Keys one of which must have signed a package; at least one.</summary>
    public required IReadOnlyList<VerifyingKey> ReleaseKeys { get; init; }

    /// <summary>Metadata directory of a TUF repository that is passed on to devices, or null for none.</summary>
    public string? MetadataDirectory { get; init; }

    /// <summary>Bounds of what is sent to devices.</summary>
    public TransferLimits Transfers { get; init; } = new();

    /// <summary>What packages may come by: <c>mqtt</c>, and addresses below which web servers have them. (default: the broker alone)</summary>
    public IReadOnlyList<string> Carriers { get; init; } = [];

    /// <summary>Whom packages are encrypted for on their way; who is not among them is ordered none. Null where packages travel as they are.</summary>
    public Recipients? Recipients { get; init; }

    /// <summary>What is kept for how long.</summary>
    public Retention Retention { get; init; } = Retention.Default;

    /// <summary>Least severe log lines that are written. (default: warning)</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;
}
