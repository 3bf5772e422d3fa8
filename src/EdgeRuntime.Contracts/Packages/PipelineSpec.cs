namespace EdgeRuntime.Contracts.Packages;

/// <summary>One channel the pipeline reads.</summary>
/// <param name="Name">Name, matched with the sensor's unless the device's configuration maps it.</param>
/// <param name="Unit">UCUM code; must equal the sensor's.</param>
/// <param name="Low">Values below are not physical and count as missing; null for no bound.</param>
/// <param name="High">Values above are not physical and count as missing; null for no bound.</param>
public sealed record ManifestChannel(string Name, string Unit, double? Low = null, double? High = null)
{
    /// <summary>
    /// <c>number</c>, or <c>category</c>: the values are codes of <see cref="CategoryCode"/>, of which only
    /// <c>last</c>, <c>mode</c>, <c>distinct</c> and <c>count</c> can be computed. (default: number)
    /// </summary>
    public string? Type { get; init; }

    /// <summary>
    /// How a channel whose sensor has another rate or phase is brought to the pipeline's rate: <c>hold</c> takes the
    /// newest value at or before a frame, <c>nearest</c> the one nearest in time, <c>linear</c> lies between the two
    /// around it, <c>mean</c> is that of all values since the frame before. Categories are never averaged. (default: hold)
    /// </summary>
    public string? Resample { get; init; }

    /// <summary>
    /// Age at which a value that is held counts as missing, milliseconds; above 0. (default: no bound while the sensor
    /// of the channel delivers)
    /// </summary>
    public double? MaxAgeMs { get; init; }

    /// <summary>What it is watched for; null for what holds for every channel.</summary>
    public ChannelHealthSpec? Health { get; init; }

    /// <summary>True when <see cref="Type"/> is <c>category</c>.</summary>
    public bool IsCategory() => Type == "category";
}

/// <summary>From frames to features: of scalar channels by <see cref="Features"/>, of pictures by <see cref="Image"/>.</summary>
public sealed record PipelineSpec
{
    /// <summary>Frames per second the window is meant for; a scalar sensor's rate must lie within 10 % of it.</summary>
    public required double RateHz { get; init; }

    /// <summary>
    /// Frames per window; 1 to 65536. With <see cref="Window"/> the most frames that one window holds, the newest ones
    /// where there were more. 1 for pictures.
    /// </summary>
    public required int WindowFrames { get; init; }

    /// <summary>
    /// Frames between two windows; 1 to <see cref="WindowFrames"/>: windows slide, or tumble when both are equal.
    /// 1 for pictures and with <see cref="Window"/>.
    /// </summary>
    public required int HopFrames { get; init; }

    /// <summary>Windows by time instead of by count; null for <see cref="WindowFrames"/> and <see cref="HopFrames"/>.</summary>
    public WindowSpec? Window { get; init; }

    /// <summary>
    /// Silence after which windows by count begin afresh, and with them all that features keep of earlier samples,
    /// milliseconds of the frames' wall time; a step of the clock back is one too. (default: none; windows span gaps)
    /// </summary>
    public double? MaxGapMs { get; init; }

    /// <summary>
    /// How the <c>raw</c> features of one tensor stand in it: <c>channels_first</c>, one after the other, or
    /// <c>frames_first</c>, frame by frame with all of them, as Keras has it. (default: channels_first)
    /// </summary>
    public string? RawLayout { get; init; }

    /// <summary>What becomes of a picture; null when the pipeline reads channels.</summary>
    public ImageSpec? Image { get; init; }

    /// <summary>Features in the order of the model's input; empty for pictures.</summary>
    public required IReadOnlyList<FeatureSpec> Features { get; init; }

    /// <summary>
    /// Names of what telemetry watches of a sample, and a reference profile describes: every feature that is one value,
    /// in the manifest's order; of a picture, <see cref="ImageSpec.Brightness"/> and <see cref="ImageSpec.Contrast"/>.
    /// </summary>
    public IReadOnlyList<string> ValueNames() => Image is not null
        ? [ImageSpec.Brightness, ImageSpec.Contrast]
        : [.. Features.Where(feature => feature.IsSingle()).Select(feature => feature.Name)];

    /// <summary>Elements of the model's input, over all its tensors.</summary>
    public int InputLength() => Image is not null
        ? Image.Elements()
        : (int)Math.Min(Features.Sum(feature => (long)feature.Elements(this)), int.MaxValue);
}

/// <summary>
/// Windows by time. The time of a frame is its wall time in milliseconds, which recordings keep, so that a replay cuts
/// the same windows; a window is complete, and its sample due, with the first frame after it.
/// </summary>
/// <remarks>
/// A step of the clock back, or a window without enough frames, yields no sample. A frame in which no channel has a value
/// is silence: of a session it is no part, and ends it once the silence is long enough.
/// </remarks>
public sealed record WindowSpec
{
    /// <summary>
    /// <c>tumbling</c>: every <see cref="LengthMs"/>, from the first frame on. <c>sliding</c>: the last
    /// <see cref="LengthMs"/>, every <see cref="HopMs"/>. <c>session</c>: from the first frame after a silence of more
    /// than <see cref="GapMs"/> to the next such silence.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>Length, milliseconds; of a session the longest, null for none but the most frames of a window.</summary>
    public double? LengthMs { get; init; }

    /// <summary>Sliding: time between the ends of two windows, milliseconds; at most <see cref="LengthMs"/>.</summary>
    public double? HopMs { get; init; }

    /// <summary>Session: silence that ends it, milliseconds.</summary>
    public double? GapMs { get; init; }

    /// <summary>Windows with fewer frames are no samples; at least 1. (default: 1)</summary>
    public int? MinFrames { get; init; }
}
