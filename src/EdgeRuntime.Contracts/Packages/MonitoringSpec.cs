using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a device watches of its inputs and answers while the package serves, and when it says so.</summary>
public sealed record MonitoringSpec
{
    /// <summary>How a window is compared with the reference.</summary>
    public DriftSpec Drift { get; init; } = new();

    /// <summary>What watches sample by sample, between the windows; null for nothing.</summary>
    public OnlineSpec? Online { get; init; }

    /// <summary>
    /// The features whose quantiles are kept over any range, beside their bins: at most 2 % off, for 8 KB each; null for none.
    /// </summary>
    public IReadOnlyList<string>? Quantiles { get; init; }

    /// <summary>When what was found becomes an alarm, and when it ends.</summary>
    public AlarmSpec Alarms { get; init; } = new();

    /// <summary>How answers are explained; null for the defaults.</summary>
    public ExplainSpec? Explain { get; init; }

    /// <summary>Which frames are kept, to be sent when somebody asks for them; null for none.</summary>
    public CaptureSpec? Capture { get; init; }

    /// <summary>What is done to channels before any of their values is kept or sent as a sample; null for nothing.</summary>
    public IReadOnlyList<PrivacySpec>? Privacy { get; init; }

    /// <summary>How truths that come later are joined with answers; null where none come.</summary>
    public LabelsSpec? Labels { get; init; }

    /// <summary>A rule of thumb that the model is held against; only with <see cref="Labels"/>; null for none.</summary>
    public BaselineSpec? Baseline { get; init; }

    /// <summary>The groups that the model is to treat alike; null for none.</summary>
    public IReadOnlyList<GroupSpec>? Groups { get; init; }

    /// <summary>The features of which a device keeps sketches: those of <see cref="Quantiles"/>, and those whose verdict rests on one.</summary>
    public static IReadOnlyList<string> SketchedFeatures(MonitoringSpec? monitoring, ReferenceProfile reference) =>
    [
        .. (monitoring?.Quantiles ?? []).Union(
            monitoring?.Drift.Test == "wasserstein" ? reference.Features.Where(feature => feature.Wasserstein is not null).Select(feature => feature.Name) : []),
    ];

    internal static MonitoringSpec Read(
        JsonObjectReader monitoring, IReadOnlyList<ManifestChannel> channels, PipelineSpec pipeline, OutputSpec output, DecisionSpec decision)
    {
        MonitoringSpec spec = ReadMembers(monitoring, pipeline, output, decision);
        PrivacySpec.Check(monitoring, spec.Privacy ?? [], channels, pipeline);
        GroupSpec.Check(monitoring, spec.Groups ?? [], output, spec.Labels is not null);
        if (spec is { Baseline: not null, Labels: null })
        {
            monitoring.Mistake("baseline", "is judged by labels, and there are none: 'labels' is missing");
        }

        return spec;
    }

    private static MonitoringSpec ReadMembers(
        JsonObjectReader monitoring, PipelineSpec pipeline, OutputSpec output, DecisionSpec decision) => new()
    {
        Drift = monitoring.Object("drift", DriftSpec.Read) ?? new DriftSpec(),
        Online = monitoring.Object("online", online => OnlineSpec.Read(online, pipeline)),
        Quantiles = OnlineSpec.ReadFeatures(monitoring, "quantiles", pipeline),
        Alarms = monitoring.Object("alarms", AlarmSpec.Read) ?? new AlarmSpec(),
        Explain = monitoring.Object("explain", explain => ExplainSpec.Read(explain, pipeline)),
        Capture = monitoring.Object("capture", CaptureSpec.Read),
        Privacy = monitoring.Has("privacy") ? monitoring.Objects("privacy", PrivacySpec.Read, 512) : null,
        Labels = monitoring.Object("labels", labels => LabelsSpec.Read(labels, output)),
        Baseline = monitoring.Object("baseline", baseline => BaselineSpec.Read(baseline, pipeline, output, decision)),
        Groups = monitoring.Has("groups") ? monitoring.Objects("groups", group => GroupSpec.Read(group, pipeline), 8) : null,
    };
}
