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
            new("session.intra_op.allow_spinning", "0"),
            new("session.inter_op.allow_spinning", "0"),
        ];
        if (Int8Precision.MustBeRequested())
        {
            entries.Add(new("session.x64quantprecision", "1"));
        }

        return new SessionSettings { IntraOpThreads = options.IntraOpThreads, Entries = entries };
    }
}
