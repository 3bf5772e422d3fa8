namespace EdgeRuntime.Sensors.Replay;

/// <summary>Which recording is replayed, and how.</summary>
public sealed record ReplayOptions
{
    /// <summary>
    /// A recording, told apart by its ending. <c>.npy</c>: an array of any type of number, of frames or of frames by
    /// channels. <c>.wav</c>: PCM or float samples, full scale 1. Else CSV: a header with channel names, each with its
    /// unit if it has one (<c>temperature[Cel]</c>); the first column may be the time, as <c>unix_ms</c>,
    /// as <c>seconds</c>, both clocks in this order, so that a clock that was set shows, or under any name as dates
    /// (<c>2026-11-28T09:30:00.250Z</c>; UTC where they do not say); rows may begin with a name of their own, as R writes
    /// them; an empty field is NaN; a column <c>label</c> is the truth and no channel.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// CSV: columns to replay, in this order. (default: empty, every column that holds numbers) Arrays and audio: names
    /// of all channels in their order, each with its unit in brackets if it has one. (default: <c>c0</c>, <c>c1</c>; <c>audio</c>, or <c>audio_0</c>, <c>audio_1</c>)
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// Columns of a CSV file that hold categories: their texts become the codes of
    /// <see cref="Contracts.Packages.CategoryCode"/>. (default: empty; a column of texts is no channel)
    /// </summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Rows per second of a recording that does not tell: an array, CSV without a time column. (default: 0, it tells; up to 100,000)</summary>
    public double RateHz { get; init; }

    /// <summary>
    /// Rows that are due together, with the last of them, as a driver hands them over. (default: a hundredth of a second
    /// for audio, else 1; 1 to 1,048,576)
    /// </summary>
    public int? BlockFrames { get; init; }

    /// <summary>How many times faster than recorded; 0 for as fast as it is read. (default: 1; 0 to 10,000)</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Whether the recording begins again after its end. (default: false)</summary>
    public bool Loop { get; init; }

    /// <summary>
    /// Where in the recording the first frame lies, in seconds; several devices on one recording get different ones.
    /// With <see cref="Loop"/> it may exceed the recording's length. (default: 0)
    /// </summary>
    public double StartSeconds { get; init; }

    /// <summary>
    /// When the first row was taken, UTC milliseconds, of a recording that does not tell: arrays and audio have no time of
    /// day, and several recordings are aligned by it. (default: null, as if it were taken now)
    /// </summary>
    public long? StartUnixMs { get; init; }

    /// <summary>Faults put on the recorded channels.</summary>
    public IReadOnlyList<Disturbance> Disturbances { get; init; } = [];

    /// <summary>
    /// Values (rows times channels) held in memory, 1 to 8 bytes each as in the file, 8 for CSV; a longer recording is
    /// refused. (default: 4,194,304; 1 to 268,435,456)
    /// </summary>
    public int MaxValues { get; init; } = 4 * 1024 * 1024;

    /// <summary>Lists every mistake at once, those inside the recording excepted. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(Path))
        {
            errors.Add("path: is empty");
        }
        else if (!File.Exists(Path))
        {
            errors.Add($"path: there is no file {Path}");
        }

        foreach (IGrouping<string, string> twice in Columns.GroupBy(name => name).Where(group => group.Count() > 1))
        {
            errors.Add($"columns: '{twice.Key}' stands there {twice.Count()} times");
        }

        if (!(RateHz is >= 0 and <= 100_000))
        {
            errors.Add($"rate_hz: {RateHz} is outside 0 to 100,000");
        }

        if (!(Speed is >= 0 and <= 10_000))
        {
            errors.Add($"speed: {Speed} is outside 0 to 10,000");
        }

        if (!(StartSeconds is >= 0 and <= 1e9))
        {
            errors.Add($"start_s: {StartSeconds} is outside 0 to 1e9");
        }

        if (BlockFrames is < 1 or > 1_048_576)
        {
            errors.Add($"block_frames: {BlockFrames} is outside 1 to 1,048,576");
        }

        if (MaxValues is < 1 or > 268_435_456)
        {
            errors.Add($"max_values: {MaxValues} is outside 1 to 268,435,456");
        }

        return errors;
    }
}
