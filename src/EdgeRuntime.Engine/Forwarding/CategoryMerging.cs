using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Adds what two windows tell of categories that the reference does not list.</summary>
internal static class CategoryMerging
{
    /// <summary>Both together, by the channels' names; null where neither tells anything.</summary>
    /// <param name="alike">Becomes false when one of them tells what no values have.</param>
    public static IReadOnlyList<CategoryCounts>? Sum(IReadOnlyList<CategoryCounts>? one, IReadOnlyList<CategoryCounts>? other, ref bool alike)
    {
        if (one is null && other is null)
        {
            return null;
        }

        SortedDictionary<string, UnseenCategories> sums = new(StringComparer.Ordinal);
        try
        {
            foreach (CategoryCounts told in (one ?? []).Concat(other ?? []))
            {
                if (told?.IsWhole() != true)
                {
                    throw new FormatException("a channel's counts are missing");
                }

                sums.TryAdd(told.Name, new UnseenCategories());
                CategoryReport.Add(sums[told.Name], told);
            }
        }
        catch (FormatException)
        {
            alike = false;
            return null;
        }

        return [.. sums.Select(pair => CategoryReport.Of(pair.Key, pair.Value))];
    }
}
