using System.Text.Json.Serialization;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>How the fleet writes the quality of a package. Every member may be absent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FleetQuality))]
internal sealed partial class QualityJson : JsonSerializerContext;

internal sealed record FleetQuality
{
    public string? Model { get; init; }

    public string? Version { get; init; }

    public int Devices { get; init; }

    public int Windows { get; init; }

    public IReadOnlyDictionary<string, long>? Refused { get; init; }

    public long Received { get; init; }

    public long Joined { get; init; }

    public IReadOnlyDictionary<string, long>? Unjoined { get; init; }

    public string? Positive { get; init; }

    public IReadOnlyList<QualityMetric>? Metrics { get; init; }

    public IReadOnlyList<QualityExpected>? Estimates { get; init; }

    public IReadOnlyList<QualityGroups>? Groups { get; init; }
}

internal sealed record QualityMetric
{
    public string? Name { get; init; }

    public double? Value { get; init; }

    public double? Low { get; init; }

    public double? High { get; init; }

    public long Answers { get; init; }

    public double? Baseline { get; init; }

    public double? Reference { get; init; }
}

internal sealed record QualityExpected
{
    public string? Metric { get; init; }

    public double? Value { get; init; }

    public double? Low { get; init; }

    public double? High { get; init; }

    public long Answers { get; init; }

    public long LabelledAnswers { get; init; }

    public double? LabelledEstimated { get; init; }

    public double? LabelledActual { get; init; }
}

internal sealed record QualityGroups
{
    public string? Name { get; init; }

    public long LeastTrials { get; init; }

    public IReadOnlyList<QualityGroup>? Groups { get; init; }

    public QualityDisparity? Selection { get; init; }

    public bool? KeepsFourFifths { get; init; }

    public bool BreaksFourFifthsCertainly { get; init; }
}

internal sealed record QualityGroup
{
    public string? Name { get; init; }

    public QualityShare? Selection { get; init; }

    public QualityShare? TruePositiveRate { get; init; }

    public QualityShare? FalsePositiveRate { get; init; }

    public QualityShare? Accuracy { get; init; }
}

internal sealed record QualityShare(double? Value, double? Low, double? High, long Trials);

internal sealed record QualityDisparity
{
    public string? Highest { get; init; }

    public string? Lowest { get; init; }

    public double? Difference { get; init; }

    public double? Ratio { get; init; }

    public double? RatioLow { get; init; }

    public double? RatioHigh { get; init; }
}
