using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Statistics.Tests.Detectors;

public sealed class CalibrationTests
{
    // An achieved time is uncertain by 1 in 8, the root of the references; 'tools/bench monitoring' takes 2000.
    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void Run_times_over_fresh_references_are_what_was_wanted(double dependence)
    {
        const double Wanted = 200;
        const int References = 60;
        Random random = new(17);
        CalibrationOptions options = new() { ExpectedRunSamples = Wanted };
        double sum = 0;
        for (int i = 0; i < References; i++)
        {
            Autoregression stream = new(random, dependence);
            IDriftDetector made = DetectorCalibration.Calibrate("page_hinkley", stream.Take(600), options).Create();
            do
            {
                sum++;
            }
            while (made.Update(stream.Next()) != DriftSignal.Drift);
        }

        Assert.InRange(sum / References / Wanted, 0.7, 1.4);
    }

    [Fact]
    public void One_table_of_thresholds_holds_for_every_reference_of_its_size_and_every_distribution()
    {
        const double Wanted = 200;
        const int References = 300;
        double[] thresholds = CramerVonMisesCalibration.Thresholds(new CramerVonMisesOptions(), 100, Wanted, seed: 1);
        Random random = new(23);
        double Heavy() => Math.Tan(Math.PI * (random.NextDouble() - 0.5));
        double sum = 0;
        for (int i = 0; i < References; i++)
        {
            CramerVonMisesOnline detector = new(
                new CramerVonMisesOptions { Thresholds = thresholds }, [.. Enumerable.Range(0, 100).Select(_ => Heavy())]);
            do
            {
                sum++;
            }
            while (detector.Update(Heavy()) != DriftSignal.Drift);
        }

        Assert.InRange(sum / References / Wanted, 0.8, 1.25);
    }

    [Fact]
    public void The_same_seed_gives_the_same_thresholds_and_a_longer_time_gives_higher_ones()
    {
        double[] reference = new Autoregression(new Random(2), 0.5).Take(500);

        double Threshold(double wanted, int seed) => DetectorCalibration.Calibrate(
            "page_hinkley", reference, new CalibrationOptions { ExpectedRunSamples = wanted, Seed = seed }).Thresholds[^1];

        Assert.Equal(Threshold(200, 1), Threshold(200, 1));
        Assert.NotEqual(Threshold(200, 1), Threshold(200, 2));
        Assert.True(Threshold(200, 1) < Threshold(2000, 1));
    }

    [Fact]
    public void What_the_reference_never_did_once_is_an_outlier_and_twice_a_change()
    {
        double[] flat = [.. Enumerable.Repeat(45.0, 200)];
        IDriftDetector detector = DetectorCalibration.Calibrate("page_hinkley", flat, new CalibrationOptions { ExpectedRunSamples = 200 }).Create();
        Assert.All(flat, value => Assert.Equal(DriftSignal.None, detector.Update(value)));

        Assert.Equal(DriftSignal.None, detector.Update(46));
        Assert.Equal(DriftSignal.Drift, detector.Update(46));
    }

    [Fact]
    public void The_model_of_a_reference_finds_what_made_it()
    {
        Autoregression stream = new(new Random(4), 0.95);

        AutoregressiveModel model = AutoregressiveModel.Fit(stream.Take(4000));

        Assert.Equal(0.95, model.Coefficients[0], 0.04);
        Assert.Equal(1, model.Deviation, 0.05);

        // A level shift of one deviation, 1 / sqrt(1 - 0.95^2), moves the residuals by (1 - 0.95) of it.
        Assert.Equal(0.05 / Math.Sqrt(1 - (0.95 * 0.95)), model.Gain, 0.04);
    }

    // Kendall (1954): coefficients of so short references are too small by (1 + 3 * 0.97) / 300 = 0.013, on average; here their mean
    // error is uncertain by 0.002.
    [Fact]
    public void What_a_short_reference_makes_coefficients_too_small_by_is_taken_out()
    {
        const int References = 60;
        Random random = new(41);
        double fitted = 0;
        double corrected = 0;
        for (int i = 0; i < References; i++)
        {
            Autoregression stream = new(random, 0.97);
            _ = stream.Take(300);
            double[] reference = stream.Take(300);
            AutoregressiveModel model = AutoregressiveModel.Fit(reference, 1);
            double[] residuals = model.Residuals(reference, 4);
            fitted += model.Coefficients[0] / References;
            corrected += CoefficientBias.TakenOut(
                model, seed => new SimulatedStream(model, residuals, 1, 4, new Random(seed))).Coefficients[0] / References;
        }

        Assert.InRange(fitted, 0.95, 0.964);
        Assert.InRange(corrected, 0.964, 0.976);
    }

    [Fact]
    public void Blocks_are_longer_than_what_depends_on_each_other()
    {
        Assert.InRange(BlockBootstrap.LengthFor(new Autoregression(new Random(1), 0).Take(2000)), 1, 5);
        Assert.InRange(BlockBootstrap.LengthFor(new Autoregression(new Random(1), 0.95).Take(2000)), 40, 300);
    }

    [Theory]
    [InlineData("page_hinkley")]
    [InlineData("cvm")]
    public void A_reference_that_is_too_short_is_refused(string detector)
    {
        double[] values = [.. new Autoregression(new Random(1), 0).Take(25), double.NaN];

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => DetectorCalibration.Calibrate(detector, values, new CalibrationOptions()));

        Assert.Contains("25 usable values is too short; 50 are needed", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Values that each keep a share of the one before, with steps of deviation 1.</summary>
    private sealed class Autoregression(Random random, double dependence)
    {
        private double _last;

        public double Next()
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            _last = (dependence * _last) + normal;
            return _last;
        }

        public double[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
    }
}
