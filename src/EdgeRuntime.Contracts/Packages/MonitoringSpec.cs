using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a device watches of its inputs and answers while the package serves, and when it says so.</summary>
public sealed record MonitoringSpec
{
    /// <summary>How a window is compared with the reference.</summary>
    public DriftSpec Drift { get; init; } = new();

    /// <summary>What watches sample by sample, between the windows; null for nothing.</summary>
    public OnlineSpec? Online { get; init; }

    /// <summary>When what was found becomes an alarm, and when it ends.</summary>
    public AlarmSpec Alarms { get; init; } = new();

    internal static MonitoringSpec Read(JsonObjectReader monitoring, PipelineSpec pipeline) => new()
    {
        Drift = monitoring.Object("drift", DriftSpec.Read) ?? new DriftSpec(),
        Online = monitoring.Object("online", online => OnlineSpec.Read(online, pipeline)),
        Alarms = monitoring.Object("alarms", AlarmSpec.Read) ?? new AlarmSpec(),
    };
}
