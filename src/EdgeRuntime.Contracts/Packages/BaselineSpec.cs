using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// A rule of thumb that answers beside the model, from the same samples, and is judged by the same labels: what it does as well
/// the model is not needed for.
/// </summary>
public sealed record BaselineSpec
{
    /// <summary>
    /// <c>majority</c>: always <see cref="Label"/>. <c>constant</c>: always <see cref="Value"/>. <c>last</c>: of a regression
    /// the value of <see cref="Feature"/>, of others the newest truth that was known by then. <c>threshold</c>: the label
    /// <see cref="Above"/> where <see cref="Feature"/> is at least <see cref="At"/>, else <see cref="Below"/>. Required.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>For <c>majority</c>: a label of the output; for a reconstruction one of its two decisions.</summary>
    public string? Label { get; init; }

    /// <summary>For <c>constant</c>, in the unit of the output; finite.</summary>
    public double? Value { get; init; }

    /// <summary>For <c>threshold</c>, and for <c>last</c> of a regression: a feature of one value, looked at before scaling.</summary>
    public string? Feature { get; init; }

    /// <summary>For <c>threshold</c>; finite.</summary>
    public double? At { get; init; }

    /// <summary>For <c>threshold</c>: what it says at and above.</summary>
    public string? Above { get; init; }

    /// <summary>For <c>threshold</c>: what it says below.</summary>
    public string? Below { get; init; }

    internal static BaselineSpec Read(JsonObjectReader baseline, PipelineSpec pipeline, OutputSpec output, DecisionSpec decision)
    {
        BaselineSpec spec = new()
        {
            Kind = baseline.RequiredChoice("kind", output.Kind == "regression" ? ["constant", "last"] : ["majority", "last", "threshold"]),
            Label = baseline.String("label"),
            Value = baseline.Double("value"),
            Feature = baseline.String("feature"),
            At = baseline.Double("at"),
            Above = baseline.String("above"),
            Below = baseline.String("below"),
        };
        if (baseline.IsWrong("kind") || output.Kind.Length == 0)
        {
            return spec;
        }

        IReadOnlyList<string> needed = spec.Kind switch
        {
            "majority" => ["label"],
            "constant" => ["value"],
            "last" => output.Kind == "regression" ? ["feature"] : [],
            _ => ["feature", "at", "above", "below"],
        };
        foreach (string member in (string[])["label", "value", "feature", "at", "above", "below"])
        {
            if (needed.Contains(member) != baseline.Has(member))
            {
                baseline.Mistake(member, needed.Contains(member) ? $"is missing: {spec.Kind} needs it" : $"is not for {spec.Kind}");
            }
        }

        if (spec.Feature is string feature && baseline.Has("feature") && needed.Contains("feature"))
        {
            CheckFeature(baseline, feature, pipeline);
        }

        IReadOnlyList<string> answers = output.Answers(decision);
        foreach ((string member, string? label) in ((string, string?)[])[("label", spec.Label), ("above", spec.Above), ("below", spec.Below)])
        {
            if (label is not null && needed.Contains(member) && !answers.Contains(label))
            {
                baseline.Mistake(member, $"\"{label}\" is none of {string.Join(", ", answers)}{Spelling.Hint(label, answers)}");
            }
        }

        return spec;
    }

    /// <summary>Notes that a feature is not one that telemetry sees.</summary>
    internal static void CheckFeature(JsonObjectReader reader, string feature, PipelineSpec pipeline)
    {
        IReadOnlyList<string> known = pipeline.ValueNames();
        if (known.Count > 0 && !known.Contains(feature))
        {
            reader.Mistake("feature", $"\"{feature}\" is no feature of one value{Spelling.Hint(feature, known)}");
        }
    }
}
