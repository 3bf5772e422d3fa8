using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>One answer of a model, divided among its inputs; part of the answer to <c>explain</c> and of alarms.</summary>
public sealed record ExplanationReport
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Its package.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>Number of the sample within the boot, as in its prediction; 0 where it has none.</summary>
    public long N { get; init; }

    /// <summary>When the sample was taken, UTC milliseconds.</summary>
    public required long SampleUnixMs { get; init; }

    /// <summary>What is divided: <c>probability</c>, <c>value</c>, <c>error</c> (of a reconstruction) or <c>score</c> (of a detection).</summary>
    public required string Quantity { get; init; }

    /// <summary>Of which label, the best one of the sample; null where there are none.</summary>
    public string? Label { get; init; }

    /// <summary><c>exact</c>, <c>shapley</c> or <c>occlusion</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The quantity for the sample, f(x).</summary>
    public required double Whole { get; init; }

    /// <summary>The quantity with everything absent, f(baseline).</summary>
    public required double Nothing { get; init; }

    /// <summary>Sum of all attributions minus (whole - nothing).</summary>
    public required double CompletenessError { get; init; }

    /// <summary>Inferences that it took.</summary>
    public required int Inferences { get; init; }

    /// <summary>Seed of the orders; the same one gives the same attributions.</summary>
    public required int Seed { get; init; }

    /// <summary>Everything that was present or absent, the largest attribution first.</summary>
    public required IReadOnlyList<AttributedGroup> Groups { get; init; }
}

/// <summary>What one feature, channel or region of a picture adds to an answer.</summary>
/// <param name="Name">Its name; of a region its row and column, from 0, such as <c>region 0,2</c>.</param>
/// <param name="Attribution">In the unit of the quantity.</param>
public sealed record AttributedGroup(string Name, double Attribution)
{
    /// <summary>Standard error of the attribution; null where it is exact or not known.</summary>
    public double? StandardError { get; init; }

    /// <summary>Value of a feature before scaling; null for groups of several, missing ones, and those whose channel is private.</summary>
    public double? Value { get; init; }

    /// <summary>What stood for it when it was absent, before scaling; null likewise.</summary>
    public double? Baseline { get; init; }
}
