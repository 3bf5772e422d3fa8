using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>A recording in memory: rows of channel values with the time of each row.</summary>
internal sealed record Recording
{
    /// <summary>One for each value of a row.</summary>
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>One frame for each row; NaN for an empty field.</summary>
    public required FrameStore Frames { get; init; }

    /// <summary>Seconds of each row since the first; strictly ascending from 0. Null for rows at an even rate.</summary>
    public required double[]? Seconds { get; init; }

    /// <summary>
    /// UTC milliseconds of each row where they do not go along with <see cref="Seconds"/>: the clock was set while it was
    /// recorded. Null where they do, or are not told.
    /// </summary>
    public double[]? WallMs { get; init; }

    /// <summary>UTC milliseconds of the first row; null when the recording does not tell.</summary>
    public required double? StartUnixMs { get; init; }

    /// <summary>Rows per second: the median distance of two rows, so that a gap does not slow it down.</summary>
    public required double RateHz { get; init; }

    /// <summary>The label of each row, as a place in <see cref="LabelNames"/>; empty where there is no column of labels.</summary>
    public required int[] Labels { get; init; }

    /// <summary>Every label that occurs, in the order of its first row.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Seconds from the first row to the first row of the next round, when it is played in a loop.</summary>
    public double RoundSeconds => SecondsOf(Rows - 1) + (1 / RateHz);

    /// <summary>Number of rows; at least 1.</summary>
    public int Rows => Frames.Frames;

    /// <summary>Seconds of a row since the first.</summary>
    public double SecondsOf(int row) => Seconds is null ? row / RateHz : Seconds[row];

    /// <summary>The first row that is not before a time; <see cref="Rows"/> when there is none.</summary>
    public int RowAt(double seconds)
    {
        if (Seconds is null)
        {
            // The quotient may lie a rounding above or below the row it means.
            int row = (int)Math.Clamp(Math.Round(seconds * RateHz), 0, Rows);
            return row < Rows && SecondsOf(row) < seconds ? row + 1 : row;
        }

        int found = Array.BinarySearch(Seconds, seconds);
        return found >= 0 ? found : ~found;
    }
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
