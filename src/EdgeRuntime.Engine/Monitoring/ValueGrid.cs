using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// The steps that a sensor reads, or averages, in: nearly all its values lie on one grid, and those of another scale do not, however
/// ordinary their level.
/// </summary>
/// <param name="Step">Greater than 0.</param>
/// <param name="At">One value of the grid.</param>
internal readonly record struct ValueGrid(double Step, double At)
{
    private const double Tolerance = 0.02;
    private const double LeastShare = 0.98;
    private const int FewestFrames = 1000;
    private const int FewestDifferent = 32;
    private const int MostCandidates = 64;
    private const int FewestOfAStep = 3;
    private const double RareStep = 0.001;

    // More steps than that between two values, and single precision alone puts them beside the grid.
    private const double MostSteps = 100_000;

    /// <summary>That of a channel's reference; null where it has none.</summary>
    public static ValueGrid? Of(ChannelReference reference) => reference.GridStep is double step ? new ValueGrid(step, reference.GridAt ?? 0) : null;

    /// <summary>Finds the widest one that nearly all values lie on.</summary>
    /// <param name="sorted">Values, the smallest first.</param>
    /// <param name="steps">Changes between neighbouring frames, without their sign.</param>
    /// <returns>Null where there is none, or too few values to tell.</returns>
    public static ValueGrid? Find(double[] sorted, IReadOnlyList<double> steps)
    {
        (double Value, int Count)[] different = [.. sorted.GroupBy(value => value).Select(group => (group.Key, group.Count()))];
        if (sorted.Length < FewestFrames || different.Length < FewestDifferent)
        {
            return null;
        }

        double at = different.MaxBy(each => each.Count).Value;
        double range = sorted[^1] - sorted[0];
        double[] candidates =
        [
            .. steps.Where(step => step > range / MostSteps).GroupBy(step => Math.Round(step / range, 9))
                .Where(group => group.Count() >= Math.Max(FewestOfAStep, RareStep * steps.Count)).Select(group => group.Average()).Order().Take(MostCandidates),
        ];
        for (int i = candidates.Length - 1; i >= 0; i--)
        {
            ValueGrid grid = new(candidates[i], at);
            if (grid.ShareOf(different, sorted.Length) >= LeastShare)
            {
                return grid.Fitted(different);
            }
        }

        return null;
    }

    /// <summary>Whether a value lies on the grid.</summary>
    public bool Has(double value)
    {
        double steps = (value - At) / Step;
        return Math.Abs(steps - Math.Round(steps)) <= Tolerance;
    }

    private double ShareOf((double Value, int Count)[] values, int count)
    {
        ValueGrid grid = this;
        return values.Sum(each => grid.Has(each.Value) ? each.Count : 0) / (double)count;
    }

    // By least squares: a step between two values has the rounding of both.
    private ValueGrid Fitted((double Value, int Count)[] values)
    {
        double products = 0;
        double squares = 0;
        foreach ((double value, int count) in values)
        {
            double steps = Math.Round((value - At) / Step);
            if (Has(value))
            {
                products += count * steps * (value - At);
                squares += count * steps * steps;
            }
        }

        return this with { Step = products / squares };
    }
}
