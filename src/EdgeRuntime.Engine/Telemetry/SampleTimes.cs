namespace EdgeRuntime.Engine.Telemetry;

/// <summary>How long one sample took in each stage of its way, nanoseconds; see <see cref="LatencyStage"/>.</summary>
public readonly record struct SampleTimes
{
    /// <summary>Of a stage that did not happen.</summary>
    public const long None = -1;

    /// <summary>Reading the frame that completed it.</summary>
    public long Read { get; init; }

    /// <summary>Window and features.</summary>
    public long Features { get; init; }

    /// <summary>Waiting for the model; <see cref="None"/> where nothing waits.</summary>
    public long Queue { get; init; }

    /// <summary>The inference.</summary>
    public long Infer { get; init; }

    /// <summary>Decoding and the decision.</summary>
    public long Decide { get; init; }

    /// <summary>Acting on the decision and handing it on.</summary>
    public long Act { get; init; }

    /// <summary>Frame taken to decision made.</summary>
    public long EndToEnd { get; init; }
}
