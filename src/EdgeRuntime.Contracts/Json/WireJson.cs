using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Contracts.Json;

/// <summary>The one place that says how contracts look on the wire. Unknown members are skipped: old devices survive a newer fleet.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StatusMessage))]
[JsonSerializable(typeof(InfoMessage))]
[JsonSerializable(typeof(ReportedMessage))]
[JsonSerializable(typeof(LatestMessage))]
[JsonSerializable(typeof(WindowMessage))]
[JsonSerializable(typeof(PredictionMessage))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(AlarmMessage))]
[JsonSerializable(typeof(UpdateMessage))]
[JsonSerializable(typeof(DesiredState))]
[JsonSerializable(typeof(SignedEnvelope))]
[JsonSerializable(typeof(MetadataMessage))]
[JsonSerializable(typeof(CommandMessage))]
[JsonSerializable(typeof(ResponseMessage))]
[JsonSerializable(typeof(ExplanationReport))]
[JsonSerializable(typeof(LabelMessage))]
[JsonSerializable(typeof(AckMessage))]
[JsonSerializable(typeof(ManagerMessage))]
[JsonSerializable(typeof(PackageManifest))]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(ConfigurationManifest))]
[JsonSerializable(typeof(RuntimeManifest))]
[JsonSerializable(typeof(ReferenceProfile))]
[JsonSerializable(typeof(GoldenVectors))]
public sealed partial class WireJson : JsonSerializerContext;
