using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Makes the counts of groups that go on the wire.</summary>
public static class GroupReport
{
    /// <summary>Those of one window; null where the package declares no groups.</summary>
    /// <param name="counts">Answers of the window.</param>
    /// <param name="labelled">What labels that came in it said. Shape [cells], or empty where none come.</param>
    public static GroupCounts? Of(
        AnswerWatch watch, ModelManifest manifest, AnswerCounts? counts, ReadOnlySpan<ConfusionCounts> labelled)
    {
        if (watch.Groups is not GroupReading groups)
        {
            return null;
        }

        List<GroupCell> cells = [];
        for (int cell = 0; cell < groups.Axes.Cells; cell++)
        {
            ConfusionCounts known = labelled.IsEmpty ? default : labelled[cell];
            long answers = groups.WaitsForLabel ? known.Total : counts?.Answers[cell] ?? 0;
            if (answers > 0 || known.Total > 0)
            {
                cells.Add(new GroupCell
                {
                    Cell = cell,
                    Answers = answers,
                    Selected = groups.WaitsForLabel ? known.Selected : counts?.Selected[cell] ?? 0,
                    TruePositives = known.TruePositives,
                    FalsePositives = known.FalsePositives,
                    TrueNegatives = known.TrueNegatives,
                    FalseNegatives = known.FalseNegatives,
                });
            }
        }

        return new GroupCounts
        {
            Axes = [.. (manifest.Monitoring?.Groups ?? []).Select(group => new GroupAxis(group.Name, group.Values))],
            Positive = watch.Meaning.Answers[watch.Meaning.Positive],
            Cells = cells,
        };
    }
}
