using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>The inputs of one package over all devices that served it, beside its reference.</summary>
/// <param name="Windows">Windows that were added up.</param>
/// <param name="Refused">Windows that were not, by the reason.</param>
/// <param name="Categories">The channels of categories in which some came that the reference does not list.</param>
public sealed record InputsView(
    int Devices, long Windows, long Samples, long Failed, IReadOnlyDictionary<string, long> Refused, IReadOnlyList<InputView> Features,
    IReadOnlyList<UnseenView> Categories)
{
    /// <summary>The sum beside the reference that it was made on.</summary>
    internal static InputsView Of(InputSum sum, ReferenceProfile reference) => new(
        sum.Devices, sum.Total.Windows, sum.Total.Samples, sum.Total.Failed, sum.Refused,
        [.. reference.Features.Select((feature, place) => InputView.Of(sum.Total, feature, place))],
        [.. sum.Unseen.Select(pair => UnseenView.Of(pair.Key, pair.Value))]);
}

/// <summary>What came in a channel of categories and is not listed in the reference.</summary>
/// <param name="Values">How many values, of all frames.</param>
/// <param name="Distinct">How many different ones, about.</param>
/// <param name="DistinctError">Relative standard error of that.</param>
/// <param name="Most">Those that came most.</param>
public sealed record UnseenView(string Channel, long Values, double Distinct, double DistinctError, IReadOnlyList<UnseenCategory> Most)
{
    private const int MostShown = 16;

    internal static UnseenView Of(string channel, UnseenCategories unseen) => new(
        channel, unseen.Count, unseen.Distinct.Estimate(), unseen.Distinct.StandardError,
        [.. unseen.Heaviest().Take(MostShown).Select(pair => new UnseenCategory(pair.Value, pair.AtLeast, unseen.Others.AtMost(pair.Value)))]);
}

/// <summary>One of them, with bounds of how often it came.</summary>
public sealed record UnseenCategory(double Code, long AtLeast, long AtMost);

/// <summary>Quantiles of a feature, to 2 %.</summary>
/// <param name="Values">How many values they are of.</param>
public sealed record QuantilesView(long Values, double P01, double P05, double P25, double P50, double P75, double P95, double P99)
{
    internal static QuantilesView? Of(DDSketch? sketch) => sketch is not { Count: > 0 } ? null : new(
        sketch.Count, sketch.Quantile(0.01), sketch.Quantile(0.05), sketch.Quantile(0.25), sketch.Quantile(0.5), sketch.Quantile(0.75),
        sketch.Quantile(0.95), sketch.Quantile(0.99));
}

/// <summary>One feature.</summary>
/// <param name="Psi">Population stability index of all of them together against the reference, in nats; without a verdict, since devices differ.</param>
/// <param name="Mean">Null without values, like all that follows from moments.</param>
/// <param name="Autocorrelation">Correlation of neighbours.</param>
/// <param name="Quantiles">Null where the manifest does not ask for them, and without values.</param>
public sealed record InputView(
    string Name, IReadOnlyList<double> Edges, IReadOnlyList<long> Counts, IReadOnlyList<long> Reference, long Missing, long Infinite,
    double Psi, double? Mean, double? Deviation, double? Skewness, double? Kurtosis, double? Autocorrelation, double? Min, double? Max,
    QuantilesView? Quantiles)
{
    internal static InputView Of(WindowReport total, ReferenceFeature reference, int place)
    {
        ExactMoments moments = total.MomentsOf(place);
        ReadOnlySpan<long> counts = total.CountsOf(place);
        return new InputView(
            reference.Name, reference.Edges, counts.ToArray(), reference.Counts, total.MissingOf(place), total.InfiniteOf(place),
            PopulationStability.Index(
                new BinnedSample([.. reference.Counts], reference.Missing, 1), new BinnedSample(counts, total.MissingOf(place), 1)),
            Known(moments.Mean), Known(Math.Sqrt(moments.Variance)), Known(moments.Skewness), Known(moments.Kurtosis),
            Known(moments.Autocorrelation), Known(moments.Min), Known(moments.Max), QuantilesView.Of(total.SketchOf(place)));
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
