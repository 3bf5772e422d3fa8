using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>Which folder of pictures is replayed, and how.</summary>
public sealed record PictureReplayOptions
{
    /// <summary>
    /// A folder of PNG and JPEG files, all of one size. They come in the order of their names, numbers in them by their
    /// value. How a camera was held (EXIF) does not turn them, as with Pillow: a camera's own frames are not turned either.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Pictures per second as they were taken; greater than 0, up to 1,000.</summary>
    public required double RateHz { get; init; }

    /// <summary>Colours that the frames have, whatever the files have. (default: red, green, blue)</summary>
    public PixelFormat Pixels { get; init; } = PixelFormat.Rgb24;

    /// <summary>How many times faster than taken; 0 for as fast as it is read. (default: 1; 0 to 10,000)</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Whether the folder begins again after its last picture. (default: false)</summary>
    public bool Loop { get; init; }

    /// <summary>Where the first frame lies, in seconds; with <see cref="Loop"/> it may exceed the recording's length. (default: 0)</summary>
    public double StartSeconds { get; init; }

    /// <summary>Bytes of all files together, which are held in memory as they are; a larger folder is refused. (default: 256 MiB; 1 to 1 GiB)</summary>
    public long MaxBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Lists every mistake at once, those inside the folder excepted. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (!Directory.Exists(Path))
        {
            errors.Add($"path: there is no folder {Path}");
        }

        if (!(RateHz is > 0 and <= 1000))
        {
            errors.Add($"rate_hz: {RateHz} is outside 0 (exclusive) to 1,000; a folder of pictures does not tell its rate");
        }

        if (!(Speed is >= 0 and <= 10_000))
        {
            errors.Add($"speed: {Speed} is outside 0 to 10,000");
        }

        if (!(StartSeconds is >= 0 and <= 1e9))
        {
            errors.Add($"start_s: {StartSeconds} is outside 0 to 1e9");
        }

        if (MaxBytes is < 1 or > 1024L * 1024 * 1024)
        {
            errors.Add($"max_bytes: {MaxBytes} is outside 1 to 1,073,741,824");
        }

        return errors;
    }
}
