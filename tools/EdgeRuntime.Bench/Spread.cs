using System.Globalization;

namespace EdgeRuntime.Bench;

/// <summary>What rounds of one measurement came to: the median, and between which quartiles half of them lie.</summary>
internal readonly record struct Spread(double Median, double Lower, double Upper, int Rounds)
{
    public static Spread Of(IEnumerable<double> rounds)
    {
        double[] sorted = [.. rounds.Order()];
        return new Spread(At(sorted, 0.5), At(sorted, 0.25), At(sorted, 0.75), sorted.Length);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"median of {Rounds} rounds, half of them {Lower:G4} to {Upper:G4}");

    private static double At(double[] sorted, double part)
    {
        double place = (sorted.Length - 1) * part;
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
