namespace EdgeRuntime.Engine.Monitoring;

/// <summary>How many values of a window are exactly its smallest, and how many its largest: clipped signals pile up there.</summary>
/// <param name="Smallest">NaN where the window has no value, or a single one all over.</param>
/// <param name="AtSmallest">How many values are <paramref name="Smallest"/>.</param>
/// <param name="Largest">As <paramref name="Smallest"/>.</param>
/// <param name="AtLargest">How many values are <paramref name="Largest"/>.</param>
internal readonly record struct Pile(double Smallest, int AtSmallest, double Largest, int AtLargest)
{
    /// <summary>Of values in any order; NaN is passed over. Allocates nothing.</summary>
    public static Pile Of(ReadOnlySpan<double> values)
    {
        double smallest = double.PositiveInfinity;
        double largest = double.NegativeInfinity;
        int atSmallest = 0;
        int atLargest = 0;
        foreach (double value in values)
        {
            if (value < smallest)
            {
                smallest = value;
                atSmallest = 0;
            }

            if (value > largest)
            {
                largest = value;
                atLargest = 0;
            }

            atSmallest += value == smallest ? 1 : 0;
            atLargest += value == largest ? 1 : 0;
        }

        return smallest < largest ? new Pile(smallest, atSmallest, largest, atLargest) : new Pile(double.NaN, 0, double.NaN, 0);
    }
}
