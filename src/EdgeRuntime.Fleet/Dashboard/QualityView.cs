using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Fairness;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>How right one package's model is, over all devices or of one, and whether it treats groups alike.</summary>
/// <param name="Windows">Windows that were added up.</param>
/// <param name="Refused">Windows that were not, by the reason.</param>
/// <param name="Received">Labels that came.</param>
/// <param name="Joined">Of these, those that were joined with their answer.</param>
/// <param name="Unjoined">The others, by cause.</param>
/// <param name="Positive">The label that precision, recall, F1, AUC and groups are of; null for values, and before the first label.</param>
/// <param name="Points">The same in spans of time, the oldest first; spans without windows are left out.</param>
public sealed record QualityView(
    string Model, string Version, int Devices, int Windows, IReadOnlyDictionary<string, long> Refused, long Received, long Joined,
    IReadOnlyDictionary<string, long> Unjoined, string? Positive, IReadOnlyList<MetricFigure> Metrics, IReadOnlyList<EstimateFigure> Estimates,
    IReadOnlyList<GroupsView> Groups, IReadOnlyList<QualityPoint> Points)
{
    internal static QualityView Of(QualityTimeline timeline, string model, string version, QualityFigures figures)
    {
        QualitySum total = timeline.Total;
        return new QualityView(
            model, version, timeline.Devices, total.Windows, timeline.Refused, total.Received, total.Joined, total.Unjoined,
            total.Positive ?? total.Groups?.Positive, figures.Realised(total), figures.Expected(total),
            total.Groups is GroupSum groups ? [.. GroupsView.Of(groups)] : [],
            [.. timeline.Spans.Select(span => new QualityPoint(span.FromMs, span.ToMs, span.Sum.Joined, figures.Realised(span.Sum), figures.Expected(span.Sum)))]);
    }
}

/// <summary>Quality within a span of time.</summary>
/// <param name="Joined">Labels that came within it; they may be of earlier answers.</param>
public sealed record QualityPoint(
    long FromUnixMs, long ToUnixMs, long Joined, IReadOnlyList<MetricFigure> Metrics, IReadOnlyList<EstimateFigure> Estimates);

/// <summary>How the groups of one division fare. Intervals are of 95 %, those of differences for all pairs together.</summary>
/// <param name="Name">As the manifest has it; all names for the intersections of all.</param>
/// <param name="LeastTrials">Answers without which a group takes no part in a comparison.</param>
/// <param name="Selection">How often each group was told the positive label.</param>
/// <param name="TruePositiveRate">How often it was told so rightly, of those that were it.</param>
/// <param name="FalsePositiveRate">How often it was told so wrongly, of the others.</param>
/// <param name="Accuracy">How often the answer was right.</param>
/// <param name="KeepsFourFifths">Whether no group is selected less than four fifths as often as another; null where that cannot be told.</param>
/// <param name="BreaksFourFifthsCertainly">Whether one is by more than chance.</param>
public sealed record GroupsView(
    string Name, long LeastTrials, IReadOnlyList<GroupView> Groups, DisparityView Selection, DisparityView TruePositiveRate,
    DisparityView FalsePositiveRate, DisparityView Accuracy, bool? KeepsFourFifths, bool BreaksFourFifthsCertainly)
{
    // Below some thirty an interval says more about the interval than about the group.
    private const long Least = 30;
    private const double Confidence = 0.95;

    internal static IEnumerable<GroupsView> Of(GroupSum sum)
    {
        for (int axis = 0; axis < sum.Axes.Count; axis++)
        {
            yield return Of(sum.Axes[axis].Name, sum.Axes[axis].Values, sum.Selection(axis), sum.Labelled(axis));
        }

        if (sum.Axes.Count > 1)
        {
            IReadOnlyList<(string Name, GroupShare Selection, ConfusionCounts Labelled)> cells = sum.Intersections();
            yield return Of(
                string.Join(", ", sum.Axes.Select(axis => axis.Name)), [.. cells.Select(cell => cell.Name)], [.. cells.Select(cell => cell.Selection)],
                [.. cells.Select(cell => cell.Labelled)]);
        }
    }

    private static GroupsView Of(string name, IReadOnlyList<string> names, GroupShare[] selected, ConfusionCounts[] labelled)
    {
        FairnessReport report = FairnessReport.Of(labelled, Least, Confidence);
        Disparity selection = Disparity.Of(selected, Least, Confidence);
        return new GroupsView(
            name, Least, [.. names.Select((group, i) => GroupView.Of(group, selected[i], labelled[i]))],
            DisparityView.Of(selection, names), DisparityView.Of(report.TruePositiveRate, names), DisparityView.Of(report.FalsePositiveRate, names),
            DisparityView.Of(report.Accuracy, names),
            double.IsNaN(selection.Ratio) ? null : selection.Ratio >= FairnessReport.FourFifths,
            selection.RatioInterval.High < FairnessReport.FourFifths);
    }

    internal static ShareView Share(long events, long trials)
    {
        (double low, double high) = ProportionInterval.Wilson(events, trials, Confidence);
        return new ShareView(trials > 0 ? (double)events / trials : null, trials > 0 ? low : null, trials > 0 ? high : null, trials);
    }
}

/// <summary>One group.</summary>
public sealed record GroupView(string Name, ShareView Selection, ShareView TruePositiveRate, ShareView FalsePositiveRate, ShareView Accuracy)
{
    internal static GroupView Of(string name, GroupShare selected, in ConfusionCounts labelled) => new(
        name, GroupsView.Share(selected.Events, selected.Trials), GroupsView.Share(labelled.TruePositives, labelled.Positives),
        GroupsView.Share(labelled.FalsePositives, labelled.Negatives),
        GroupsView.Share(labelled.TruePositives + labelled.TrueNegatives, labelled.Total));
}

/// <summary>A share with Wilson's interval; null without trials.</summary>
public sealed record ShareView(double? Value, double? Low, double? High, long Trials);

/// <summary>How far a share differs between the groups that have enough trials.</summary>
/// <param name="Groups">How many have.</param>
/// <param name="Highest">The group with the largest share; null where fewer than two have enough.</param>
/// <param name="Difference">Largest share minus smallest; null as <paramref name="Highest"/>.</param>
/// <param name="Ratio">Smallest by largest; null as <paramref name="Highest"/>, and where all are 0.</param>
/// <param name="IsCertain">Whether they differ by more than chance.</param>
public sealed record DisparityView(
    int Groups, string? Highest, string? Lowest, double? Difference, double? DifferenceLow, double? DifferenceHigh, double? Ratio, double? RatioLow,
    double? RatioHigh, bool IsCertain)
{
    internal static DisparityView Of(Disparity disparity, IReadOnlyList<string> names)
    {
        bool told = disparity.Highest >= 0;
        return new DisparityView(
            disparity.Groups, told ? names[disparity.Highest] : null, told ? names[disparity.Lowest] : null, Known(disparity.Difference),
            told ? disparity.DifferenceInterval.Low : null, told ? disparity.DifferenceInterval.High : null, Known(disparity.Ratio),
            told ? Known(disparity.RatioInterval.Low) : null, told ? Known(disparity.RatioInterval.High) : null, told && disparity.IsCertain);
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
