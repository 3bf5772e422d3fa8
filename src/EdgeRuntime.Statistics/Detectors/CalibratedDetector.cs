namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// What a device needs to watch one stream online: made offline of the stream's own reference by <see cref="DetectorCalibration"/>,
/// so that the device only compares.
/// </summary>
public sealed record CalibratedDetector
{
    /// <summary><c>page_hinkley</c>, <c>cvm</c> or <c>adwin</c>.</summary>
    public required string Detector { get; init; }

    /// <summary>What is taken out of the stream before it is watched.</summary>
    public required AutoregressiveModel Model { get; init; }

    /// <summary>Residuals are kept within so many deviations on both sides.</summary>
    public required double Clip { get; init; }

    /// <summary>Finite residuals in the reference.</summary>
    public required long ReferenceSamples { get; init; }

    /// <summary>Samples between two false alarms, on average, that the thresholds were made for.</summary>
    public required double ExpectedRunSamples { get; init; }

    /// <summary>Of <c>page_hinkley</c>: the deviation that is forgiven, half of the smallest shift that is worth an alarm, in deviations of the residuals.</summary>
    public double Delta { get; init; }

    /// <summary>One of <c>page_hinkley</c>; of <c>cvm</c> by the number of values since the start, the last for all later ones.</summary>
    public IReadOnlyList<double> Thresholds { get; init; } = [];

    /// <summary>Of <c>cvm</c>: residuals that stand for the reference, ascending.</summary>
    public IReadOnlyList<double> Points { get; init; } = [];

    /// <summary>Makes the detector. Everything it will ever need is allocated here.</summary>
    /// <exception cref="ArgumentException">There is no such detector.</exception>
    public IDriftDetector Create() => new WhitenedDetector(new Whitener(Model, Clip), Detector switch
    {
        "page_hinkley" => new PageHinkley(new PageHinkleyOptions
        {
            Threshold = Thresholds[0],
            Delta = Delta,
            Alpha = 1,
            ReferenceSamples = ReferenceSamples,
        }),
        "cvm" => new CramerVonMisesOnline(
            new CramerVonMisesOptions { Thresholds = Thresholds, ReferencePoints = Points.Count }, [.. Points]),
        "adwin" => new Adwin(new AdwinOptions()),
        _ => throw new ArgumentException($"'{Detector}' is no detector that is calibrated"),
    });
}
