using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>Adds up what windows of one package say of quality, all together and in equal spans of time: exactly, each window once. Not thread-safe.</summary>
/// <param name="answers">Labels that a truth may be; 0 for values.</param>
/// <param name="sinceMs">Begin of the first span, UTC milliseconds of the manager.</param>
/// <param name="untilMs">End of the last.</param>
/// <param name="spans">At least 1.</param>
internal sealed class QualityTimeline(int answers, long sinceMs, long untilMs, int spans)
{
    private readonly QualitySum?[] _spans = new QualitySum?[spans];
    private readonly HashSet<ReportId> _taken = [];
    private readonly HashSet<string> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);

    /// <summary>Begin of the first span.</summary>
    public long SinceMs => sinceMs;

    /// <summary>All windows.</summary>
    public QualitySum Total { get; } = new();

    /// <summary>Devices that they came from.</summary>
    public int Devices => _devices.Count;

    /// <summary>Windows that were not added, by the reason.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>The spans in which windows ended, the oldest first.</summary>
    public IEnumerable<(long FromMs, long ToMs, QualitySum Sum)> Spans
    {
        get
        {
            for (int span = 0; span < _spans.Length; span++)
            {
                if (_spans[span] is QualitySum sum)
                {
                    yield return (EdgeOf(span), EdgeOf(span + 1), sum);
                }
            }
        }
    }

    /// <summary>Takes one window.</summary>
    public void Take(string device, ReceivedWindow window)
    {
        WindowMessage message = window.Message;
        string? strange = message.Quality is { } quality && quality.Model.WasTrue.Count != answers ? "its answers are none of this package" : null;
        if ((strange ?? Total.Mismatch(message)) is string mismatch)
        {
            Refuse(mismatch);
            return;
        }

        if (!_taken.Add(new ReportId(device, message.Boot.Value, message.Sequence)))
        {
            Refuse("it was added before");
            return;
        }

        try
        {
            Total.Add(message);
            (_spans[SpanOf(window)] ??= new QualitySum()).Add(message);
            _devices.Add(device);
        }
        catch (OverflowException)
        {
            // No fleet labels so many answers; a device that says so cannot be believed, and its sum is at its bound.
            Refuse("there are more answers than can be added up");
        }
    }

    // A recording that is replayed has times of its own: such a window counts when it arrived.
    private int SpanOf(ReceivedWindow window)
    {
        long unixMs = window.EndMs >= sinceMs && window.EndMs <= untilMs ? window.EndMs : window.ReceivedMs;
        return (int)Math.Clamp((unixMs - sinceMs) * spans / Math.Max(untilMs - sinceMs, 1), 0, spans - 1);
    }

    private long EdgeOf(int span) => sinceMs + ((untilMs - sinceMs) * span / spans);

    private void Refuse(string reason) => _refused[reason] = _refused.GetValueOrDefault(reason) + 1;
}
