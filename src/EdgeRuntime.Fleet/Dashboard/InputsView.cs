using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>The inputs of one package over all devices that served it, beside its reference.</summary>
/// <param name="Windows">Windows that were added up.</param>
/// <param name="Refused">Windows that were not, by the reason.</param>
public sealed record InputsView(
    int Devices, long Windows, long Samples, long Failed, IReadOnlyDictionary<string, long> Refused, IReadOnlyList<InputView> Features)
{
    /// <summary>The sum beside the reference that it was made on.</summary>
    internal static InputsView Of(InputSum sum, ReferenceProfile reference) => new(
        sum.Devices, sum.Total.Windows, sum.Total.Samples, sum.Total.Failed, sum.Refused,
        [.. reference.Features.Select((feature, place) => InputView.Of(sum.Total, feature, place))]);
}

/// <summary>One feature.</summary>
/// <param name="Psi">Population stability index of all of them together against the reference, in nats; without a verdict, since devices differ.</param>
/// <param name="Mean">Null without values, like all that follows from moments.</param>
/// <param name="Autocorrelation">Correlation of neighbours.</param>
public sealed record InputView(
    string Name, IReadOnlyList<double> Edges, IReadOnlyList<long> Counts, IReadOnlyList<long> Reference, long Missing, long Infinite,
    double Psi, double? Mean, double? Deviation, double? Skewness, double? Kurtosis, double? Autocorrelation, double? Min, double? Max)
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
            Known(moments.Autocorrelation), Known(moments.Min), Known(moments.Max));
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
