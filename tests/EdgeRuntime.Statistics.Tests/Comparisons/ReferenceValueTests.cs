using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Tests.Comparisons;

public sealed class ReferenceValueTests
{
    // Fixtures/comparisons.py says where each value comes from.
    [Fact]
    public void Two_sample_statistics_agree_with_scipy_to_nine_digits()
    {
        IReadOnlyList<ReferenceValue> values =
            ReferenceValues.Of(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "comparisons.json")));

        Assert.True(values.Count >= 50);
        Assert.All(values, value => Assert.True(value.Deviation <= 1e-9, $"{value}: {value.Deviation}"));
    }

    // scipy 1.10.1, with x=[1,1,2,3,3,3,4,5,5,6], y=[3,4,4,5,6,6,6,7,8]: mannwhitneyu(x, y, method="asymptotic"), anderson_ksamp([x, y]),
    // cramervonmises_2samp(x, y, method="asymptotic").statistic. Of all 92378 ways to choose the first sample from the pooled
    // values, counted by itertools.combinations, 6831 make as large a difference as the observed 44/90 or a larger one.
    [Fact]
    public void Ties_share_their_ranks_and_narrow_what_chance_can_do()
    {
        SortedSample first = new([1, 1, 2, 3, 3, 3, 4, 5, 5, 6]);
        SortedSample second = new([3, 4, 4, 5, 6, 6, 6, 7, 8]);

        Assert.Equal(0.018413812754955024, RankTests.MannWhitney(first, second).PValue, 1e-14);
        Assert.Equal(3.9472716913299934, AndersonDarlingTest.Compare(first, second).Statistic, 1e-12);
        Assert.Equal(0.5953216374269008, RankTests.CramerVonMises(first, second).Statistic, 1e-12);
        Assert.Equal(6831.0 / 92378, KolmogorovSmirnovTest.Compare(first, second).PValue, 1e-14);
    }

    // mpmath 1.2.1 with 50 digits: 1 - the series of Anderson and Darling.
    [Theory]
    [InlineData(0.05, 0.876280931041349)]
    [InlineData(0.3, 0.1351712688051058)]
    [InlineData(0.99, 0.0025969551811408395)]
    [InlineData(1.01, 0.0023312273192863547)]
    [InlineData(3, 7.56774345931602e-08)]
    [InlineData(6, 2.008774178694868e-14)]
    public void The_tail_of_Cramer_von_Mises_keeps_its_digits(double x, double survival) =>
        Assert.Equal(survival, CramerVonMises.Survival(x), survival * 1e-12);

    // mpmath 1.2.1: betainc(df/2, 1/2, 0, df/(df+t*t), regularized=True).
    [Theory]
    [InlineData(0.5, 3, 0.651447964848151)]
    [InlineData(1.5, 3.7, 0.21359816920201352)]
    [InlineData(-4, 9, 0.003110428310385855)]
    [InlineData(8, 40.2, 7.629959736832484e-10)]
    [InlineData(2.5, 100_000, 0.012420919192559046)]
    public void Students_tails_keep_their_digits(double t, double degrees, double twoSided) =>
        Assert.Equal(twoSided, StudentT.TwoSided(t, degrees), twoSided * 1e-11);

    [Fact]
    public void Samples_that_are_empty_constant_or_one_value_give_no_number_instead_of_a_wrong_one()
    {
        SortedSample none = new([double.NaN]);
        SortedSample constant = new([2, 2, 2, 2, 2, 2]);

        Assert.Equal(1, none.Missing);
        Assert.True(double.IsNaN(SampleDistances.Wasserstein(none, constant)));
        Assert.True(double.IsNaN(KolmogorovSmirnovTest.Compare(none, constant).PValue));
        Assert.True(double.IsNaN(MeanTests.Welch(new([1]), constant).PValue));
        Assert.True(double.IsNaN(AndersonDarlingTest.Compare(constant, constant).Statistic));
        Assert.True(double.IsNaN(EppsSingletonTest.Compare(constant, constant).Statistic));
        Assert.Equal(1, KolmogorovSmirnovTest.Compare(constant, constant).PValue);
        Assert.Equal(1, RankTests.MannWhitney(constant, constant).PValue);
        Assert.Equal(new TestResult(0, 1), MeanTests.Welch(constant, constant));
        Assert.Equal(0, MeanTests.Welch(constant, new([3, 3, 3])).PValue);
    }
}
