using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>One package in the list.</summary>
public record PackageView
{
    /// <summary>Its id.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>Name of its model, or of whatever else it holds.</summary>
    public required string Name { get; init; }

    /// <summary>Its semantic version.</summary>
    public required string Version { get; init; }

    /// <summary>Its release counter.</summary>
    public required long ReleaseCounter { get; init; }

    /// <summary>One sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Kind of output of its model, or kind of the package where it holds none.</summary>
    public required string Kind { get; init; }

    /// <summary>Labels of a classification.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the archive.</summary>
    public required string ArchiveSha256 { get; init; }

    /// <summary>Trusted keys that signed it.</summary>
    public required IReadOnlyList<string> SignedBy { get; init; }

    /// <summary>When it was pushed.</summary>
    public required long PushedUnixMs { get; init; }

    /// <summary>Figures it was released on.</summary>
    public required IReadOnlyDictionary<string, double> Goals { get; init; }

    /// <summary>How many features it takes.</summary>
    public required int Features { get; init; }

    /// <summary>Devices that run it now.</summary>
    public required int Devices { get; init; }
}

/// <summary>Everything about one package.</summary>
public sealed record PackageDetailView : PackageView
{
    /// <summary>What it says about itself.</summary>
    public required PackageManifest Manifest { get; init; }

    /// <summary>How its features looked in training.</summary>
    public ReferenceProfile? Reference { get; init; }
}
