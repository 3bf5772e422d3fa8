using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>Compares a column of numbers: its counts on the reference's bins and its sketch, as a device does, and its values.</summary>
internal static class NumberComparison
{
    // What stands in other programs for a share of nought, so that their logarithms are finite.
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double Epsilon = 2.220446049250313e-16;

    public static ComparedColumn Of(string name, double[] reference, double[] current, CompareOptions options)
    {
        SortedSample first = new(reference);
        SortedSample second = new(current);
        double[] edges = QuantileEdges.Of(first.Values.ToArray(), options.Bins);
        BinCounter expected = Counted(edges, reference);
        BinCounter actual = Counted(edges, current);
        List<ComparisonResult> counts = [];
        foreach (ComparisonMethod method in CountComparison.Methods)
        {
            counts.Add(CountComparison.Compare(
                method, Sample(expected, options), Sample(actual, options), ComparedCells.OwnQuantiles, options.LimitsOf(method)));
        }

        WassersteinTest wasserstein = new(new Random(options.Seed));
        ComparisonResult moved = wasserstein.Compare(
            Sketched(reference), Sketched(current), options.LimitsOf(ComparisonMethod.Wasserstein));

        // Permutations know rows only; of rows that repeat each other the p-value would be far too small.
        counts.Add(options.Share == 1 ? moved : moved with
        {
            PValue = double.NaN,
            Threshold = double.NaN,
            ReferenceSize = moved.ReferenceSize * options.Share,
            CurrentSize = moved.CurrentSize * options.Share,
        });
        return new ComparedColumn
        {
            Name = name,
            Kind = "numbers",
            Reference = new ColumnSize(first.Count, first.Missing),
            Current = new ColumnSize(second.Count, second.Missing),
            Edges = edges,
            Counts = counts,
            Tests =
            [
                ("ks", KolmogorovSmirnovTest.Compare(first, second)),
                ("cramer_von_mises", RankTests.CramerVonMises(first, second)),
                ("mann_whitney", RankTests.MannWhitney(first, second)),
                ("welch", MeanTests.Welch(first, second)),
                ("student", MeanTests.Student(first, second)),
                ("anderson_darling", AndersonDarlingTest.Compare(first, second)),
                ("epps_singleton", EppsSingletonTest.Compare(first, second)),
            ],
            Distances =
            [
                ("wasserstein", SampleDistances.Wasserstein(first, second)),
                ("wasserstein_by_sd", SampleDistances.Wasserstein(first, second) / Math.Sqrt(first.Variance)),
                ("energy", SampleDistances.Energy(first, second)),
                .. EqualWidth(first, second, options.WidthBins),
            ],
        };
    }

    private static IEnumerable<(string, double)> EqualWidth(SortedSample first, SortedSample second, int bins)
    {
        if (first.Count == 0 || second.Count == 0)
        {
            yield break;
        }

        EqualWidthHistograms histograms = new(first, second, bins);
        yield return ("equal_width_hellinger", histograms.Hellinger);
        yield return ("equal_width_js_bits", histograms.JensenShannon);
        yield return ("equal_width_psi", histograms.Stability(SmallestNormal));
        yield return ("equal_width_bhattacharyya", histograms.Bhattacharyya(Epsilon));
        yield return ("equal_width_intersection_complement", histograms.IntersectionComplement);
    }

    private static BinnedSample Sample(BinCounter counter, CompareOptions options) =>
        new(counter.Counts, counter.Missing, (counter.Total + counter.Missing) * options.Share);

    private static BinCounter Counted(double[] edges, double[] values)
    {
        BinCounter counter = new(edges);
        foreach (double value in values)
        {
            counter.Record(value);
        }

        return counter;
    }

    private static WeightedValues Sketched(double[] values)
    {
        DDSketch sketch = new();
        foreach (double value in values)
        {
            sketch.Record(value);
        }

        return WeightedValues.Of(sketch);
    }
}
