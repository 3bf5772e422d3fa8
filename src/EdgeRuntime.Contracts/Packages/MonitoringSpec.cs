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

    /// <summary>How answers are explained; null for the defaults.</summary>
    public ExplainSpec? Explain { get; init; }

    /// <summary>Which frames are kept, to be sent when somebody asks for them; null for none.</summary>
    public CaptureSpec? Capture { get; init; }

    /// <summary>What is done to channels before any of their values is kept or sent as a sample; null for nothing.</summary>
    public IReadOnlyList<PrivacySpec>? Privacy { get; init; }

    internal static MonitoringSpec Read(JsonObjectReader monitoring, IReadOnlyList<ManifestChannel> channels, PipelineSpec pipeline)
    {
        MonitoringSpec spec = ReadMembers(monitoring, pipeline);
        PrivacySpec.Check(monitoring, spec.Privacy ?? [], channels, pipeline);
        return spec;
    }

    private static MonitoringSpec ReadMembers(JsonObjectReader monitoring, PipelineSpec pipeline) => new()
    {
        Drift = monitoring.Object("drift", DriftSpec.Read) ?? new DriftSpec(),
        Online = monitoring.Object("online", online => OnlineSpec.Read(online, pipeline)),
        Alarms = monitoring.Object("alarms", AlarmSpec.Read) ?? new AlarmSpec(),
        Explain = monitoring.Object("explain", explain => ExplainSpec.Read(explain, pipeline)),
        Capture = monitoring.Object("capture", CaptureSpec.Read),
        Privacy = monitoring.Has("privacy") ? monitoring.Objects("privacy", PrivacySpec.Read, 512) : null,
    };
}
