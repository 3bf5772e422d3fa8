using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>The one place that says how the manager's own JSON looks: on its REST interface, its stream and in its database.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Rollout))]
[JsonSerializable(typeof(RolloutTarget))]
[JsonSerializable(typeof(RolloutStep))]
[JsonSerializable(typeof(GateEvidence))]
[JsonSerializable(typeof(GateFinding))]
[JsonSerializable(typeof(ErrorsView))]
[JsonSerializable(typeof(ReadyView))]
[JsonSerializable(typeof(HelloView))]
[JsonSerializable(typeof(TilesView))]
[JsonSerializable(typeof(DeviceView))]
[JsonSerializable(typeof(DevicesView))]
[JsonSerializable(typeof(DeviceDetailView))]
[JsonSerializable(typeof(LatestView))]
[JsonSerializable(typeof(HistoryView))]
[JsonSerializable(typeof(WindowView))]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(EventsView))]
[JsonSerializable(typeof(UpdateView))]
[JsonSerializable(typeof(PackageView))]
[JsonSerializable(typeof(PackagesView))]
[JsonSerializable(typeof(PackageDetailView))]
[JsonSerializable(typeof(ReferenceProfile))]
[JsonSerializable(typeof(InputsView))]
[JsonSerializable(typeof(QualityView))]
[JsonSerializable(typeof(RolloutView))]
[JsonSerializable(typeof(RolloutsView))]
[JsonSerializable(typeof(EvaluationsView))]
[JsonSerializable(typeof(MalformedView))]
public sealed partial class FleetJson : JsonSerializerContext;
