namespace EdgeRuntime.Statistics.Counters;

/// <summary>Names one window for ever.</summary>
/// <param name="Source">The device.</param>
/// <param name="Boot">The run of its program.</param>
/// <param name="Sequence">Counts from 1 within the boot.</param>
public readonly record struct ReportId(string Source, ulong Boot, long Sequence);

/// <summary>What became of a report.</summary>
public enum ReportOutcome
{
    /// <summary>It was added.</summary>
    Added,

    /// <summary>It came before, or so late that nobody remembers whether it did.</summary>
    Again,

    /// <summary>It counts something else.</summary>
    OtherLayout,

    /// <summary>The samples would be more than sums hold.</summary>
    TooMany,

    /// <summary>Its sequence is less than 1.</summary>
    NoSequence,
}

/// <summary>
/// Adds reports up that come in any order, late, and more than once: each is added once, and what is refused is counted by its
/// reason. Not thread-safe.
/// </summary>
public sealed class ReportSum(ReportLayout layout)
{
    /// <summary>Windows of one boot that are remembered beyond one that did not come; with one more, it is given up.</summary>
    public const int MostAhead = SequenceSet.MostAhead;

    private readonly Dictionary<(string Source, ulong Boot), SequenceSet> _seen = [];
    private readonly long[] _outcomes = new long[Enum.GetValues<ReportOutcome>().Length];

    /// <summary>The sum.</summary>
    public WindowReport Total { get; } = new(layout);

    /// <summary>How many reports had this outcome.</summary>
    public long this[ReportOutcome outcome] => _outcomes[(int)outcome];

    /// <summary>Takes one report.</summary>
    public ReportOutcome Take(in ReportId id, WindowReport report)
    {
        ReportOutcome outcome = id.Sequence < 1 ? ReportOutcome.NoSequence
            : !layout.IsSame(report.Layout) ? ReportOutcome.OtherLayout
            : report.Samples > MomentSums.LargestCount - Total.Samples ? ReportOutcome.TooMany
            : !SeenOf(id).Add(id.Sequence) ? ReportOutcome.Again
            : ReportOutcome.Added;
        if (outcome == ReportOutcome.Added)
        {
            Total.Add(report);
        }

        _outcomes[(int)outcome]++;
        return outcome;
    }

    private SequenceSet SeenOf(in ReportId id)
    {
        if (!_seen.TryGetValue((id.Source, id.Boot), out SequenceSet? seen))
        {
            seen = new SequenceSet();
            _seen[(id.Source, id.Boot)] = seen;
        }

        return seen;
    }
}
