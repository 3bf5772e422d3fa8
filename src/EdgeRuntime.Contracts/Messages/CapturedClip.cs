using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>Why frames were kept.</summary>
public enum CaptureReason
{
    /// <summary>The model was not sure.</summary>
    Uncertain,

    /// <summary>Features lay outside of all that the reference knows.</summary>
    Novel,

    /// <summary>An alarm of drift was raised.</summary>
    Drifting,

    /// <summary>Somebody asked for them.</summary>
    Asked,
}

/// <summary>A stretch of frames that a device kept, after its privacy filters; <c>Protos/sample.proto</c> is the schema.</summary>
public sealed record CapturedClip
{
    /// <summary>Name of the model that the frames were for.</summary>
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Its package.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>The run of the device process.</summary>
    public required BootId Boot { get; init; }

    /// <summary>Why they were kept.</summary>
    public required CaptureReason Reason { get; init; }

    /// <summary>When the frame was taken that set it off, UTC milliseconds.</summary>
    public required long TriggerUnixMs { get; init; }

    /// <summary>Number of the sample that set it off, within the boot; 0 where none did.</summary>
    public long TriggerN { get; init; }

    /// <summary>Frames per second of the sensor.</summary>
    public required double RateHz { get; init; }

    /// <summary>The manifest's channels; empty for pictures.</summary>
    public IReadOnlyList<CapturedChannel> Channels { get; init; } = [];

    /// <summary>Pictures: their size; null for channels.</summary>
    public CapturedPicture? Picture { get; init; }

    /// <summary>The frames, the oldest first.</summary>
    public required IReadOnlyList<CapturedFrame> Frames { get; init; }

    /// <summary>What the model said meanwhile, the oldest first.</summary>
    public IReadOnlyList<CapturedAnswer> Answers { get; init; } = [];
}

/// <summary>One channel of the frames.</summary>
/// <param name="Name">As in the manifest.</param>
/// <param name="Unit">UCUM code.</param>
/// <param name="Filter">What was done to it for privacy, such as <c>round 0.5</c>; empty for nothing.</param>
public sealed record CapturedChannel(string Name, string Unit, string Filter);

/// <summary>Size and colours of the pictures.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Colours"><c>rgb</c>, <c>bgr</c> or <c>gray</c>.</param>
/// <param name="Filter">What was done to them for privacy; empty for nothing.</param>
public sealed record CapturedPicture(int Width, int Height, string Colours, string Filter)
{
    /// <summary>Bytes of one picture.</summary>
    public long Bytes => (long)Width * Height * (Colours == "gray" ? 1 : 3);
}

/// <summary>One frame.</summary>
/// <param name="UnixMs">When it was taken, UTC milliseconds.</param>
/// <param name="Seconds">From the frame that set it off to this one, on the monotonic clock.</param>
/// <param name="Values">Shape [channels], NaN where there is none; empty for pictures.</param>
/// <param name="Pixels">The picture; empty for channels, and where none is kept.</param>
public sealed record CapturedFrame(long UnixMs, double Seconds, ReadOnlyMemory<double> Values, ReadOnlyMemory<byte> Pixels);

/// <summary>One answer of the model.</summary>
/// <param name="UnixMs">When the newest frame of its sample was taken.</param>
/// <param name="N">Its number within the boot.</param>
/// <param name="Label">The best label; empty where there are none.</param>
/// <param name="Score">As in a prediction.</param>
/// <param name="Decision">The decision in force.</param>
public sealed record CapturedAnswer(long UnixMs, long N, string Label, double Score, string Decision);
