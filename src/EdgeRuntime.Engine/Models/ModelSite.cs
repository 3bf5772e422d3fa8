using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Models;

/// <summary>What feeds one model of a device: what a package for it must fit.</summary>
public sealed record ModelSite : PackageSite
{
    /// <summary>The scalar sensor's channels, in the order of its frames; empty for an image sensor.</summary>
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>The image sensor's format; null for a scalar sensor. (default: null)</summary>
    public ImageFormat? Image { get; init; }

    /// <summary>The sensor's frames per second.</summary>
    public required double RateHz { get; init; }

    /// <summary>Manifest channel to sensor channel, for those that are not named alike. (default: none)</summary>
    public IReadOnlyDictionary<string, string> Mapping { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string Kind => PackageManifest.ModelKind;

    /// <inheritdoc/>
    public override bool StandsAlone => false;
}
