using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>A detector that sees every sample, and so finds a change long before a window is full.</summary>
/// <remarks>
/// Its thresholds for the run length are not worked out on the device: they stand in <c>reference.json</c>, calibrated on
/// the reference itself.
/// </remarks>
public sealed record OnlineSpec
{
    /// <summary>Names that <see cref="Detector"/> may have.</summary>
    public static IReadOnlyList<string> Detectors { get; } = ["adwin", "page_hinkley", "cvm"];

    /// <summary>
    /// <c>adwin</c> (adaptive window), <c>page_hinkley</c> (two-sided, on standardized residuals) or <c>cvm</c> (ranks in windows
    /// against the reference, after Cramér and von Mises). Required.
    /// </summary>
    public required string Detector { get; init; }

    /// <summary>
    /// Samples between two false alarms of one feature that are acceptable on average; 100 to 100,000,000. Required.
    /// </summary>
    public required long ExpectedRunSamples { get; init; }

    /// <summary>The features that are watched so; null for all that the reference has thresholds for.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Whether it watches a feature that the reference has thresholds for.</summary>
    public bool Watches(string feature) => Features is null || Features.Contains(feature);

    internal static OnlineSpec Read(JsonObjectReader online, PipelineSpec pipeline) => new()
    {
        Detector = online.RequiredChoice("detector", Detectors),
        ExpectedRunSamples = online.RequiredLong("expected_run_samples", 100, 100_000_000),
        Features = ReadFeatures(online, "features", pipeline),
    };

    /// <summary>Reads a list of features of one value; null where it is not there.</summary>
    internal static IReadOnlyList<string>? ReadFeatures(JsonObjectReader reader, string member, PipelineSpec pipeline)
    {
        if (!reader.Has(member))
        {
            return null;
        }

        IReadOnlyList<string> features = reader.Strings(member, 1, 512);
        List<string> known = [.. pipeline.ValueNames()];
        for (int i = 0; i < features.Count; i++)
        {
            if (known.Count > 0 && !known.Contains(features[i]))
            {
                reader.Mistake(member, i, null, $"\"{features[i]}\" is no feature of one value{Spelling.Hint(features[i], known)}");
            }
        }

        return features;
    }
}
