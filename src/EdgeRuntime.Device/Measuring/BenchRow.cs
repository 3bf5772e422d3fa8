using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Measuring;

/// <summary>One line of the latency table: what was measured, and what it cost.</summary>
internal sealed record BenchRow
{
    /// <summary>What ran, such as a file's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>inference</c> for the model alone, <c>step</c> for the way from frame to decision.</summary>
    public required string Kind { get; init; }

    /// <summary>Duration of every run, nanoseconds.</summary>
    public required LatencyHistogram Times { get; init; }

    /// <summary>Wall time of the measurement.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Processor time of the whole process in it.</summary>
    public required TimeSpan Processor { get; init; }

    /// <summary>Managed bytes that the whole process allocated in it.</summary>
    public required long ManagedBytes { get; init; }

    /// <summary>Resident memory of the process after it, bytes.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Runs a second.</summary>
    public double PerSecond => Elapsed > TimeSpan.Zero ? Times.Count / Elapsed.TotalSeconds : 0;

    /// <summary>Share of one core.</summary>
    public double ProcessorShare => Elapsed > TimeSpan.Zero ? Processor / Elapsed : 0;
}

/// <summary>A file that could not be measured.</summary>
/// <param name="Reason">One sentence.</param>
internal sealed record RefusedRow(string Name, string Reason);

/// <summary>What a paced measurement found: how late frames were taken, and how late their decisions fell.</summary>
internal sealed record PacedRow
{
    /// <summary>What ran.</summary>
    public required string Name { get; init; }

    /// <summary>Frames a second that were due.</summary>
    public required double RateHz { get; init; }

    /// <summary>From the moment a frame was due to the moment it was taken, nanoseconds.</summary>
    public required LatencyHistogram Lateness { get; init; }

    /// <summary>From the moment a frame was due to its decision, nanoseconds.</summary>
    public required LatencyHistogram Response { get; init; }

    /// <summary>Decisions that fell after the next frame was due.</summary>
    public required long Misses { get; init; }

    /// <summary>Wall time of the measurement.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Processor time of the whole process in it.</summary>
    public required TimeSpan Processor { get; init; }

    /// <summary>Managed bytes that the whole process allocated in it.</summary>
    public required long ManagedBytes { get; init; }

    /// <summary>Garbage collections in it.</summary>
    public required int Collections { get; init; }
}
