namespace EdgeRuntime.Bench;

/// <summary>A measurement could not be made; the message says which and why.</summary>
public sealed class BenchException(string message) : Exception(message);
