namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Samples that never reached the model, by cause.</summary>
/// <param name="Late">The path was too slow and the sensor's frame was gone.</param>
/// <param name="SensorError">The sensor failed to read.</param>
/// <param name="MissingValue">The window held no value at all.</param>
public readonly record struct DropCounts(long Late, long SensorError, long MissingValue)
{
    /// <summary>All of them.</summary>
    public long Total => Late + SensorError + MissingValue;

    /// <summary>The sum, cause by cause.</summary>
    public static DropCounts operator +(DropCounts left, DropCounts right) => new(
        left.Late + right.Late, left.SensorError + right.SensorError, left.MissingValue + right.MissingValue);

    /// <summary>The difference, cause by cause: what was dropped since an earlier count.</summary>
    public static DropCounts operator -(DropCounts left, DropCounts right) => new(
        left.Late - right.Late, left.SensorError - right.SensorError, left.MissingValue - right.MissingValue);

    /// <summary>As in a window message: the causes that occurred, by name.</summary>
    public IReadOnlyDictionary<string, long> ByName()
    {
        Dictionary<string, long> counts = [];
        Keep(counts, "late", Late);
        Keep(counts, "sensor_error", SensorError);
        Keep(counts, "missing_value", MissingValue);
        return counts;
    }

    private static void Keep(Dictionary<string, long> counts, string cause, long count)
    {
        if (count != 0)
        {
            counts[cause] = count;
        }
    }
}
