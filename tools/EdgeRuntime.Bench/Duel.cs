namespace EdgeRuntime.Bench;

/// <summary>
/// The three ways to run one model, taking turns in one run, so that a slow minute is slow for all of them.
/// </summary>
internal sealed class Duel : IDisposable
{
    private const int WarmUpRounds = 2;

    private readonly Competitor[] _all;

    /// <param name="input">A file with the bytes of the input.</param>
    /// <param name="shape">The dimensions of the input, as words.</param>
    public Duel(SuiteOptions options, string model, string input, IReadOnlyList<string> shape)
    {
        Ours = Competitor.Start("ours", Environment.ProcessPath!, ["worker", model, input, options.Library]);
        string exact = Ours.Greeting.EndsWith("exact=1", StringComparison.Ordinal) ? "1" : "0";
        Cpp = Competitor.Start("C++", options.Cpp, [model, input, options.Library, exact]);
        string script = Path.Combine(options.NodeScripts, "worker.js");
        Node = Competitor.Start("onnxruntime-node", "node", [script, model, input, exact, .. shape], options.NodePath);
        _all = [Ours, Cpp, Node];
    }

    public Competitor Ours { get; }

    public Competitor Cpp { get; }

    public Competitor Node { get; }

    /// <summary>Measures every competitor once a round, each round beginning with another.</summary>
    /// <returns>By competitor (ours, C++, node), then by round.</returns>
    public T[][] Rounds<T>(int rounds, Func<Competitor, T> measure)
    {
        T[][] results = [new T[rounds], new T[rounds], new T[rounds]];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            for (int turn = 0; turn < _all.Length; turn++)
            {
                int who = (turn + round + WarmUpRounds) % _all.Length;
                T result = measure(_all[who]);
                if (round >= 0)
                {
                    results[who][round] = result;
                }
            }
        }

        return results;
    }

    /// <summary>Whether all three answer with the same bits.</summary>
    public bool Agree()
    {
        string ours = Ours.Output();
        return ours == Cpp.Output() && ours == Node.Output();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Competitor competitor in _all)
        {
            competitor.Dispose();
        }
    }
}
