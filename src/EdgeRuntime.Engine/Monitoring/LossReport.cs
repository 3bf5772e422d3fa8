using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What a window's answers are expected to cost, from nothing but the counts of its features.</summary>
public sealed class LossReport
{
    private readonly AdditiveLoss _loss;
    private readonly string _kind;
    private readonly string[] _features;

    private LossReport(ExpectedLoss loss)
    {
        _features = [.. loss.Features.Keys];
        _loss = new AdditiveLoss(loss.Constant, [.. loss.Features.Values]);
        _kind = loss.Kind;
    }

    /// <summary>That of a reference; null where it has no expected loss.</summary>
    public static LossReport? For(ReferenceProfile reference) => reference.Quality?.Loss is ExpectedLoss loss ? new LossReport(loss) : null;

    /// <summary>The expected loss of a window.</summary>
    /// <param name="features">Counts on the reference's bins.</param>
    /// <param name="answers">Samples of the window.</param>
    public LossTally Of(IReadOnlyList<FeatureCounts> features, long answers)
    {
        Int128 parts = _loss.Parts(answers);
        foreach (FeatureCounts feature in features)
        {
            int place = Array.IndexOf(_features, feature.Name);
            if (place >= 0)
            {
                parts += _loss.Parts(place, [.. feature.Counts], feature.Missing);
            }
        }

        return new LossTally { Kind = _kind, Answers = answers, Parts = parts };
    }
}
