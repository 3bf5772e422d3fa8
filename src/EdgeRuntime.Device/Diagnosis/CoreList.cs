using System.Globalization;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>The kernel's lists of cores, such as <c>0-3,6</c>.</summary>
internal static class CoreList
{
    private const int HighestCore = 8191;

    /// <summary>The numbers in a list, ascending as written; what is not understood is left out.</summary>
    public static IReadOnlyList<int> Parse(string? text)
    {
        List<int> cores = [];
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                && last <= HighestCore && first <= last)
            {
                cores.AddRange(Enumerable.Range(first, last - first + 1));
            }
        }

        return cores;
    }
}
