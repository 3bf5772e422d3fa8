using EdgeRuntime.Engine.Decisions;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>How one model's samples are served. Immutable.</summary>
public sealed record PathOptions
{
    /// <summary>Span of time in one window of counters. (default: 60 s; more than 0)</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What happens when samples come faster than the model answers.</summary>
    public OverloadOptions Overload { get; init; } = new();

    /// <summary>What another model must open for a sample to be served; null where nothing gates this model.</summary>
    public ModelGate? Gate { get; init; }

    /// <summary>The gates that this model opens.</summary>
    public IReadOnlyList<ModelGate> Opens { get; init; } = [];

    /// <summary>What its decisions drive.</summary>
    public IReadOnlyList<DecisionOutput> Outputs { get; init; } = [];

    /// <summary>Samples that a path of the same model served before, so that their numbers go on and none is given twice. (default: 0)</summary>
    public long SamplesBefore { get; init; }

    /// <summary>
    /// Called on the reading thread when there is something for the serving thread to do. It must not wait. Needed where
    /// samples are queued, unless somebody calls <see cref="SamplePath.ServeNext"/> anyway.
    /// </summary>
    public Action? Wake { get; init; }
}
