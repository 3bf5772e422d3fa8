using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How the device divides an answer of the model among its inputs, when it is asked to and where an alarm is raised.</summary>
public sealed record ExplainSpec
{
    /// <summary>Most inferences of one explanation, whatever it is asked for. (default: 512; 3 to 65,536)</summary>
    public int MostInferences { get; init; } = 512;

    /// <summary>Inferences that explanations may take in a minute; 0 for none at all. (default: 2048; 0 to 1,000,000)</summary>
    public int InferencesPerMinute { get; init; } = 2048;

    /// <summary>
    /// <c>exact</c> (Shapley values over all coalitions, at most 16 groups), <c>shapley</c> (estimated over pairs of opposite
    /// orders), <c>occlusion</c> (one group left out at a time), or <c>auto</c>, the best of them that the inferences allow.
    /// (default: auto)
    /// </summary>
    public string Method { get; init; } = "auto";

    /// <summary>
    /// What is present or absent together: <c>features</c>, or <c>channels</c> with all features made of one. Of pictures it is
    /// <see cref="Grid"/>. (default: features)
    /// </summary>
    public string Groups { get; init; } = "features";

    /// <summary>Pictures: rows and columns of regions. (default: 4; 1 to 16)</summary>
    public int Grid { get; init; } = 4;

    /// <summary>
    /// What stands for an absent feature, before scaling, by the feature's name. (default: the median of the reference; what
    /// stands for a missing value where there is none)
    /// </summary>
    public IReadOnlyDictionary<string, double> Baseline { get; init; } = new Dictionary<string, double>();

    /// <summary>Pictures: what stands for all colours of an absent region, 0 to 255. (default: 114)</summary>
    public double BaselineColour { get; init; } = 114;

    /// <summary>
    /// Whether an alarm is told with an explanation of the newest sample, and followed by others until it can say whether the model listens to
    /// something else than in the reference. (default: true)
    /// </summary>
    public bool Alarms { get; init; } = true;

    internal static ExplainSpec Read(JsonObjectReader explain, PipelineSpec pipeline)
    {
        ExplainSpec spec = new()
        {
            MostInferences = explain.Int("most_inferences", 512, 3, 65_536),
            InferencesPerMinute = explain.Int("inferences_per_minute", 2048, 0, 1_000_000),
            Method = explain.Choice("method", "auto", ["auto", "exact", "shapley", "occlusion"]),
            Groups = explain.Choice("groups", "features", ["features", "channels"]),
            Grid = explain.Int("grid", 4, 1, 16),
            Baseline = explain.Map("baseline", (baseline, feature) => baseline.RequiredDouble(feature)),
            BaselineColour = explain.Double("baseline_colour", 114, 0, 255),
            Alarms = explain.Bool("alarms", true),
        };
        List<string> known = [.. pipeline.Features.Where(feature => feature.IsSingle()).Select(feature => feature.Name)];
        foreach (string feature in spec.Baseline.Keys.Where(feature => !known.Contains(feature)))
        {
            explain.Mistake("baseline", $"\"{feature}\" is no feature of one value{Spelling.Hint(feature, known)}");
        }

        return spec;
    }
}
