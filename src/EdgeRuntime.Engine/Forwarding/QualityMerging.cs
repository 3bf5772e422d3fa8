using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Adds what two windows say of quality; a window may say nothing.</summary>
internal static class QualityMerging
{
    /// <summary>Both together.</summary>
    /// <param name="alike">False when they do not count the same things.</param>
    public static QualityCounts? Sum(QualityCounts? one, QualityCounts? other, out bool alike)
    {
        alike = true;
        return Sum(one, other, QualityCounts.TryAdd, ref alike);
    }

    /// <summary>Both together; <paramref name="alike"/> becomes false when they do not count the same things.</summary>
    public static GroupCounts? Sum(GroupCounts? one, GroupCounts? other, ref bool alike) => Sum(one, other, GroupCounts.TryAdd, ref alike);

    /// <summary>Both together; <paramref name="alike"/> becomes false when they do not count the same things.</summary>
    public static LossTally? Sum(LossTally? one, LossTally? other, ref bool alike) => Sum(one, other, LossTally.TryAdd, ref alike);

    private static T? Sum<T>(T? one, T? other, Func<T, T, T?> add, ref bool alike) where T : class
    {
        if (one is null || other is null)
        {
            return one ?? other;
        }

        T? sum = add(one, other);
        alike &= sum is not null;
        return sum;
    }
}
