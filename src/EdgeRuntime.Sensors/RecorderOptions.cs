namespace EdgeRuntime.Sensors;

/// <summary>What of a sensor is written down, and how.</summary>
public sealed record RecorderOptions
{
    /// <summary>How long, in seconds of the sensor's own time; greater than 0.</summary>
    public required double Seconds { get; init; }

    /// <summary>Channels to write, in this order. (default: empty, all of them)</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Significant digits; 0 for as many as it takes to read back the same bits. (default: 0; 0 to 17)</summary>
    public int Digits { get; init; }

    /// <summary>
    /// The time column: <c>unix_ms</c>, <c>seconds</c> since the first frame, or <c>both</c>, so that a replay shows where
    /// the wall clock was set. Null for seconds above 200 frames a
    /// second, where milliseconds would not tell two frames apart. (default: null)
    /// </summary>
    public string? TimeColumn { get; init; }

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (!(Seconds > 0) || double.IsInfinity(Seconds))
        {
            errors.Add($"seconds: {Seconds} is not greater than 0");
        }

        if (Digits is < 0 or > 17)
        {
            errors.Add($"digits: {Digits} is outside 0 to 17");
        }

        if (TimeColumn is not (null or "unix_ms" or "seconds" or "both"))
        {
            errors.Add($"time_column: '{TimeColumn}' is none of unix_ms, seconds, both");
        }

        return errors;
    }
}
