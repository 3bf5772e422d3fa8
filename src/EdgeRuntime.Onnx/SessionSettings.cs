using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx;

/// <summary>How a session is to be created: the choices of this program, the same for either binding.</summary>
internal sealed record SessionSettings
{
    private const int MostThreads = 64;

    private SessionSettings()
    {
    }

    /// <summary>Threads inside one operator; 1 to 64.</summary>
    public required int IntraOpThreads { get; init; }

    /// <summary>ONNX Runtime's configuration entries, by its own names.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Entries { get; init; }

    /// <summary>Whether freed memory is kept for the next run.</summary>
    public bool Arena { get; init; } = true;

    /// <summary>How far the graph is optimized. (default: all the library can)</summary>
    public GraphOptimizations Optimizations { get; init; } = GraphOptimizations.All;

    /// <summary>Execution providers to switch on, in this order. (default: none: the processor alone)</summary>
    public IReadOnlyList<ProviderRegistration> Providers { get; init; } = [];

    /// <summary>File to which the graph is written as the library optimized it; null to write none.</summary>
    public string? OptimizedGraph { get; init; }

    /// <exception cref="ModelLoadException">The number of threads is outside 1 to 64.</exception>
    public static SessionSettings For(RunnerOptions options)
    {
        if (options.IntraOpThreads is < 1 or > MostThreads)
        {
            throw new ModelLoadException($"{options.IntraOpThreads} threads were asked for; 1 to {MostThreads} can be "
                + "used");
        }

        List<KeyValuePair<string, string>> entries =
        [
            // Waiting threads would otherwise burn a whole core between two samples: at 50 Hz with two threads and the
            // keyword model 86 to 101 % of a core, against 1.6 % without (2-core x64 VM, ONNX Runtime 1.30).
            new("session.intra_op.allow_spinning", options.Spinning ? "1" : "0"),
            new("session.inter_op.allow_spinning", "0"),
        ];
        if (options.DenormalsAsZero)
        {
            // For the library's own threads; the thread that runs the model is ours, see FloatEnvironment.
            entries.Add(new("session.set_denormal_as_zero", "1"));
        }

        if (Int8Precision.MustBeRequested())
        {
            entries.Add(new("session.x64quantprecision", "1"));
        }

        return new SessionSettings { IntraOpThreads = options.IntraOpThreads, Entries = entries, Arena = options.Arena };
    }
}

/// <summary>How far a graph is optimized when it is loaded.</summary>
internal enum GraphOptimizations
{
    /// <summary>Not at all: it was before.</summary>
    None,

    /// <summary>What does not depend on the processor's memory layouts, so that operators keep ONNX's own names.</summary>
    Portable,

    /// <summary>All the library can.</summary>
    All,
}
