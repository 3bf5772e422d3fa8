using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What of a model's input never leaves the device but as counts: the channels and features that sensitive groups of the manifest
/// name, the channels that <see cref="MonitoringSpec.Privacy"/> filters, and every other feature of those channels.
/// </summary>
/// <remarks>
/// Whatever the filter: features are computed of the values as they are, so that what is rounded or made noisy would be told exactly
/// by its features.
/// </remarks>
public sealed class SensitiveFields
{
    private readonly HashSet<string> _channels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _filtered = new(StringComparer.Ordinal);
    private readonly HashSet<string> _features = new(StringComparer.Ordinal);

    private SensitiveFields()
    {
    }

    /// <summary>Collects those of a manifest.</summary>
    public static SensitiveFields Of(ModelManifest manifest)
    {
        SensitiveFields fields = new();
        foreach (PrivacySpec filter in manifest.Monitoring?.Privacy ?? [])
        {
            fields._filtered.Add(filter.Channel);
        }

        foreach (GroupSpec group in manifest.Monitoring?.Groups ?? [])
        {
            if (group is { Sensitive: true, Feature: string feature })
            {
                fields.Add(manifest.Pipeline, feature);
            }
        }

        foreach (FeatureSpec feature in manifest.Pipeline.Features)
        {
            if (fields.Tells(feature))
            {
                fields._features.Add(feature.Name);
            }
        }

        return fields;
    }

    /// <summary>
    /// What is done to channels before any of their values is kept or sent: the filters that a manifest declares, and <c>drop</c> for
    /// every channel that is sensitive.
    /// </summary>
    public static IReadOnlyList<PrivacySpec> Filters(ModelManifest manifest)
    {
        SensitiveFields fields = Of(manifest);
        return
        [
            .. (manifest.Monitoring?.Privacy ?? []).Where(filter => !fields._channels.Contains(filter.Channel)),
            .. fields._channels.Order(StringComparer.Ordinal).Select(channel => new PrivacySpec { Channel = channel, Filter = "drop" }),
        ];
    }

    /// <summary>
    /// A feature's counts as they may be told: of a sensitive one without its moments and quantiles, since those of a window with one
    /// sample are the sample.
    /// </summary>
    public FeatureCounts Told(FeatureCounts feature) => _features.Contains(feature.Name) ? feature with { Moments = null, Quantiles = null } : feature;

    /// <summary>Names of the channels that tell a group.</summary>
    public IReadOnlyCollection<string> Channels => _channels;

    /// <summary>Names of the features, those of filtered channels among them.</summary>
    public IReadOnlyCollection<string> Features => _features;

    // A cross of features tells what each of them does.
    private void Add(PipelineSpec pipeline, string name)
    {
        FeatureSpec? feature = pipeline.Features.FirstOrDefault(feature => feature.Name == name);
        if (!_features.Add(name) || feature is null)
        {
            return;
        }

        if (feature.Channel is string channel)
        {
            _channels.Add(channel);
        }

        foreach (string crossed in feature.Cross ?? [])
        {
            Add(pipeline, crossed);
        }
    }

    private bool Tells(FeatureSpec feature) =>
        (feature.Channel is string channel && (_channels.Contains(channel) || _filtered.Contains(channel))) || (feature.Cross?.Any(_features.Contains) ?? false);
}
