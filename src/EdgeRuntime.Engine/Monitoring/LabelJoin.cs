using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// Joins labels that come late with the answers of one package. Each answer is labelled once; what cannot be joined is counted by its
/// cause. For the thread that takes labels, beside the sample path.
/// </summary>
/// <remarks>
/// A restart begins with an empty ledger and another boot, so labels of the run before count as <c>other_boot</c>; an update likewise
/// ends what can be said of the package before (<c>other_package</c>).
/// </remarks>
public sealed class LabelJoin
{
    private readonly AnswerWatch _watch;
    private readonly AnswerLedger _ledger;
    private readonly QualityTally _tally;
    private readonly ConfusionCounts[] _cells;
    private readonly Dictionary<string, int> _numbers;

    // By place of the ledger: the answer that was labelled there.
    private readonly long[] _labelled;

    /// <summary>Begins for a package whose watch keeps a ledger.</summary>
    /// <exception cref="ArgumentException">It keeps none.</exception>
    public LabelJoin(AnswerWatch watch, ReferenceProfile reference)
    {
        _watch = watch;
        _ledger = watch.Ledger ?? throw new ArgumentException("the package takes no labels", nameof(watch));
        _tally = new QualityTally(watch, reference);
        _cells = new ConfusionCounts[watch.Groups?.Axes.Cells ?? 0];
        _labelled = new long[_ledger.Places];
        _numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int label = 0; label < watch.Meaning.Answers.Count; label++)
        {
            _numbers[watch.Meaning.Answers[label]] = label;
        }
    }

    /// <summary>Takes one label.</summary>
    /// <param name="id">Its answer's boot and number.</param>
    /// <param name="boot">This run.</param>
    /// <param name="unixMs">Now.</param>
    public void Take(in AnswerId id, TrueLabel label, BootId boot, long unixMs)
    {
        if (id.Boot != boot)
        {
            _tally.CountUnjoined("other_boot");
            return;
        }

        if (TruthOf(label) is not double truth)
        {
            _tally.CountUnjoined("unfit");
            return;
        }

        AnswerFound found = _ledger.Find(id.Number, out KnownAnswer answer);
        long place = id.Number & (_labelled.Length - 1);
        if (found != AnswerFound.Yes)
        {
            _tally.CountUnjoined(found switch
            {
                AnswerFound.Forgotten => _labelled[place] == id.Number ? "duplicate" : "too_late",
                AnswerFound.BeforeThis => "other_package",
                _ => "unknown",
            });
            return;
        }

        if (_labelled[place] == id.Number)
        {
            _tally.CountUnjoined("duplicate");
            return;
        }

        _labelled[place] = id.Number;
        _tally.Count(answer, truth, unixMs);
        _watch.Baseline?.Know(_watch.Meaning.IsValue ? 0 : (int)truth);
        if (_watch.Groups is GroupReading groups)
        {
            int cell = groups.CellOf(answer.Cell, label.Groups);
            _cells[cell] = _cells[cell].With(answer.Label == _watch.Meaning.Positive, (int)truth == _watch.Meaning.Positive);
        }
    }

    /// <summary>What came since the last call, as it goes on the wire; null for nothing.</summary>
    public QualityCounts? TakeQuality() => _tally.Take();

    /// <summary>What labels said by intersection of groups since the last call. Shape [cells]; empty without groups.</summary>
    public ConfusionCounts[] TakeGroups()
    {
        ConfusionCounts[] cells = [.. _cells];
        Array.Clear(_cells);
        return cells;
    }

    private double? TruthOf(TrueLabel label) =>
        _watch.Meaning.IsValue ? (label.Value is double value && double.IsFinite(value) ? value : null)
        : label.Label is string text && _numbers.TryGetValue(text, out int number) ? number
        : null;
}
