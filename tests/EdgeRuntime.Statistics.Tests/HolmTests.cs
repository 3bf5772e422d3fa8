namespace EdgeRuntime.Statistics.Tests;

public sealed class HolmTests
{
    // Worked by hand after S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70: ordered p-values are held
    // against level / 4, level / 3, level / 2, level, until the first that fails.
    [Theory]
    [InlineData(new[] { 0.01, 0.04, 0.03, 0.005 }, new[] { true, false, false, true })]
    [InlineData(new[] { 0.0124, 0.0166, 0.0249, 0.05 }, new[] { true, true, true, true })]
    [InlineData(new[] { 0.013, 0.001, 0.001, 0.001 }, new[] { true, true, true, true })]
    [InlineData(new[] { 0.013, 0.014, 0.015, 0.016 }, new[] { false, false, false, false })]
    public void Ordered_p_values_are_held_against_a_loosening_level(double[] pValues, bool[] expected)
    {
        bool[] alarms = new bool[pValues.Length];

        int count = Holm.Alarms(pValues, 0.05, alarms);

        Assert.Equal(expected, alarms);
        Assert.Equal(expected.Count(alarm => alarm), count);
    }

    [Fact]
    public void A_test_that_could_not_be_made_neither_alarms_nor_tightens_the_level()
    {
        bool[] alarms = new bool[3];

        int count = Holm.Alarms([double.NaN, 0.04, double.NaN], 0.05, alarms);

        Assert.Equal(1, count);
        Assert.Equal([false, true, false], alarms);
    }

    [Fact]
    public void A_test_alarms_exactly_when_its_p_value_is_at_most_the_level_it_was_given()
    {
        Random random = new(12);
        for (int family = 0; family < 2_000; family++)
        {
            double[] pValues = [.. Enumerable.Range(0, 8).Select(_ => random.Next(5) == 0 ? double.NaN : Math.Round(Math.Pow(random.NextDouble(), 6), 3))];
            bool[] alarms = new bool[8];
            double[] levels = new double[8];
            Holm.Alarms(pValues, 0.05, alarms);

            Holm.Levels(pValues, 0.05, levels);

            Assert.Equal(alarms, pValues.Zip(levels, (p, level) => p <= level));
        }
    }

    [Fact]
    public void Of_families_without_effect_about_the_level_has_any_alarm()
    {
        Random random = new(11);
        const int Families = 20_000;
        int alarmed = 0;
        double[] pValues = new double[20];
        bool[] alarms = new bool[20];
        for (int family = 0; family < Families; family++)
        {
            for (int i = 0; i < pValues.Length; i++)
            {
                pValues[i] = random.NextDouble();
            }

            alarmed += Holm.Alarms(pValues, 0.05, alarms) > 0 ? 1 : 0;
        }

        // 1 - (1 - 0.05/20)^20 = 0.0488 for independent tests; four standard errors of 20,000 families are 0.006.
        Assert.InRange((double)alarmed / Families, 0.0428, 0.0548);
    }
}
