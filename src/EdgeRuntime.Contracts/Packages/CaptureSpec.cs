using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Which frames a device keeps of what it sees, so that somebody may ask for them. Nothing is sent unasked.</summary>
public sealed record CaptureSpec
{
    /// <summary>Frames kept from before what set it off; 0 to 65,536, and as many as 4 MiB hold. (default: 64)</summary>
    public int Before { get; init; } = 64;

    /// <summary>Frames kept from after it. (default: 64; 0 to 65,536)</summary>
    public int After { get; init; } = 64;

    /// <summary>
    /// Keeps what the model is unsure of: the score is within this of the decision's threshold, or a classification's best label
    /// leads the next by less. Null for not. (default: null; greater than 0)
    /// </summary>
    public double? UncertainMargin { get; init; }

    /// <summary>
    /// Keeps a classification's answer whose entropy is at least this share of the largest there can be. Null for not.
    /// (default: null; greater than 0, to 1)
    /// </summary>
    public double? UncertainEntropy { get; init; }

    /// <summary>Keeps samples with at least so many features outside of all that the reference knows. Null for not. (default: null; 1 to 512)</summary>
    public int? NovelFeatures { get; init; }

    /// <summary>Keeps the newest frames when an alarm of drift is raised. (default: true)</summary>
    public bool Drifting { get; init; } = true;

    /// <summary>Seconds between two captures for the same reason. (default: 60; 0 to 86,400)</summary>
    public double EveryS { get; init; } = 60;

    /// <summary>Bytes on the disk, all together; the oldest of the reason that has the most goes first. (default: 1 MiB; 4096 to 1 GiB)</summary>
    public long MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes that may be written in a day, with the record of them, so that the flash lives. (default: 4 MiB; 4096 to 1 GiB)</summary>
    public long BytesPerDay { get; init; } = 4 * 1024 * 1024;

    /// <summary>Hours after which a capture is removed. (default: 168; greater than 0, to 8760)</summary>
    public double MaxAgeH { get; init; } = 168;

    internal static CaptureSpec Read(JsonObjectReader capture) => new()
    {
        Before = capture.Int("before", 64, 0, 65_536),
        After = capture.Int("after", 64, 0, 65_536),
        UncertainMargin = capture.Double("uncertain_margin", JsonObjectReader.AboveZero),
        UncertainEntropy = capture.Double("uncertain_entropy", JsonObjectReader.AboveZero, 1),
        NovelFeatures = capture.Int("novel_features", 1, 512),
        Drifting = capture.Bool("drifting", true),
        EveryS = capture.Double("every_s", 60, 0, 86_400),
        MaxBytes = capture.Long("max_bytes", 1024 * 1024, 4096, 1L << 30),
        BytesPerDay = capture.Long("bytes_per_day", 4 * 1024 * 1024, 4096, 1L << 30),
        MaxAgeH = capture.Double("max_age_h", 168, JsonObjectReader.AboveZero, 8760),
    };
}
