using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Monitoring;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Says why what a window tells of quality cannot be so: nothing is merged that no device can have counted.</summary>
internal static class QualityComplaint
{
    // Far below where sums of many windows would overflow.
    private const long MostAnswers = 1L << 40;
    private const int MostLabels = 4096;
    private const int MostCauses = 64;
    private const int MostEstimates = 64;
    private const int LongestName = 32;

    /// <summary>A sentence, or null when all may be so.</summary>
    public static string? Of(WindowMessage window)
    {
        if (!window.IsQualityWhole())
        {
            return "quality: something is missing";
        }

        try
        {
            return Of(window.Quality) ?? Of(window.Groups) ?? Of(window.Loss) ?? Of(window.Quality?.Loss) ?? Of(window.Estimates)
                ?? Merged(window);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return $"quality: {e.Message}";
        }
    }

    private static string? Merged(WindowMessage window)
    {
        // What can be added to nothing can be added to anything that counts the same.
        new QualitySum().Add(window);
        return null;
    }

    private static string? Of(LossTally? loss) => loss switch
    {
        { Answers: < 0 or > MostAnswers } => "quality: the expected loss is of an impossible number of answers",
        not null when Int128.Abs(loss.Parts / 2) > Int128.One << 120 => "quality: the expected loss is impossible",
        _ => null,
    };

    private static string? Of(IReadOnlyList<QualityEstimate>? estimates) => estimates switch
    {
        null => null,
        { Count: > MostEstimates } => "quality: too many estimates",
        _ when estimates.Any(estimate => estimate.Metric.Length is 0 or > LongestName || estimate.Answers is < 0 or > MostAnswers) =>
            "quality: an estimate has no fitting name, or an impossible number of answers",
        _ when estimates.Any(estimate => !double.IsFinite(estimate.Value) || estimate.Low is null != estimate.High is null
            || !((estimate.Low ?? estimate.Value) <= estimate.Value && estimate.Value <= (estimate.High ?? estimate.Value))) =>
            "quality: an estimate lies outside its band",
        _ when estimates.Any(estimate => estimate.Labelled is { } labelled
            && (labelled.Answers is < 0 or > MostAnswers || !double.IsFinite(labelled.Estimated) || !double.IsFinite(labelled.Actual))) =>
            "quality: an estimate is held against an impossible truth",
        _ => null,
    };

    private static string? Of(QualityCounts? quality) => quality switch
    {
        null => null,
        { Model.WasTrue.Count: > MostLabels } => "quality: too many labels",
        { Received: < 0 or > MostAnswers } or { Joined: < 0 } => "quality: a number of labels is impossible",
        { Unjoined.Count: > MostCauses } => "quality: too many causes",
        _ when quality.Unjoined.Any(cause => cause.Value < 0 || cause.Value > MostAnswers || cause.Key.Length is 0 or > LongestName) =>
            "quality: a cause is impossible",
        { Errors: { } errors } when errors.Answers != quality.Joined || errors.Wrong < 0 || errors.Wrong > errors.Answers
            || errors.Signals < 0 || errors.Signals > errors.Answers || errors.Detector.Length is 0 or > LongestName => "quality: a stream of errors is impossible",
        _ when quality.Joined + quality.Unjoined.Values.Sum() != quality.Received =>
            $"quality: {quality.Joined} labels joined and {quality.Unjoined.Values.Sum()} not are not the {quality.Received} received",
        _ => null,
    };

    private static string? Of(GroupCounts? groups) => groups switch
    {
        null => null,
        { Axes.Count: 0 or > 8 } => "quality: the groups are not one to eight",
        _ when groups.Axes.Any(axis => axis.Values.Count is 0 or > 64 || axis.Name.Length is 0 or > 63
            || axis.Values.Any(value => value is null || value.Length is 0 or > 63)) => "quality: a group has no fitting name",
        _ => null,
    };
}
