using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Statistics.Tests.Comparisons;

public sealed class BenjaminiHochbergTests
{
    // The fifteen p-values of Benjamini and Hochberg's own example (J. R. Stat. Soc. B 57, 1995, section 3.2): four alarm at 5 %,
    // where Bonferroni's correction has three.
    [Fact]
    public void The_example_of_its_authors_has_four_alarms()
    {
        double[] pValues =
        [
            0.3240, 0.0001, 0.0298, 0.0004, 0.0095, 0.0019, 0.0201, 0.0278, 0.0344, 0.0459, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
        ];
        bool[] alarms = new bool[pValues.Length];

        int count = BenjaminiHochberg.Alarms(pValues, 0.05, alarms);

        Assert.Equal(4, count);
        Assert.Equal([1, 3, 4, 5], Enumerable.Range(0, alarms.Length).Where(i => alarms[i]));
    }

    [Fact]
    public void A_test_that_could_not_be_made_neither_alarms_nor_counts()
    {
        bool[] alarms = new bool[3];

        Assert.Equal(1, BenjaminiHochberg.Alarms([double.NaN, 0.04, double.NaN], 0.05, alarms));
        Assert.Equal([false, true, false], alarms);
    }
}
