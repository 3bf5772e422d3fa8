using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// How one channel of the sensor behaved in the reference, frame by frame: what a device holds its frames against to find a sensor
/// that is stuck, clipped, swapped, or told in another unit. Thresholds are calibrated offline; a device only compares.
/// </summary>
public sealed record ChannelReference
{
    /// <summary>Most categories that are listed; the rest is <see cref="CategoryReference.Other"/>.</summary>
    public const int MostCategories = 64;

    /// <summary>Most values of <see cref="Rests"/>.</summary>
    public const int MostRests = 8;

    /// <summary>Name of the manifest's channel.</summary>
    public required string Name { get; init; }

    /// <summary>Frames that had a value; at least 1.</summary>
    public required long Rows { get; init; }

    /// <summary>Lower end of what is known, in the channel's unit: the smallest value seen, less a fifth of the range, or more where few values are independent.</summary>
    public double Low { get; init; }

    /// <summary>Upper end of what is known: as <see cref="Low"/>, above the largest value seen.</summary>
    public double High { get; init; }

    /// <summary>Smallest value seen; null from a tool that did not tell.</summary>
    public double? Smallest { get; init; }

    /// <summary>Largest value seen; null from a tool that did not tell.</summary>
    public double? Largest { get; init; }

    /// <summary>Value that a tenth of the frames lay at or below.</summary>
    public double LowDecile { get; init; }

    /// <summary>Value that a tenth of the frames lay at or above.</summary>
    public double HighDecile { get; init; }

    /// <summary>True where every value was a whole number, of at least 1,000 frames.</summary>
    public bool Whole { get; init; }

    /// <summary>
    /// Step of the grid on which all but one in fifty values lie, of at least 1,000 frames: what the sensor reads, or averages, in. Null
    /// where they lie on none.
    /// </summary>
    public double? GridStep { get; init; }

    /// <summary>One value of that grid; null without one.</summary>
    public double? GridAt { get; init; }

    /// <summary>Mean change between neighbouring frames, without its sign; 0 or more.</summary>
    public double MeanStep { get; init; }

    /// <summary>Change that all but one in a thousand frames stay within.</summary>
    public double UsualStep { get; init; }

    /// <summary>Change that none of the reference came near: 1.25 times the largest.</summary>
    public double LargestStep { get; init; }

    /// <summary>Mean step that no 32 neighbouring frames stayed below, less a fifth of it; 0 where some stayed still.</summary>
    public double LowestSteps { get; init; }

    /// <summary>Mean step that no 32 neighbouring frames went beyond, and a quarter of it; null of fewer frames.</summary>
    public double? HighestSteps { get; init; }

    /// <summary>Frames without a change that all but one in a thousand stays stay within; at least 1.</summary>
    public double StayFrames { get; init; } = 1;

    /// <summary>Frames without a change after which the channel is stuck, at least 2; null where it may rest for ever.</summary>
    public long? StuckFrames { get; init; }

    /// <summary>
    /// Frames without a change, at or beyond <see cref="LowDecile"/> or <see cref="HighDecile"/>, from which the channel is clipped,
    /// where that is sooner than <see cref="StuckFrames"/>; at least 2, null from a tool that did not tell.
    /// </summary>
    public long? EdgeStuckFrames { get; init; }

    /// <summary>Values that the channel rests at, at least one in twenty frames each; null where it makes no difference.</summary>
    public IReadOnlyList<double>? Rests { get; init; }

    /// <summary>As <see cref="StayFrames"/>, at any value but <see cref="Rests"/>; null where there are none.</summary>
    public double? MovingStayFrames { get; init; }

    /// <summary>As <see cref="StuckFrames"/>, at any value but <see cref="Rests"/>; null where there are none.</summary>
    public long? MovingStuckFrames { get; init; }

    /// <summary>
    /// Frames of 64 with one and the same value, the smallest or the largest of them, from which the channel is clipped; null where the
    /// reference itself shows such piles, and nothing can be told.
    /// </summary>
    public int? PileFrames { get; init; }

    /// <summary>
    /// Factor that the mean step of 32 frames stays within of that of the frames before, either way, all but one time in a thousand;
    /// at least 1.
    /// </summary>
    public double ScaleRatio { get; init; } = 1;

    /// <summary>Categories of a channel that has them; null for numbers.</summary>
    public CategoryReference? Categories { get; init; }

    /// <summary>Frames at a value after which the channel is stuck; null where it may rest for ever.</summary>
    public long? StuckFramesAt(double value) => MovingStuckFrames is long moving && Rests?.Contains(value) != true ? moving : StuckFrames;

    /// <summary>Frames at a value after which the channel is clipped; null where it is no edge, or may rest for ever.</summary>
    public long? ClippedFramesAt(double value) =>
        IsAtEdge(value) && StuckFramesAt(value) is long stuck ? Math.Min(stuck, EdgeStuckFrames ?? stuck) : null;

    /// <summary>Whether a value is one that only a tenth of the frames went beyond.</summary>
    public bool IsAtEdge(double value) => value >= HighDecile || value <= LowDecile;

