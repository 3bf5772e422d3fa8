namespace EdgeRuntime.Simulator.Torture;

/// <summary>Counts what was tried and what passed, by kind, and keeps how to try again what did not.</summary>
internal sealed class TortureReport(Action<string> say, int seed)
{
    private const int MostShown = 10;

    private readonly Dictionary<string, (long Tried, long Passed)> _kinds = [];
    private readonly HashSet<string> _reasons = [];
    private int _failures;

    /// <summary>True when everything tried so far passed.</summary>
    public bool AllPassed => _failures == 0;

    /// <summary>What was tried and what passed of one kind.</summary>
    public (long Tried, long Passed) this[string kind] => _kinds.GetValueOrDefault(kind);

    /// <summary>Everything together.</summary>
    public (long Tried, long Passed) Sum => (_kinds.Values.Sum(kind => kind.Tried), _kinds.Values.Sum(kind => kind.Passed));

    /// <summary>All kinds, in the order of their first trial.</summary>
    public IReadOnlyDictionary<string, (long Tried, long Passed)> Kinds => _kinds;

    /// <summary>A report of its own for a part that somebody else tries at the same time; <see cref="Add"/> it when it ended.</summary>
    public TortureReport Part() => new(say, seed);

    /// <summary>Adds what a part counted.</summary>
    public void Add(TortureReport part)
    {
        foreach ((string kind, (long tried, long passed)) in part._kinds)
        {
            (long before, long good) = this[kind];
            _kinds[kind] = (before + tried, good + passed);
        }

        _failures += part._failures;
    }

    /// <summary>Tries one thing.</summary>
    /// <param name="again">Words of the command line that try it again.</param>
    /// <param name="what">What is done, for people.</param>
    public void Try(string kind, string again, string what, Action check)
    {
        bool passed = Passes(again, what, check);
        (long tried, long good) = _kinds.GetValueOrDefault(kind);
        _kinds[kind] = (tried + 1, good + (passed ? 1 : 0));
    }

    /// <summary>Does something that others need; only a failure of it is told.</summary>
    public void Quietly(string again, string what, Action act) => Passes(again, what, act);

    // Whatever escapes is a failure: a device never ends by an exception.
#pragma warning disable CA1031
    private bool Passes(string again, string what, Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (Exception failed)
        {
            _failures++;
            string why = failed is InvariantException ? failed.Message : $"{failed.GetType().Name}: {failed.Message}{Environment.NewLine}{failed.StackTrace}";

            // One of each kind: a fault at one point is mostly found at many.
            if (_reasons.Count < MostShown && _reasons.Add(why))
            {
                say($"FAILED {what}: {why}");
                say($"    again: tools/torture --seed {seed} {again}");
            }

            return false;
        }
    }
#pragma warning restore CA1031
}
