using System.Text.Json;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Statistics.Tests.Detectors;

public sealed class CramerVonMisesTests
{
    private const double Wanted = 300;

    // scipy 1.10.1: stats.cramervonmises_2samp, standardised; Fixtures/detectors.py.
    [Fact]
    public void The_statistic_that_is_kept_up_agrees_with_the_one_of_scipy_from_scratch()
    {
        using JsonDocument fixture = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "detectors.json")));
        double[] Numbers(string name) =>
            [.. fixture.RootElement.GetProperty("cvm").GetProperty(name).EnumerateArray().Select(each => each.GetDouble())];
        CramerVonMisesOnline detector = new(new CramerVonMisesOptions(), Numbers("reference"));

        double[] statistics = [.. Numbers("stream").Select(detector.Next)];

        Assert.All(statistics[..19], statistic => Assert.Equal(double.NegativeInfinity, statistic));
        Assert.All(statistics[19..].Zip(Numbers("statistics")), pair => Assert.Equal(pair.Second, pair.First, 1e-9 * Math.Max(1, Math.Abs(pair.Second))));
    }

    [Fact]
    public void A_stream_of_few_values_raises_no_more_alarms_than_one_of_many()
    {
        double[] thresholds = CramerVonMisesCalibration.Thresholds(new CramerVonMisesOptions(), 500, Wanted, seed: 1);
        foreach (int kinds in (int[])[1, 2, 5])
        {
            Random random = new(11);
            double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(kinds))];
            CramerVonMisesOnline detector = new(new CramerVonMisesOptions { Thresholds = thresholds }, Draw(500));

            int alarms = Draw(30_000).Count(value => detector.Update(value) == DriftSignal.Drift);

            Assert.InRange(alarms, 0, 30_000 / Wanted * 1.5);
        }
    }

    [Fact]
    public void A_distribution_that_keeps_its_mean_and_loses_its_width_is_a_change()
    {
        Random random = new(5);
        double[] reference = [.. Enumerable.Range(0, 1000).Select(_ => random.NextDouble() - 0.5)];
        double[] thresholds = CramerVonMisesCalibration.Thresholds(new CramerVonMisesOptions(), 1000, Wanted, seed: 1);
        CramerVonMisesOnline detector = new(new CramerVonMisesOptions { Thresholds = thresholds }, reference);

        Assert.Contains(
            DriftSignal.Drift, Enumerable.Range(0, 300).Select(_ => detector.Update((random.NextDouble() - 0.5) / 4)));
    }
}
