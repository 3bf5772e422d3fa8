namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>A stability index and its threshold in millionths of a nat, as protobuf has them: the one is above the other exactly when it was.</summary>
public readonly record struct RoundedIndex
{
    private const double Millionths = 1e6;

    // An index of a million nats is none; the bound keeps the numbers exact in a double.
    private const double Largest = 1e6;

    // What was read is rounded to the same again: a product that is a hair off a whole number is that number.
    private const double Hair = 1e-3;

    /// <summary>Rounds both.</summary>
    public RoundedIndex(double index, double threshold)
    {
        ulong limit = (ulong)Math.Floor((Bounded(threshold) * Millionths) + Hair);
        ulong whole = (ulong)Math.Floor((Bounded(index) * Millionths) + Hair);
        WholeIndex = index > threshold ? Math.Max(whole, limit + 1) : whole;
        WholeThreshold = limit;
    }

    /// <summary>The index, nats.</summary>
    public double Index => Of(WholeIndex);

    /// <summary>The threshold, nats.</summary>
    public double Threshold => Of(WholeThreshold);

    internal ulong WholeIndex { get; }

    internal ulong WholeThreshold { get; }

    /// <summary>What so many millionths are.</summary>
    internal static double Of(ulong millionths) => millionths / Millionths;

    private static double Bounded(double index) => index > 0 ? Math.Min(index, Largest) : 0;
}
