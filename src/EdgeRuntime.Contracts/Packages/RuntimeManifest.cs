using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a package with the device's own program says beside what all do.</summary>
public sealed record RuntimeManifest : PackageManifest
{
    /// <summary>One of which everything is still to be set.</summary>
    public RuntimeManifest()
    {
    }

    [SetsRequiredMembers]
    internal RuntimeManifest(ManifestHead head, string program)
        : base(head) => Program = program;

    /// <summary>Path of the program among the files: the one that is executed, and the only one that needs the right to be.</summary>
    [JsonPropertyOrder(9)]
    public required string Program { get; init; }

    /// <summary>What a device that became this program demands of it before trusting it; null for the defaults.</summary>
    [JsonPropertyOrder(15)]
    public RuntimeSoakSpec? Soak { get; init; }
}

/// <summary>
/// What a device demands of a new program: that every model that answered before answers again, the link comes up again if it was up
/// before, the process keeps within its memory budget and does not end; and this.
/// </summary>
public sealed record RuntimeSoakSpec
{
    /// <summary>How long it is on trial, seconds; 1 to 86,400. (default: 120)</summary>
    public double Seconds { get; init; } = 120;

    /// <summary>
    /// Time by which every model that answered before must answer again, seconds; 1 to 3,600, and never longer than the trial.
    /// (default: 60)
    /// </summary>
    public double AnswerSeconds { get; init; } = 60;
}
