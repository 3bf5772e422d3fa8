using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Says why what a window tells of unlisted categories cannot be so: what is not valid is never merged.</summary>
internal static class CategoryComplaint
{
    private const int MostChannels = 512;

    /// <summary>A sentence, or null when all may be so.</summary>
    public static string? Of(WindowMessage window)
    {
        IReadOnlyList<CategoryCounts> categories = window.Categories ?? [];
        if (categories.Count > MostChannels || categories.Any(told => told?.IsWhole() != true)
            || categories.DistinctBy(told => told.Name).Count() < categories.Count)
        {
            return "categories: a channel is there twice, or half";
        }

        foreach (CategoryCounts told in categories)
        {
            try
            {
                AddTo(new UnseenCategories(), told);
            }
            catch (FormatException e)
            {
                return $"categories of {told.Name}: {e.Message}";
            }
        }

        return null;
    }

    /// <summary>Adds what was told.</summary>
    /// <exception cref="FormatException">No values have these counts, or the sum has no room for them; nothing was added.</exception>
    public static void AddTo(UnseenCategories sum, CategoryCounts told) => sum.Add(
        told.Registers.ToArray(UnseenCategories.Registers), told.Places.ToArray(UnseenCategories.Places),
        [.. told.Heaviest.Select(heavy => (heavy.Code, heavy.AtLeast))]);
}
