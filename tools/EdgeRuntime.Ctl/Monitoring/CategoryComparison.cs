using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>
/// Compares a column of classes on the reference's vocabulary: its most frequent classes, one cell for its others, and one for
/// what it never had.
/// </summary>
internal static class CategoryComparison
{
    public static ComparedColumn Of(string name, DataColumn reference, DataColumn current, CompareOptions options)
    {
        Dictionary<string, long> expected = Counted(reference);
        Dictionary<string, long> actual = Counted(current);
        string[] vocabulary =
        [
            .. expected.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal)
                .Take(options.Vocabulary).Select(each => each.Key),
        ];
        long[] first = OnVocabulary(expected, expected, vocabulary);
        long[] second = OnVocabulary(actual, expected, vocabulary);
        List<ComparisonResult> counts = [];
        foreach (ComparisonMethod method in CountComparison.Methods.Where(each => each != ComparisonMethod.KolmogorovSmirnov))
        {
            counts.Add(CountComparison.Compare(
                method, Sample(first, reference, options), Sample(second, current, options), ComparedCells.Categories, options.LimitsOf(method)));
        }

        return new ComparedColumn
        {
            Name = name,
            Kind = "categories",
            Reference = new ColumnSize(first.Sum(), reference.Missing),
            Current = new ColumnSize(second.Sum(), current.Missing),
            Cells = [.. vocabulary, "(other)", "(unseen)"],
            Counts = counts,
            Tests = [.. Tests(first, second)],
        };
    }

    // Against the reference's shares as if they were known, as other programs have it; and Fisher's, for two classes.
    private static IEnumerable<(string, TestResult)> Tests(long[] first, long[] second)
    {
        int[] live = [.. Enumerable.Range(0, first.Length).Where(cell => first[cell] + second[cell] > 0)];
        if (live.Length >= 2 && live.All(cell => first[cell] > 0) && second.Sum() > 0)
        {
            long[] observed = [.. live.Select(cell => second[cell])];
            double[] weights = [.. live.Select(cell => (double)first[cell])];
            yield return ("fit_chi_square", GoodnessOfFit.ChiSquared(observed, weights));
            yield return ("fit_g", GoodnessOfFit.LikelihoodRatio(observed, weights));
        }

        if (live.Length == 2)
        {
            double pValue = FisherExactTest.PValue(first[live[0]], first[live[1]], second[live[0]], second[live[1]]);
            double odds = (double)first[live[0]] * second[live[1]] / ((double)first[live[1]] * second[live[0]]);
            yield return ("fisher", new TestResult(odds, pValue));
        }
    }

    private static BinnedSample Sample(long[] counts, DataColumn column, CompareOptions options) =>
        new(counts, column.Missing, (counts.Sum() + column.Missing) * options.Share);

    private static long[] OnVocabulary(Dictionary<string, long> counted, Dictionary<string, long> expected, string[] vocabulary)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int i = 0; i < vocabulary.Length; i++)
        {
            places.Add(vocabulary[i], i);
        }

        long[] counts = new long[vocabulary.Length + 2];
        foreach ((string text, long count) in counted)
        {
            int cell = places.TryGetValue(text, out int place) ? place
                : expected.ContainsKey(text) ? vocabulary.Length
                : vocabulary.Length + 1;
            counts[cell] += count;
        }

        return counts;
    }

    private static Dictionary<string, long> Counted(DataColumn column)
    {
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        IReadOnlyList<string> texts = column.Texts;
        for (int row = 0; row < texts.Count; row++)
        {
            if (!DataColumn.IsGap(texts[row]))
            {
                // Of numbers 1 and 1.0 are one class.
                string text = column.Kind == ColumnKind.Numbers
                    ? column.Values[row].ToString("R", System.Globalization.CultureInfo.InvariantCulture)
                    : texts[row];
                counts[text] = counts.GetValueOrDefault(text) + 1;
            }
        }

        return counts;
    }
}
