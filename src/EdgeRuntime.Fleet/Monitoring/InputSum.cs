using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>Adds up what the windows of one package tell of its inputs, over devices and time: exactly, whatever their order. Not thread-safe.</summary>
internal sealed class InputSum
{
    private static readonly DDSketch Sketched = new();

    private readonly ReferenceProfile _reference;
    private readonly ReportLayout _layout;
    private readonly ReportSum _sum;
    private readonly SortedDictionary<string, UnseenCategories> _unseen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);

    /// <param name="reference">The package's own.</param>
    /// <param name="quantiles">The features whose quantiles its manifest asks for.</param>
    public InputSum(ReferenceProfile reference, IReadOnlyList<string> quantiles)
    {
        _reference = reference;
        _layout = new ReportLayout(
        [
            .. reference.Features.Select(feature => new FeatureLayout(
                feature.Counts.Count, MomentScale.Of([.. feature.Edges]), quantiles.Contains(feature.Name))),
        ]);
        _sum = new ReportSum(_layout);
    }

    /// <summary>The sum.</summary>
    public WindowReport Total => _sum.Total;

    /// <summary>Categories that the reference does not list, by channel; those without any are absent.</summary>
    public IReadOnlyDictionary<string, UnseenCategories> Unseen => _unseen;

    /// <summary>Devices that it is of.</summary>
    public int Devices => _devices.Count;

    /// <summary>Windows that were not added, by the reason.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>Takes one window of this package.</summary>
    public void Take(string device, WindowMessage window)
    {
        if (window.Features.Count != _layout.Features.Count
            || window.Features.Zip(_reference.Features).Any(pair => pair.First.Name != pair.Second.Name))
        {
            Refuse("its features are not the package's");
            return;
        }

        WindowReport? report = WindowReport.Of(
            _layout, window.Samples, window.Failed, [.. window.Features.Select(ReadingOf)], out string complaint);
        if (report is null)
        {
            Refuse(complaint);
            return;
        }

        ReportOutcome outcome = _sum.Take(new ReportId(device, window.Boot.Value, window.Sequence), report);
        if (outcome == ReportOutcome.Added)
        {
            _devices.Add(device);
            AddCategories(window.Categories ?? []);
        }
        else
        {
            Refuse(outcome == ReportOutcome.Again ? "it was added before" : "there are more samples than can be added up");
        }
    }

    // Moments on another scale than this program finds are those of another version; the bins count all the same.
    private FeatureReading ReadingOf(FeatureCounts feature, int place) => new(
        feature.Counts, feature.Missing, feature.Infinite,
        feature.Moments is MomentCounts moments && new MomentScale(moments.Origin, moments.Step) == _layout.Features[place].Scale
            ? FeatureComplaint.Sums(moments, feature.Counts.Sum())
            : null,
        feature.Quantiles is { } quantiles && quantiles.Accuracy == Sketched.Accuracy && quantiles.Classes == Sketched.Classes
            ? FeatureComplaint.Sketch(quantiles)
            : null);

    private void AddCategories(IReadOnlyList<CategoryCounts> categories)
    {
        foreach (CategoryCounts told in categories)
        {
            if (_reference.Channels?.Any(channel => channel.Name == told.Name && channel.Categories is not null) != true)
            {
                Refuse("its categories are of a channel that has none in the reference");
                continue;
            }

            try
            {
                _unseen.TryAdd(told.Name, new UnseenCategories());
                CategoryComplaint.AddTo(_unseen[told.Name], told);
            }
            catch (FormatException)
            {
                Refuse("there are more categories than can be added up");
            }
        }
    }

    private void Refuse(string reason) => _refused[reason] = _refused.GetValueOrDefault(reason) + 1;
}
