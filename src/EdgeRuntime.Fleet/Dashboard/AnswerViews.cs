using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Every mistake of a request, one sentence each.</summary>
public sealed record ErrorsView(IReadOnlyList<string> Errors);

/// <summary>Answer of the readiness check.</summary>
public sealed record ReadyView(bool Ready);

/// <summary>First message of a stream: fetch the lists now.</summary>
public sealed record HelloView(string Version, string Instance, long NowUnixMs);

/// <summary>Lists, each under its own name so that more can stand beside it one day.</summary>
public sealed record DevicesView(IReadOnlyList<DeviceView> Devices);

/// <summary>A list.</summary>
public sealed record PackagesView(IReadOnlyList<PackageView> Packages);

/// <summary>A list.</summary>
public sealed record RolloutsView(IReadOnlyList<RolloutView> Rollouts);

/// <summary>A list.</summary>
public sealed record EventsView(IReadOnlyList<EventView> Events);

/// <summary>A list.</summary>
public sealed record EvaluationsView(IReadOnlyList<GateFinding> Evaluations);

/// <summary>Messages that were not what their topic says, the newest last.</summary>
public sealed record MalformedView(IReadOnlyList<Ingest.MalformedMessage> Malformed);
