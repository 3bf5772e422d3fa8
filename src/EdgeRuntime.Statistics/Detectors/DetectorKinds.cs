namespace EdgeRuntime.Statistics.Detectors;

/// <summary>Every kind of detector, by name.</summary>
public static class DetectorKinds
{
    private const double Huge = 1e9;

    private static readonly string[] NoOrYes = ["no", "yes"];

    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<DetectorKind> All { get; } =
    [
        new(
            "page_hinkley",
            "sums of how far values lie above and below their mean; recommended, on whitened values",
            [
                Number("threshold", 50, 1e-9, Huge, "the sum that is a change"),
                Number("delta", 0.005, 0, Huge, "the deviation that is forgiven at each value"),
                Number("alpha", 0.9999, 0.5, 1, "the share of the sum that stays; 1 for the cumulative sum of Page"),
                Whole("min_samples", 30, 1, 1e9, "values before the first alarm", "min_instances", "min_num_instances"),
                Choice("two_sided", 1, NoOrYes, "find decreases too"),
                Choice("clamped", 1, NoOrYes, "keep the sums at 0 or above"),
            ],
            (settings, _) => new PageHinkley(new PageHinkleyOptions
            {
                Threshold = settings["threshold"],
                Delta = settings["delta"],
                Alpha = settings["alpha"],
                MinimumSamples = settings.Whole("min_samples"),
                TwoSided = settings.Flag("two_sided"),
                Clamped = settings.Flag("clamped"),
            }))
        { IsCalibrated = true },
        new(
            "cvm",
            "Cramér-von Mises statistic of the newest values against the reference: any change of the distribution",
            [Number("threshold", 10, -10, Huge, "the standardised statistic that is a change")],
            (settings, reference) => new CramerVonMisesOnline(
                new CramerVonMisesOptions { Thresholds = [settings["threshold"]] }, reference))
        { IsCalibrated = true, NeedsReference = true },
        new(
            "adwin",
            "as long a window as has one mean; a change where it has to be cut",
            [
                Number("delta", 0.002, 1e-12, 0.5, "chance of a false alarm at a cut"),
                Whole("clock", 32, 1, 65536, "values between two looks for a cut"),
                Whole("grace_period", 10, 1, 65536, "the window is longer than this before it is cut"),
                Whole("min_part", 5, 2, 65536, "values on either side of a cut, at least"),
                Choice("reset", 0, NoOrYes, "begin anew after a change, instead of keeping what came after the cut"),
            ],
            (settings, _) => new Adwin(new AdwinOptions
            {
                Delta = settings["delta"],
                Clock = settings.Whole("clock"),
                GracePeriod = settings.Whole("grace_period"),
                MinimumPart = settings.Whole("min_part"),
                ResetAfterDrift = settings.Flag("reset"),
            }))
        { IsCalibrated = true },
        new(
            "gma",
            "an average of deviations in which older ones fade",
            [
                Number("threshold", 1, 1e-9, Huge, "the average deviation that is a change"),
                Number("alpha", 0.99, 0, 0.999999, "the share of the average that stays"),
                Whole("min_samples", 30, 1, 1e9, "values before the first alarm", "min_instances", "min_num_instances"),
                Choice("two_sided", 1, NoOrYes, "find decreases too"),
            ],
            (settings, _) => new GeometricMovingAverage(new GeometricMovingAverageOptions
            {
                Threshold = settings["threshold"],
                Alpha = settings["alpha"],
                MinimumSamples = settings.Whole("min_samples"),
                TwoSided = settings.Flag("two_sided"),
            })),
        new(
            "ddm",
            "error bits: the error rate should not rise",
            [
                Whole("warm_start", 30, 1, 1e9, "bits before the first alarm", "min_num_instances"),
                Number("warning_level", 2, 1e-9, 1000, "standard deviations that warn", "warning_threshold"),
                Number("drift_level", 3, 1e-9, 1000, "standard deviations that are a change", "out_control_level", "drift_threshold"),
            ],
            (settings, _) => new Ddm(new DdmOptions
            {
                WarmStart = settings.Whole("warm_start"),
                WarningLevel = settings["warning_level"],
                DriftLevel = settings["drift_level"],
            }))
        { TakesBits = true },
        new(
            "eddm",
            "error bits: the distance between errors should not shrink; alarms often",
            [
                Whole("warm_start", 30, 1, 1e9, "bits, and errors among them, before the first alarm"),
                Number("warning_level", 0.95, 0, 1, "share of the longest distance that warns", "alpha"),
                Number("drift_level", 0.9, 0, 1, "share of the longest distance that is a change", "beta"),
            ],
            (settings, _) => new Eddm(new EddmOptions
            {
                WarmStart = settings.Whole("warm_start"),
                WarningLevel = settings["warning_level"],
                DriftLevel = settings["drift_level"],
            }))
        { TakesBits = true },
        new(
            "hddm_a",
            "error bits: averages against Hoeffding's bound",
            [.. Hddm()],
            (settings, _) => new HddmA(HddmOf(settings)))
        { TakesBits = true },
        new(
            "hddm_w",
            "error bits: fading averages against McDiarmid's bound; soonest",
            [.. Hddm(), Number("lambda", 0.05, 1e-6, 0.999999, "weight of the newest bit")],
            (settings, _) => new HddmW(HddmOf(settings) with { Lambda = settings["lambda"] }))
        { TakesBits = true },
    ];

    /// <summary>The kind of a name, or null; capitals, hyphens and underscores make no difference.</summary>
    public static DetectorKind? Find(string name) => All.FirstOrDefault(kind => Plain(kind.Name) == Plain(name));

    private static string Plain(string name) => name.Replace("_", "").Replace("-", "").ToLowerInvariant();

    private static IEnumerable<DetectorParameter> Hddm() =>
    [
        Number("drift_confidence", 0.001, 1e-12, 0.5, "chance at which a difference is a change"),
        Number("warning_confidence", 0.005, 1e-12, 0.5, "chance at which a difference warns"),
        Choice("decreases", 0, ["ignored", "restart", "signalled"], "what fewer errors do"),
    ];

    private static HddmOptions HddmOf(DetectorSettings settings) => new()
    {
        DriftConfidence = settings["drift_confidence"],
        WarningConfidence = settings["warning_confidence"],
        Decreases = (Decreases)settings.Whole("decreases"),
    };

    private static DetectorParameter Number(string name, double value, double least, double most, string meaning, params string[] aliases) =>
        new(name, value, least, most, meaning) { Aliases = aliases };

    private static DetectorParameter Whole(string name, double value, double least, double most, string meaning, params string[] aliases) =>
        new(name, value, least, most, meaning) { IsWhole = true, Aliases = aliases };

    private static DetectorParameter Choice(string name, int value, string[] choices, string meaning) =>
        new(name, value, 0, choices.Length - 1, meaning) { Choices = choices };
}