    /// <summary>Frames at a value that all but one in a thousand stays stay within.</summary>
    public double StayFramesAt(double value) => MovingStuckFrames is not null && Rests?.Contains(value) != true ? MovingStayFrames ?? 1 : StayFrames;

    /// <summary>Reads one entry of <c>channels</c>.</summary>
    internal static ChannelReference Read(JsonObjectReader channel)
    {
        ChannelReference read = new()
        {
            Name = channel.RequiredString("name", PackageNames.Signal),
            Rows = channel.RequiredLong("rows", 1, long.MaxValue),
            Low = channel.Double("low", 0, double.MinValue, double.MaxValue),
            High = channel.Double("high", 0, double.MinValue, double.MaxValue),
            Smallest = channel.Double("smallest", double.MinValue, double.MaxValue),
            Largest = channel.Double("largest", double.MinValue, double.MaxValue),
            LowDecile = channel.Double("low_decile", 0, double.MinValue, double.MaxValue),
            HighDecile = channel.Double("high_decile", 0, double.MinValue, double.MaxValue),
            Whole = channel.Bool("whole", false),
            GridStep = channel.Double("grid_step", JsonObjectReader.AboveZero),
            GridAt = channel.Double("grid_at", double.MinValue, double.MaxValue),
            MeanStep = channel.Double("mean_step", 0, 0, double.MaxValue),
            UsualStep = channel.Double("usual_step", 0, 0, double.MaxValue),
            LargestStep = channel.Double("largest_step", 0, 0, double.MaxValue),
            LowestSteps = channel.Double("lowest_steps", 0, 0, double.MaxValue),
            HighestSteps = channel.Double("highest_steps", 0, double.MaxValue),
            StayFrames = channel.Double("stay_frames", 1, 1, 1e15),
            StuckFrames = channel.Long("stuck_frames", 2, 1_000_000_000_000_000),
            EdgeStuckFrames = channel.Long("edge_stuck_frames", 2, 1_000_000_000_000_000),
            Rests = channel.Has("rests") ? channel.Doubles("rests", 0, MostRests) : null,
            MovingStayFrames = channel.Double("moving_stay_frames", 1, 1e15),
            MovingStuckFrames = channel.Long("moving_stuck_frames", 2, 1_000_000_000_000_000),
            PileFrames = channel.Int("pile_frames", 2, 64),
            ScaleRatio = channel.Double("scale_ratio", 1, 1, double.MaxValue),
            Categories = channel.Object("categories", CategoryReference.Read),
        };
        if (read.High < read.Low)
        {
            channel.Mistake("high", $"{read.High} lies below low, {read.Low}");
        }

        return read;
    }
}

/// <summary>The categories of a channel: those seen most, each with its frames.</summary>
public sealed record CategoryReference
{
    /// <summary>Different categories seen; at least 1.</summary>
    public required long Distinct { get; init; }

    /// <summary>Codes (<see cref="CategoryCode"/>) of the most frequent ones, most frequent first.</summary>
    public required IReadOnlyList<double> Codes { get; init; }

    /// <summary>Frames of each.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Frames of all others.</summary>
    public long Other { get; init; }

    /// <summary>Reads <c>categories</c>.</summary>
    internal static CategoryReference Read(JsonObjectReader categories)
    {
        CategoryReference read = new()
        {
            Distinct = categories.RequiredLong("distinct", 1, long.MaxValue),
            Codes = categories.Doubles("codes", 1, ChannelReference.MostCategories),
            Counts = categories.Longs("counts", 1, ChannelReference.MostCategories, 0, long.MaxValue),
            Other = categories.Long("other", 0, 0, long.MaxValue),
        };
        if (read.Codes.Count != read.Counts.Count)
        {
            categories.Mistake("counts", $"has {read.Counts.Count} entries for {read.Codes.Count} codes");
        }

        return read;
    }
}

/// <summary>How the frames of the reference followed each other.</summary>
public sealed record TimingReference
{
    /// <summary>Milliseconds between two frames, the median; greater than 0.</summary>
    public required double IntervalMs { get; init; }

    /// <summary>Milliseconds between frames that all but one in a thousand stay within, below.</summary>
    public required double ShortestMs { get; init; }

    /// <summary>The same, above: a gap begins beyond twice that.</summary>
    public required double LongestMs { get; init; }

    /// <summary>Reads <c>timing</c>.</summary>
    internal static TimingReference Read(JsonObjectReader timing)
    {
        TimingReference read = new()
        {
            IntervalMs = timing.RequiredDouble("interval_ms", JsonObjectReader.AboveZero, 1e12),
            ShortestMs = timing.RequiredDouble("shortest_ms", 0, 1e12),
            LongestMs = timing.RequiredDouble("longest_ms", 0, 1e12),
        };
        if (read.ShortestMs > read.IntervalMs || read.LongestMs < read.IntervalMs)
        {
            timing.Mistake("interval_ms", $"{read.IntervalMs} does not lie between shortest_ms and longest_ms");
        }

        return read;
    }
}
