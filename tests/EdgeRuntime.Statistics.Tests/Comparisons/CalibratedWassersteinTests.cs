using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Tests.Comparisons;

public sealed class CalibratedWassersteinTests
{
    private static readonly ComparisonLimits Limits = new(Level: 0.05, MinEffect: 0.1, MinSample: 20);

    public static TheoryData<string> Shapes => ["normal", "exponential", "lognormal", "counts"];

    // Nominal 5 %; six standard errors of 1,200 windows, and a reference that is itself a sample.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_has_not_changed_alarms_as_often_as_the_level_says(string shape)
    {
        Random random = new(4);
        int alarms = 0;
        foreach (int size in (int[])[40, 150, 600])
        {
            for (int reference = 0; reference < 8; reference++)
            {
                CalibratedWasserstein test = Calibrated(Sketch(random, 2_000, Draw(shape)), random);
                for (int window = 0; window < 50; window++)
                {
                    alarms += test.Compare(Sketch(random, size, Draw(shape)), 2_000, size, Limits).Significant ? 1 : 0;
                }
            }
        }

        Assert.InRange(alarms / 1_200.0, 0.012, 0.088);
    }

    [Fact]
    public void A_shift_is_told_in_deviations_of_the_reference_and_values_that_went_far_by_how_far()
    {
        Random random = new(5);
        CalibratedWasserstein test = Calibrated(Sketch(random, 2_000, Draw("normal")), random);

        ComparisonResult shifted = test.Compare(Sketch(random, 400, draw => Normal(draw) + 0.5), 2_000, 400, Limits);
        ComparisonResult far = test.Compare(Sketch(random, 400, draw => draw.Next(20) == 0 ? 500 : Normal(draw)), 2_000, 400, Limits);

        Assert.InRange(shifted.Effect, 0.4, 0.6);
        Assert.True(shifted.Drifted && shifted.Statistic > shifted.Threshold);
        Assert.InRange(far.Effect, 10, 40);
    }

    [Fact]
    public void P_values_and_thresholds_agree_at_every_level_and_size()
    {
        Random random = new(6);
        DDSketch window = Sketch(random, 300, draw => Normal(draw) + 0.1);
        CalibratedWasserstein test = Calibrated(Sketch(random, 2_000, Draw("normal")), random);
        foreach (double size in (double[])[5, 20, 50, 300, 5_000])
        {
            double chance = test.Compare(window, 1_000, size, Limits).PValue;
            double statistic = test.Compare(window, 1_000, size, Limits).Statistic;

            Assert.InRange(chance, 0, 1);
            Assert.Equal(statistic, test.Compare(window, 1_000, size, Limits with { Level = chance }).Threshold, 1e-9);
            Assert.True(test.Compare(window, 1_000, size, Limits with { Level = chance * 0.9 }).Threshold > statistic);
        }

        Assert.True(test.Compare(window, 1_000, 300, Limits with { Level = 1e-7 }).Threshold < double.PositiveInfinity);
    }

    [Fact]
    public void An_empty_window_is_no_drift_and_thresholds_that_do_not_fit_are_refused()
    {
        WeightedValues reference = new([1, 2], [60, 60]);
        (IReadOnlyList<double> sizes, IReadOnlyList<double> thresholds) = WassersteinCalibration.Calibrate(reference, new Random(1));

        Assert.Equal([20], sizes);
        Assert.Equal(thresholds, WassersteinCalibration.Calibrate(reference, new Random(1)).Thresholds);
        Assert.Equal(1, new CalibratedWasserstein(reference, sizes, thresholds).Compare(new DDSketch(), 100, 0, Limits).PValue);
        Assert.Throws<ArgumentException>(() => new CalibratedWasserstein(reference, [20, 80], thresholds));
        Assert.Throws<ArgumentOutOfRangeException>(() => WassersteinCalibration.Calibrate(new WeightedValues([1, 2], [10, 10]), new Random(1)));
    }

    private static CalibratedWasserstein Calibrated(DDSketch sketch, Random random)
    {
        WeightedValues reference = WeightedValues.Of(sketch);
        (IReadOnlyList<double> sizes, IReadOnlyList<double> thresholds) = WassersteinCalibration.Calibrate(reference, random);
        return new CalibratedWasserstein(reference, sizes, thresholds);
    }

    private static DDSketch Sketch(Random random, int size, Func<Random, double> draw)
    {
        DDSketch sketch = new();
        for (int i = 0; i < size; i++)
        {
            sketch.Record(draw(random));
        }

        return sketch;
    }

    private static Func<Random, double> Draw(string shape) => shape switch
    {
        "normal" => Normal,
        "exponential" => random => -Math.Log(1 - random.NextDouble()),
        "lognormal" => random => Math.Exp(Normal(random)),
        _ => random => random.Next(7),
    };

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
