using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>The manager's receipt: everything of a class up to a sequence is stored.</summary>
/// <remarks>Topic <c>{id}/down/ack</c>, QoS 1, not retained, expires after 1 h.</remarks>
/// <param name="Class">Topic class, such as <c>window</c>.</param>
/// <param name="Boot">The boot the sequence counts in.</param>
/// <param name="Highest">Highest sequence below which none is missing.</param>
public sealed record AckMessage(string Class, BootId Boot, long Highest);

/// <summary>A manager's word that it is there.</summary>
/// <remarks>Topic <c>_fleet/manager/{instance}</c>, QoS 1, retained; its will says <c>online: false</c>.</remarks>
/// <param name="Online">False when it is gone.</param>
/// <param name="UnixMs">When it said so, UTC milliseconds.</param>
public sealed record ManagerMessage(bool Online, long UnixMs);
