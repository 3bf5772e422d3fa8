namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// One feature: a statistic of one channel over the window, transformed; then, where asked for, compared with earlier
/// samples, turned into a category, encoded; at last scaled to <c>(x - center) / scale</c>.
/// </summary>
public sealed record FeatureSpec
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Channel it is computed from; null for <c>cross</c>.</summary>
    public string? Channel { get; init; }

    /// <summary>
    /// One value of the window: <c>last mean std min max range rms sum count delta slope crest kurtosis skewness median
    /// quantile band_energy zero_crossings mode distinct</c>, or <c>cross</c> of other features. Several elements:
    /// <c>raw</c> (every frame), <c>spectrum</c> (every spectral line of a band), <c>log_mel</c> and <c>mfcc</c>.
    /// </summary>
    public required string Statistic { get; init; }

    /// <summary>Quantile for <c>quantile</c>, 0 to 1.</summary>
    public double? Quantile { get; init; }

    /// <summary>Lower edge for <c>band_energy</c>, <c>spectrum</c>, <c>log_mel</c>, <c>mfcc</c>, Hz, inclusive.</summary>
    public double? LowHz { get; init; }

    /// <summary>Upper edge for the same, Hz, exclusive; at most half the rate.</summary>
    public double? HighHz { get; init; }

    /// <summary>How <c>log_mel</c> and <c>mfcc</c> are computed.</summary>
    public MelSpec? Mel { get; init; }

    /// <summary>
    /// For features of several elements, of every window by itself and before all else: <c>max</c> divides by its largest
    /// value, <c>peak</c> by its largest magnitude, <c>mean</c> subtracts its mean, <c>standard</c> also divides by its
    /// standard deviation. What would divide by 0 does not divide. (default: nothing)
    /// </summary>
    public string? Normalize { get; init; }

    /// <summary>For <c>cross</c>: two to eight earlier features that are categories.</summary>
    public IReadOnlyList<string>? Cross { get; init; }

    /// <summary>
    /// Applied to the statistic: <c>none</c>, <c>log1p</c> (sign(x) ln(1+|x|)), <c>sqrt</c> (sign(x) sqrt|x|), <c>log</c>
    /// or <c>log10</c> (missing at and below 0). (default: none)
    /// </summary>
    public string Transform { get; init; } = "none";

    /// <summary>Replaces the value by a statistic of its newest samples; applied before <see cref="Lag"/>.</summary>
    public RollingSpec? Rolling { get; init; }

    /// <summary>Takes the value of this many samples ago; 1 to 65536.</summary>
    public int? Lag { get; init; }

    /// <summary>Subtracts the value of this many samples before; 1 to 65536. Applied after <see cref="Lag"/>.</summary>
    public int? Difference { get; init; }

    /// <summary>Values below are taken as this, before anything is encoded or scaled; null for no bound.</summary>
    public double? ClipLow { get; init; }

    /// <summary>Values above are taken as this; null for no bound.</summary>
    public double? ClipHigh { get; init; }

    /// <summary>
    /// Makes a category of the value: strictly ascending edges, 1 to 4096. Category 0 lies below the first edge, i holds
    /// <c>edge[i-1] &lt;= x &lt; edge[i]</c>, the last lies at and above the last edge.
    /// </summary>
    public IReadOnlyList<double>? Bucketize { get; init; }

    /// <summary>
    /// Makes a category of the value: its place in this list of 1 to 4096 texts or numbers, see
    /// <see cref="CategoryCode"/>; one more category, the last, is for any other value.
    /// </summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Makes a category of the value, or of a cross: <see cref="CategoryCode.Bucket(double, int)"/> of this many; 2 to 65536.</summary>
    public int? HashBuckets { get; init; }

    /// <summary>
    /// How a category becomes elements: <c>one_hot</c>, one for each category, 1 at its place and 0 elsewhere; or
    /// <c>index</c>, its number, scaled. (default: one_hot)
    /// </summary>
    public string? Encoding { get; init; }

    /// <summary>Subtracted before scaling. (default: 0)</summary>
    public double Center { get; init; }

    /// <summary>Divides; not 0. (default: 1)</summary>
    public double Scale { get; init; } = 1;

    /// <summary>After scaling, values are clipped to ±this; null for no bound.</summary>
    public double? Clip { get; init; }

    /// <summary>What stands for a missing value under the policy <c>constant</c>: the scaled value. (default: 0, the center)</summary>
    public double Missing { get; init; }

    /// <summary>
    /// What stands for a value that is missing: <c>constant</c>, see <see cref="Missing"/>; <c>hold</c>, the last there
    /// was, and the constant before any; <c>mean</c>, see <see cref="Mean"/>; <c>drop</c>, nothing: the sample is
    /// dropped and counted. Of <c>raw</c> each frame by itself; other features of several elements, and normalized ones,
    /// have constant and drop alone. (default: constant)
    /// </summary>
    public string? MissingPolicy { get; init; }

    /// <summary>Mean of the training data before scaling, for the policy <c>mean</c>.</summary>
    public double? Mean { get; init; }

    /// <summary>Input tensor it goes to; the features of one tensor fill it in their order. (default: the model's input)</summary>
    public string? Input { get; init; }

    /// <summary>True when it is one value, which telemetry watches; false for <c>raw</c>, <c>spectrum</c>, <c>log_mel</c>, <c>mfcc</c>.</summary>
    public bool IsSingle() => Statistic is not ("raw" or "spectrum" or "log_mel" or "mfcc");

    /// <summary>Number of its categories; 0 when it is none.</summary>
    public int CategoryCount() => Bucketize?.Count + 1 ?? Categories?.Count + 1 ?? HashBuckets ?? 0;

    /// <summary>Elements of the model's input that it fills.</summary>
    public int Elements(PipelineSpec pipeline) => Statistic switch
    {
        "raw" => pipeline.WindowFrames,
        "spectrum" => SpectralLines.Count(LowHz ?? 0, HighHz ?? 0, pipeline.WindowFrames, pipeline.RateHz),
        "log_mel" => Mel is null ? 0 : Mel.Frames(pipeline.WindowFrames) * Mel.Bands,
        "mfcc" => Mel is null ? 0 : Mel.Frames(pipeline.WindowFrames) * (Mel.Coefficients ?? Mel.Bands),
        _ => CategoryCount() > 0 && Encoding != "index" ? CategoryCount() : 1,
    };
}

