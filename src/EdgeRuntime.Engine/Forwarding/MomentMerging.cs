using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Adds the moments of two windows, exactly.</summary>
internal static class MomentMerging
{
    /// <summary>True when both are on one scale, or neither is there.</summary>
    public static bool AreAlike(MomentCounts? one, MomentCounts? other) =>
        one is null ? other is null : other is not null && one.Origin.Equals(other.Origin) && one.Step.Equals(other.Step);

    /// <summary>The moments of two features that are alike; null where neither has any.</summary>
    /// <exception cref="OverflowException">A sum leaves its range.</exception>
    public static MomentCounts? Sum(FeatureCounts one, FeatureCounts other)
    {
        if (one.Moments is null || other.Moments is null)
        {
            return null;
        }

        // Without values the smallest and the largest stand for nothing.
        bool noneHere = one.Counts.All(count => count == 0);
        bool noneThere = other.Counts.All(count => count == 0);
        MomentCounts left = noneHere ? other.Moments : one.Moments;
        MomentCounts right = noneThere ? one.Moments : other.Moments;
        return one.Moments with
        {
            Outside = checked(one.Moments.Outside + other.Moments.Outside),
            Pairs = checked(one.Moments.Pairs + other.Moments.Pairs),
            Sum = checked(one.Moments.Sum + other.Moments.Sum),
            Squares = checked(one.Moments.Squares + other.Moments.Squares),
            Cubes = checked(one.Moments.Cubes + other.Moments.Cubes),
            Fourths = checked(one.Moments.Fourths + other.Moments.Fourths),
            Differences = checked(one.Moments.Differences + other.Moments.Differences),
            Min = Math.Min(left.Min, right.Min),
            Max = Math.Max(left.Max, right.Max),
        };
    }
}
