using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Why a package was refused. The value is what code and the fleet count; the sentence is for people.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PackageFault>))]
public enum PackageFault
{
    /// <summary>Fewer bytes arrived than were promised.</summary>
    [JsonStringEnumMemberName("truncated")]
    Truncated,

    /// <summary>The bytes are not the archive form packages have: order, names, header fields or padding differ.</summary>
    [JsonStringEnumMemberName("malformed_archive")]
    MalformedArchive,

    /// <summary>The archive, or a file in it, is larger than this program accepts.</summary>
    [JsonStringEnumMemberName("too_large")]
    TooLarge,

    /// <summary>Bytes do not hash to what was promised for them.</summary>
    [JsonStringEnumMemberName("hash_mismatch")]
    HashMismatch,

    /// <summary>Nobody signed the manifest.</summary>
    [JsonStringEnumMemberName("unsigned")]
    Unsigned,

    /// <summary>No key that is trusted here signed these bytes.</summary>
    [JsonStringEnumMemberName("untrusted_signature")]
    UntrustedSignature,

    /// <summary>A development key signed it, and development keys are not trusted here.</summary>
    [JsonStringEnumMemberName("development_signature")]
    DevelopmentSignature,

    /// <summary>The manifest breaks a rule of its schema.</summary>
    [JsonStringEnumMemberName("malformed_manifest")]
    MalformedManifest,

    /// <summary>The manifest's schema is newer than this program.</summary>
    [JsonStringEnumMemberName("newer_schema")]
    NewerSchema,

    /// <summary>The reference profile or the golden vectors break a rule or do not fit the manifest.</summary>
    [JsonStringEnumMemberName("malformed_content")]
    MalformedContent,

    /// <summary>The manifest names a file that is not there.</summary>
    [JsonStringEnumMemberName("missing_file")]
    MissingFile,

    /// <summary>A file is there that the manifest does not name.</summary>
    [JsonStringEnumMemberName("extra_file")]
    ExtraFile,

    /// <summary>The package is not the one that was asked for.</summary>
    [JsonStringEnumMemberName("wrong_package")]
    WrongPackage,

    /// <summary>The model's inputs are not what this device's sensors produce.</summary>
    [JsonStringEnumMemberName("incompatible_inputs")]
    IncompatibleInputs,

    /// <summary>This device's runtime is too old, or its limits too small, for the model.</summary>
    [JsonStringEnumMemberName("incompatible_runtime")]
    IncompatibleRuntime,

    /// <summary>The configuration is not one for this device.</summary>
    [JsonStringEnumMemberName("incompatible_configuration")]
    IncompatibleConfiguration,

    /// <summary>The release counter is below the highest this device has committed.</summary>
    [JsonStringEnumMemberName("counter_too_low")]
    CounterTooLow,

    /// <summary>The model could not be loaded, or its tensors are not those the manifest names.</summary>
    [JsonStringEnumMemberName("model_refused")]
    ModelRefused,

    /// <summary>The model's answers to the golden vectors differ by more than their tolerance.</summary>
    [JsonStringEnumMemberName("golden_mismatch")]
    GoldenMismatch,

    /// <summary>The program does not start on this machine, does not pass its self-test, or does not take the configuration.</summary>
    [JsonStringEnumMemberName("program_refused")]
    ProgramRefused,

    /// <summary>The model crashed, or was ended for what it did, where it was tried before it may serve.</summary>
    [JsonStringEnumMemberName("crashed")]
    Crashed,

    /// <summary>The model needs more time or memory than its manifest and this device allow.</summary>
    [JsonStringEnumMemberName("limit_exceeded")]
    LimitExceeded,

    /// <summary>The disk has no room for the package.</summary>
    [JsonStringEnumMemberName("no_space")]
    NoSpace,
}

/// <summary>A package was refused; whatever served before serves on.</summary>
/// <param name="model">The refused package; the default where its manifest could not be read.</param>
/// <param name="fault">The reason, for code.</param>
/// <param name="detail">What was wrong and where, for people.</param>
public sealed class PackageRejectedException(ModelId model, PackageFault fault, string detail)
    : Exception(model == default ? $"package refused: {detail}" : $"package {model.Short} refused: {detail}")
{
    /// <summary>The refused package; the default where its manifest could not be read.</summary>
    public ModelId Model { get; } = model;

    /// <summary>The reason, for code; <see cref="Detail"/> is for people.</summary>
    public PackageFault Fault { get; } = fault;

    /// <summary>What was wrong and where, without the package's id.</summary>
    public string Detail { get; } = detail;

    /// <summary>Every mistake found, one line each, where there can be several; else the detail alone.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [detail];
}
