using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Device.Live;

/// <summary>
/// What a running device tells another process of the same machine, at its socket (<see cref="LiveSocket"/>): everything
/// counted since the process began, so that two of them make a rate.
/// </summary>
internal sealed record LiveLedger
{
    /// <summary>The device's name.</summary>
    public required string Device { get; init; }

    /// <summary>This run of its process.</summary>
    public required string Boot { get; init; }

    /// <summary>Now, UTC milliseconds.</summary>
    public required long UnixMs { get; init; }

    /// <summary>Milliseconds since the process began to serve.</summary>
    public required long UptimeMs { get; init; }

    /// <summary>The broker's address, or why there is no connection.</summary>
    public required string Link { get; init; }

    /// <summary>Whether the broker is connected.</summary>
    public required bool LinkUp { get; init; }

    /// <summary>Messages that wait for the broker.</summary>
    public required long Waiting { get; init; }

    /// <summary>Messages dropped since start, because too many waited.</summary>
    public required long Dropped { get; init; }

    /// <summary>Collections of garbage since start.</summary>
    public required int Collections { get; init; }

    /// <summary>How long they held the process up, milliseconds together.</summary>
    public required double PausedMs { get; init; }

    /// <summary>Resident memory, bytes.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>The sensors.</summary>
    public required IReadOnlyList<LiveSensor> Sensors { get; init; }

    /// <summary>The models, in the configuration's order.</summary>
    public required IReadOnlyList<LiveModel> Models { get; init; }
}

/// <summary>A sensor in the live ledger.</summary>
/// <param name="Frames">Frames read since start.</param>
/// <param name="Errors">Reads that failed since start.</param>
/// <param name="Fault">What the newest read failed with; null when it went well.</param>
internal sealed record LiveSensor(string Name, string Driver, double RateHz, long Frames, long Errors, string? Fault);

/// <summary>A model in the live ledger: <c>due = samples + all of dropped + waiting</c>, to within the sample in hand.</summary>
internal sealed record LiveModel
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Version that answers; null before the first decision.</summary>
    public string? Version { get; init; }

    /// <summary>Where its update stands, in words; empty when nothing is pending.</summary>
    public required string Phase { get; init; }

    /// <summary>Decision in force; null before the first.</summary>
    public string? Decision { get; init; }

    /// <summary>Score behind it.</summary>
    public double? Score { get; init; }

    /// <summary>Largest ratio of a stability index to its threshold; null before the first window.</summary>
    public double? Drift { get; init; }

    /// <summary>The sensor that feeds it.</summary>
    public required string Sensor { get; init; }

    /// <summary>Overload policy, as in the configuration.</summary>
    public required string Overload { get; init; }

    /// <summary>Deadline of its samples; null for none.</summary>
    public double? DeadlineMs { get; init; }

    /// <summary>The model that gates it; null for none.</summary>
    public string? Gate { get; init; }

    /// <summary>Whether that lets its samples pass now; null where nothing gates it.</summary>
    public bool? GateOpen { get; init; }

    /// <summary>Samples that were due, and reads that failed.</summary>
    public required long Due { get; init; }

    /// <summary>Samples that reached the model.</summary>
    public required long Samples { get; init; }

    /// <summary>Of these, failed inferences, up to the last full window.</summary>
    public required long Failed { get; init; }

    /// <summary>Samples that never reached it, by cause.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Samples that wait for it.</summary>
    public required long Waiting { get; init; }

    /// <summary>Decisions that came after their deadline.</summary>
    public required long DeadlineMisses { get; init; }

    /// <summary>Every stage of the ledger that occurred, by name, <c>infer</c> and <c>end_to_end</c> included; exact to subtract.</summary>
    public required IReadOnlyDictionary<string, LatencyCounts> Stages { get; init; }
}

/// <summary>How the live ledger looks as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LiveLedger))]
internal sealed partial class LiveJson : JsonSerializerContext;
