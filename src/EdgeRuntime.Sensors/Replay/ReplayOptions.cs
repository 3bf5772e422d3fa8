namespace EdgeRuntime.Sensors.Replay;

/// <summary>Which recording is replayed, and how.</summary>
public sealed record ReplayOptions
{
    /// <summary>
    /// A CSV file: a header with channel names, each with its unit if it has one (<c>temperature[Cel]</c>); the first
    /// column may be the time, as <c>unix_ms</c> or <c>seconds</c>. An empty field is NaN. A column <c>label</c> is the
    /// truth and no channel.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Columns to replay, in this order. (default: empty, every column that holds numbers)</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Rows per second of a recording without a time column; 0 where it has one. (default: 0; up to 100,000)</summary>
    public double RateHz { get; init; }

    /// <summary>How many times faster than recorded; 0 for as fast as it is read. (default: 1; 0 to 10,000)</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Whether the recording begins again after its end. (default: false)</summary>
    public bool Loop { get; init; }

    /// <summary>
    /// Where in the recording the first frame lies, in seconds; several devices on one recording get different ones.
    /// With <see cref="Loop"/> it may exceed the recording's length. (default: 0)
    /// </summary>
    public double StartSeconds { get; init; }

    /// <summary>Faults put on the recorded channels.</summary>
    public IReadOnlyList<Disturbance> Disturbances { get; init; } = [];

    /// <summary>
    /// Values (rows times channels) held in memory, 8 bytes each; a longer recording is refused. (default: 4,194,304,
    /// 32 MiB; 1 to 268,435,456)
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

        if (MaxValues is < 1 or > 268_435_456)
        {
            errors.Add($"max_values: {MaxValues} is outside 1 to 268,435,456");
        }

        return errors;
    }
}
