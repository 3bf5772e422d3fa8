using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a package with a part of a device's configuration says beside what all do.</summary>
public sealed record ConfigurationManifest : PackageManifest
{
    /// <summary>One of which everything is still to be set.</summary>
    public ConfigurationManifest()
    {
    }

    [SetsRequiredMembers]
    internal ConfigurationManifest(ManifestHead head)
        : base(head)
    {
    }

    /// <summary>What a device that serves under it demands of itself before trusting it; null for the defaults.</summary>
    [JsonPropertyOrder(15)]
    public ConfigurationSoakSpec? Soak { get; init; }
}

/// <summary>
/// What a device demands of itself under a new configuration: that every model that answered before and is still configured answers
/// again, every sensor that they read delivers, and the process keeps within its budget; and these.
/// </summary>
public sealed record ConfigurationSoakSpec
{
    /// <summary>How long it is on trial, seconds; 1 to 86,400. (default: 60)</summary>
    public double Seconds { get; init; } = 60;

    /// <summary>
    /// Share of a model's samples that may be dropped meanwhile, those that a gate or <c>every_nth</c> leaves out not counted; where
    /// more were dropped before, that share. (default: 0.01; 0 to 1)
    /// </summary>
    public double MaxDroppedShare { get; init; } = 0.01;
}