/// <summary>A statistic over the newest samples of one feature, this one included: a span longer than the window.</summary>
public sealed record RollingSpec
{
    /// <summary>Samples it reaches over; 2 to 65536.</summary>
    public required int Samples { get; init; }

    /// <summary>
    /// <c>mean std min max sum median</c> of the finite values among them, or <c>z_score</c>: how many of their standard
    /// deviations the newest lies above their mean, 0 when all are equal.
    /// </summary>
    public required string Statistic { get; init; }
}

/// <summary>
/// Mel spectra of the pieces of a window: periodic Hann window, Fourier transform, triangular filters between equal steps
/// of mel, natural logarithm.
/// </summary>
public sealed record MelSpec
{
    /// <summary>Mel filters; 1 to 512.</summary>
    public required int Bands { get; init; }

    /// <summary>Frames of one piece; 4 to the frames of a window.</summary>
    public required int FrameLength { get; init; }

    /// <summary>Frames between two pieces; at least 1.</summary>
    public required int FrameStep { get; init; }

    /// <summary>Points of the Fourier transform, zeros after a piece; a power of two. (default: the next at or above a piece)</summary>
    public int? FftLength { get; init; }

    /// <summary>Exponent of the magnitudes that the filters weigh: 1 or 2. (default: 1)</summary>
    public int? Power { get; init; }

    /// <summary>
    /// Whose filters: <c>tensorflow</c> (<c>tf.signal</c>: <c>mel(f) = 1127 ln(1 + f / 700)</c>, triangles in mel),
    /// <c>librosa</c> (Slaney's mel, linear below 1 kHz; triangles in Hz, of equal area) or <c>torchaudio</c> (the first mel,
    /// triangles in Hz, of equal height). Coefficient 0 of <c>mfcc</c> is that of the orthonormal transform but for
    /// <c>tensorflow</c>, where it is larger by the square root of 2. (default: tensorflow)
    /// </summary>
    public string? Filters { get; init; }

    /// <summary>Added to a filter's sum before the natural logarithm; above 0. (default: 1e-6)</summary>
    public double? LogOffset { get; init; }

    /// <summary>For <c>mfcc</c>: coefficients kept, from the first; at most as many as there are bands. (default: all)</summary>
    public int? Coefficients { get; init; }

    /// <summary>Whole pieces in a window.</summary>
    public int Frames(int windowFrames) =>
        FrameLength < 1 || FrameStep < 1 || windowFrames < FrameLength ? 0 : 1 + ((windowFrames - FrameLength) / FrameStep);

    /// <summary>Points of the Fourier transform.</summary>
    public int Points() => FftLength ?? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(FrameLength, 1));
}

/// <summary>Places of frequencies among the lines of a window's spectrum.</summary>
public static class SpectralLines
{
    /// <summary>
    /// First line at or above a frequency; lines are <c>rate / frames</c> apart. The small step down forgives the
    /// rounding of an edge put on a line.
    /// </summary>
    public static int AtOrAbove(double hz, int windowFrames, double rateHz) =>
        (int)Math.Ceiling((hz * windowFrames / rateHz) - 1e-9);

    /// <summary>Lines from one frequency to below another; 0 when there is none.</summary>
    public static int Count(double lowHz, double highHz, int windowFrames, double rateHz) =>
        Math.Max(0, AtOrAbove(highHz, windowFrames, rateHz) - AtOrAbove(lowHz, windowFrames, rateHz));
}
