using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What is counted of the answers of one window before any label comes. Part of <see cref="Telemetry.WindowCounters"/>.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class AnswerCounts
{
    private readonly long[] _answers;
    private readonly long[] _selected;

    /// <summary>Creates empty counts.</summary>
    /// <param name="cells">Intersections of groups; 0 for none.</param>
    /// <param name="calibrated">Whether probabilities are summed.</param>
    public AnswerCounts(int cells, bool calibrated)
    {
        _answers = new long[cells];
        _selected = new long[cells];
        Expected = calibrated ? new ExpectedScores() : null;
    }

    /// <summary>Sums of calibrated probabilities; null where the reference has no calibration.</summary>
    public ExpectedScores? Expected { get; }

    /// <summary>Answers by intersection of groups.</summary>
    public ReadOnlySpan<long> Answers => _answers;

    /// <summary>Of these, those that said the positive label.</summary>
    public ReadOnlySpan<long> Selected => _selected;

    /// <summary>Those of a package; null where nothing of its answers is counted.</summary>
    public static AnswerCounts? For(ModelManifest manifest, ReferenceProfile reference)
    {
        int cells = manifest.Monitoring?.Groups is { Count: > 0 } groups
            ? groups.Aggregate(1, (product, group) => product * (group.Values.Count + 1))
            : 0;
        bool calibrated = manifest.Output.HasLabels() && reference.Quality?.Calibration is not null;
        return cells > 0 || calibrated ? new AnswerCounts(cells, calibrated) : null;
    }

    /// <summary>Counts an answer of a group.</summary>
    public void Count(int cell, bool selected)
    {
        _answers[cell]++;
        _selected[cell] += selected ? 1 : 0;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Expected?.Clear();
        Array.Clear(_answers);
        Array.Clear(_selected);
    }

    /// <summary>Sums of probabilities as they go on the wire.</summary>
    public static ExpectedTally ToTally(ExpectedScores expected) => new()
    {
        Scores = SparseCounts.Of(expected.Counts),
        Parts = SparseCounts.Of(expected.PartsByBin),
        Selected = expected.Selected,
        SelectedParts = expected.SelectedParts,
        RightParts = expected.RightParts,
    };
}
