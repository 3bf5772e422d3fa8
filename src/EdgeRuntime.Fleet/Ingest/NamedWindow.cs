using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Gives a window that came as protobuf what only its package knows: names, labels and the scale of moments.</summary>
internal static class NamedWindow
{
    /// <summary>The window with names. Of a package that nobody pushed it keeps numbers, and loses moments, whose scale nobody knows.</summary>
    public static WindowMessage Of(WindowMessage window, StoredPackage? package)
    {
        ReferenceProfile? reference = package?.Reference;
        bool fits = reference is not null && reference.Features.Count == window.Features.Count
            && reference.Features.Zip(window.Features).All(pair => pair.First.Counts.Count == pair.Second.Counts.Count);
        return window with
        {
            Features = fits
                ? [.. window.Features.Zip(reference!.Features, Named)]
                : [.. window.Features.Select(feature => feature with { Moments = null })],
            Predictions = Labels(package) is { } labels && labels.Count == window.Predictions.Counts.Count
                ? window.Predictions with { Labels = labels }
                : window.Predictions,
        };
    }

    private static FeatureCounts Named(FeatureCounts feature, ReferenceFeature reference)
    {
        MomentScale scale = MomentScale.Of([.. reference.Edges]);
        return feature with
        {
            Name = reference.Name,
            Moments = feature.Moments is null ? null : feature.Moments with { Origin = scale.Origin, Step = scale.Step },
        };
    }

    private static IReadOnlyList<string>? Labels(StoredPackage? package) =>
        package?.Model?.Output is { } output && output.HasLabels()
            ? output.Labels
            : package?.Reference?.PredictionBins?.BinLabels();
}
