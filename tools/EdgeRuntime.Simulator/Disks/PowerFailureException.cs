namespace EdgeRuntime.Simulator;

/// <summary>The power went away in the middle of a disk operation. Not an IOException: nothing may survive it.</summary>
public sealed class PowerFailureException(long operation) : Exception($"power failed in operation {operation}");
