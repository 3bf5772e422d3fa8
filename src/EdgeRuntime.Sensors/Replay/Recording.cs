using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>A recording in memory: rows of channel values with the time of each row.</summary>
internal sealed record Recording
{
    /// <summary>One for each value of a row.</summary>
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>Row-major, rows times channels; NaN for an empty field.</summary>
    public required double[] Values { get; init; }

    /// <summary>Seconds of each row since the first; strictly ascending from 0.</summary>
    public required double[] Seconds { get; init; }

    /// <summary>UTC milliseconds of the first row; null when the recording does not tell.</summary>
    public required double? StartUnixMs { get; init; }

    /// <summary>Rows per second: the median distance of two rows, so that a gap does not slow it down.</summary>
    public required double RateHz { get; init; }

    /// <summary>The label of each row, as a place in <see cref="LabelNames"/>; empty where there is no column of labels.</summary>
    public required int[] Labels { get; init; }

    /// <summary>Every label that occurs, in the order of its first row.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Seconds from the first row to the first row of the next round, when it is played in a loop.</summary>
    public double RoundSeconds => Seconds[^1] + (1 / RateHz);
}

/// <summary>A recording cannot be replayed.</summary>
/// <param name="path">The file.</param>
/// <param name="mistakes">Each with line and column where it has one; the first ones only when there are many.</param>
public sealed class RecordingException(string path, IReadOnlyList<string> mistakes)
    : Exception($"{path}: {string.Join($"{Environment.NewLine}{path}: ", mistakes)}")
{
    /// <summary>What is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
