namespace EdgeRuntime.Statistics.Detectors;

/// <summary>What a detector shall be calibrated for.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Samples between two false alarms, on average. (default: 100,000; 100 or more)</summary>
    public double ExpectedRunSamples { get; init; } = 100_000;

    /// <summary>
    /// Smallest lasting shift of the level that is worth an alarm, in standard deviations of the reference; more for slow values, whose
    /// residuals must shift by 0.2 deviations. (default: 1; above 0, at most 10)
    /// </summary>
    public double MinimumEffect { get; init; } = 1;

    /// <summary>Residuals are kept within so many deviations on both sides. (default: 4; 2 to 20)</summary>
    public double Clip { get; init; } = 4;

    /// <summary>The same seed gives the same thresholds, on every machine.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Makes a detector of a reference, offline: whitening, thresholds for a wanted run time, the smallest effect that counts.</summary>
/// <remarks>
/// Thresholds come from streams that the reference's own model makes of blocks of the reference's own residuals, each with a reference
/// made likewise: so they hold for what dependence, tails and steps these values have, and know that a reference is only a sample.
/// </remarks>
public static class DetectorCalibration
{
    // Half of what Cohen calls a small effect, 0.2 deviations: the level of a slow sensor wanders so far all the time, and a shift of its
    // residuals below that is not worth an alarm however long it lasts.
    private const double LeastDelta = 0.1;

    private const int Streams = 400;
    private const long Budget = 20_000_000;

    /// <summary>Calibrates one detector.</summary>
    /// <param name="detector">
    /// <c>page_hinkley</c>, <c>cvm</c>, or <c>adwin</c>, whose bound holds for any distribution and is left as it is: its run times
    /// are far longer than such as are wanted.
    /// </param>
    /// <param name="reference">In the order of time; NaN and the infinities are left out. At least 50 finite values.</param>
    /// <exception cref="ArgumentException">There are fewer, or there is no such detector.</exception>
    public static CalibratedDetector Calibrate(string detector, ReadOnlySpan<double> reference, CalibrationOptions options)
    {
        AutoregressiveModel model = AutoregressiveModel.Fit(reference);
        double[] residuals = model.Residuals(reference, options.Clip);
        if (residuals.Length < 30)
        {
            throw new ArgumentException($"a reference of {residuals.Length} usable values is too short; 50 are needed", nameof(reference));
        }

        CalibratedDetector calibrated = new()
        {
            Detector = detector,
            Model = model,
            Clip = options.Clip,
            ReferenceSamples = residuals.Length,
            ExpectedRunSamples = options.ExpectedRunSamples,
        };
        double length = BlockBootstrap.LengthFor(residuals);
        SimulatedStream Of(AutoregressiveModel process, int stream) =>
            new(process, residuals, length, options.Clip, new Random(unchecked((options.Seed * 1_000_003) + stream)));
        AutoregressiveModel process = CoefficientBias.TakenOut(model, stream => Of(model, stream));
        SimulatedStream Begin(int stream) => Of(process, stream);
        return detector switch
        {
            "page_hinkley" => WithCumulativeSum(calibrated, options, Begin),
            "cvm" => calibrated with
            {
                Points = CramerVonMisesOnline.PointsOf(residuals, new CramerVonMisesOptions().ReferencePoints),
                Thresholds = CramerVonMisesCalibration.Thresholds(new CramerVonMisesOptions(), options.ExpectedRunSamples, Begin),
            },
            "adwin" => calibrated,
            _ => throw new ArgumentException($"'{detector}' is no detector that is calibrated", nameof(detector)),
        };
    }

    private static CalibratedDetector WithCumulativeSum(
        CalibratedDetector calibrated, CalibrationOptions options, Func<int, SimulatedStream> begin)
    {
        // Page's sum answers a shift soonest when it forgives half of it. A shift of the level is smaller in the residuals.
        PageHinkleyOptions shape = new()
        {
            Delta = Math.Max(options.MinimumEffect * calibrated.Model.Gain / 2, LeastDelta),
            Alpha = 1,
            ReferenceSamples = calibrated.ReferenceSamples,
        };
        Func<double> Statistic(int stream)
        {
            SimulatedStream simulated = begin(stream);
            PageHinkley detector = new(shape);
            return () => detector.Next(simulated.Next());
        }

        double threshold = RunLengths.Threshold(Statistic, Streams, options.ExpectedRunSamples, Budget);

        // However calm the reference was: one value alone is an outlier.
        return calibrated with { Delta = shape.Delta, Thresholds = [Math.Max(threshold, options.Clip - shape.Delta)] };
    }
}
