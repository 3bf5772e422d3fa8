using EdgeRuntime.Statistics;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>The stages of a sample's way, in its order. Those up to <see cref="Decide"/> add up to <see cref="EndToEnd"/>, but for the gaps between them.</summary>
public enum LatencyStage
{
    /// <summary>Reading the frame that completed the sample.</summary>
    Read,

    /// <summary>Window and features of that frame.</summary>
    Features,

    /// <summary>Waiting for the model. Not recorded where nothing waits (policy <c>block</c>).</summary>
    Queue,

    /// <summary>The inference.</summary>
    Infer,

    /// <summary>Decoding and the decision.</summary>
    Decide,

    /// <summary>Acting on the decision: lines that it drives, gates that it opens, and handing it to telemetry.</summary>
    Act,

    /// <summary>From the time the sensor took the frame to the decision.</summary>
    EndToEnd,

    /// <summary>From the decision to its message given to the link. Not of every sample: of those that are published.</summary>
    Publish,

    /// <summary>Pauses of the garbage collector, of the whole process.</summary>
    Gc,
}

/// <summary>A histogram of durations for each stage: exact to merge, of fixed size, good to p99.99.</summary>
/// <remarks>Recording allocates nothing. Not thread-safe; <see cref="AddSnapshot"/> alone may read a ledger that another thread fills.</remarks>
public sealed class LatencyLedger
{
    /// <summary>Number of stages.</summary>
    public const int Stages = (int)LatencyStage.Gc + 1;

    private static readonly string[] Names =
        ["read", "features", "queue", "infer", "decide", "act", "end_to_end", "publish", "gc"];

    private readonly LatencyHistogram[] _stages = new LatencyHistogram[Stages];

    /// <summary>Creates an empty ledger.</summary>
    public LatencyLedger()
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            _stages[i] = new LatencyHistogram();
        }
    }

    /// <summary>Durations of one stage, nanoseconds.</summary>
    public LatencyHistogram this[LatencyStage stage] => _stages[(int)stage];

    /// <summary>A stage's name on the wire, such as <c>end_to_end</c>.</summary>
    public static string NameOf(LatencyStage stage) => Names[(int)stage];

    /// <summary>Adds every duration of <paramref name="other"/>, exactly.</summary>
    public void Add(LatencyLedger other)
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            _stages[i].Add(other._stages[i]);
        }
    }

    /// <summary>Forgets everything. Allocates nothing.</summary>
    public void Clear()
    {
        foreach (LatencyHistogram stage in _stages)
        {
            stage.Clear();
        }
    }

    /// <summary>Adds what another thread's ledger holds now, to within the sample that it is recording.</summary>
    public void AddSnapshot(LatencyLedger other)
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            _stages[i].AddSnapshot(other._stages[i]);
        }
    }
}
