using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Where one alarm stands. Follows from the windows alone, so that stored windows lead to the same alarms.</summary>
public abstract record AlarmState
{
    private AlarmState()
    {
    }

    /// <summary>
    /// Before anything was judged, after a start: an alarm of the run before may stand at the broker, and goes on standing until
    /// there is evidence against it.
    /// </summary>
    /// <param name="Found">Windows in a row with a finding.</param>
    /// <param name="FoundSinceUnixMs">When the first of them began.</param>
    /// <param name="Quiet">Windows in a row that count towards the end.</param>
    public sealed record Unheard(int Found, long FoundSinceUnixMs, int Quiet) : AlarmState;

    /// <summary>Nothing is wrong.</summary>
    /// <param name="Found">Windows in a row with a finding, not enough yet.</param>
    /// <param name="FoundSinceUnixMs">When the first of them began.</param>
    /// <param name="NotBeforeUnixMs">End of the time in which it is not raised again; 0 where it never was.</param>
    public sealed record Clear(int Found, long FoundSinceUnixMs, long NotBeforeUnixMs) : AlarmState;

    /// <summary>It stands.</summary>
    /// <param name="SinceUnixMs">When the first window with the finding began.</param>
    /// <param name="Quiet">Windows in a row that count towards the end, not enough yet.</param>
    public sealed record Standing(long SinceUnixMs, int Quiet) : AlarmState;

    /// <summary>Where every alarm begins.</summary>
    public static AlarmState Initial { get; } = new Unheard(0, 0, 0);

    /// <summary>Takes one judged window. Pure.</summary>
    /// <returns>The new state; <paramref name="state"/> itself when the window was no evidence.</returns>
    public static AlarmState Next(AlarmState state, in AlarmEvidence window, AlarmSpec spec)
    {
        if (window.Ratio is not double ratio)
        {
            return state;
        }

        bool found = ratio > 1;
        bool quiet = ratio <= spec.ClearBelow;
        return state switch
        {
            Unheard s => AfterFirst(s, window, spec, found, quiet),
            Clear s when !found => s with { Found = 0 },

            // Findings go on counting while the alarm may not be raised, so that it is at once when that time is over.
            Clear s when s.Found + 1 < spec.RaiseAfter || window.EndUnixMs < s.NotBeforeUnixMs =>
                s with { Found = s.Found + 1, FoundSinceUnixMs = SinceOf(s.Found, s.FoundSinceUnixMs, window) },
            Clear s => new Standing(SinceOf(s.Found, s.FoundSinceUnixMs, window), 0),
            Standing s when !quiet => s with { Quiet = 0 },
            Standing s when s.Quiet + 1 < spec.ClearAfter => s with { Quiet = s.Quiet + 1 },
            Standing => new Clear(0, 0, window.EndUnixMs + (long)(1000 * spec.CoolDownS)),
            _ => state,
        };
    }

    /// <summary>What it means to those who hear of the alarm that one state followed another.</summary>
    public static AlarmChange Change(AlarmState before, AlarmState after) => (before, after) switch
    {
        (not Standing, Standing) => AlarmChange.Raised,
        (Standing, Clear) => AlarmChange.Ended,
        (Unheard, Clear) => AlarmChange.FoundNone,
        _ => AlarmChange.None,
    };

    private static AlarmState AfterFirst(Unheard state, in AlarmEvidence window, AlarmSpec spec, bool found, bool quiet)
    {
        long since = SinceOf(state.Found, state.FoundSinceUnixMs, window);
        return found && state.Found + 1 >= spec.RaiseAfter ? new Standing(since, 0)
            : quiet && state.Quiet + 1 >= spec.ClearAfter ? new Clear(0, 0, 0)
            : new Unheard(found ? state.Found + 1 : 0, since, quiet ? state.Quiet + 1 : 0);
    }

    private static long SinceOf(int found, long sinceUnixMs, in AlarmEvidence window) => found > 0 ? sinceUnixMs : window.StartUnixMs;
}

/// <summary>What one window says for or against an alarm.</summary>
/// <param name="StartUnixMs">Its first sample.</param>
/// <param name="EndUnixMs">Its last sample.</param>
/// <param name="Ratio">Largest ratio of a statistic to its threshold: above 1 is a finding. Null where there were too few samples.</param>
public readonly record struct AlarmEvidence(long StartUnixMs, long EndUnixMs, double? Ratio);

/// <summary>What one window did to an alarm.</summary>
public enum AlarmChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It stands from now on.</summary>
    Raised,

    /// <summary>It ended.</summary>
    Ended,

    /// <summary>First verdict of this run, and nothing is wrong: what a run before may have left at the broker has ended.</summary>
    FoundNone,
}
