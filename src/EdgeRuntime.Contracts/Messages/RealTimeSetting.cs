namespace EdgeRuntime.Contracts.Messages;

/// <summary>What became of one real-time setting of a device's profile.</summary>
/// <param name="Name">Such as <c>scheduler</c>, <c>cores</c> or <c>lock_memory</c>.</param>
/// <param name="Granted">False when the kernel refused it; the device then runs without.</param>
/// <param name="Detail">What holds now, or what was refused and what would mend it.</param>
public sealed record RealTimeSetting(string Name, bool Granted, string Detail);
