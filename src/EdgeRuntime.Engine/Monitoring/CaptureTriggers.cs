using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Says of each answer whether its frames are worth keeping, and why; see <see cref="CaptureSpec"/>.</summary>
public sealed class CaptureTriggers
{
    private readonly CaptureSpec _spec;
    private readonly DecisionSpec _decision;
    private readonly OutputSpec _output;

    // Of each value of the pipeline: where the reference begins and ends; infinite for those that it does not know.
    private readonly (double Low, double High)[] _known;

    /// <param name="reference">Null where the package has none: then nothing is novel.</param>
    public CaptureTriggers(ModelManifest manifest, ReferenceProfile? reference)
    {
        _spec = manifest.Monitoring?.Capture ?? throw new ArgumentException("the manifest captures nothing");
        _decision = manifest.Decision;
        _output = manifest.Output;
        _known =
        [
            .. manifest.Pipeline.ValueNames().Select(name => reference?.Features.FirstOrDefault(feature => feature.Name == name) is { } feature
                ? (feature.Edges[0], feature.Edges[^1])
                : (double.NegativeInfinity, double.PositiveInfinity)),
        ];
    }

    /// <summary>Why an answer's frames are worth keeping; null where they are not.</summary>
    public CaptureReason? Judge(WatchedAnswer answer)
    {
        if (_spec.NovelFeatures is int least && Novel(answer.Values) >= least)
        {
            return CaptureReason.Novel;
        }

        return answer.IsValid && (IsNear(answer) || IsSpread(answer)) ? CaptureReason.Uncertain : null;
    }

    private int Novel(ReadOnlySpan<double> values)
    {
        int novel = 0;
        for (int i = 0; i < values.Length; i++)
        {
            novel += values[i] < _known[i].Low || values[i] >= _known[i].High ? 1 : 0;
        }

        return novel;
    }

    private bool IsNear(WatchedAnswer answer)
    {
        if (_spec.UncertainMargin is not double margin)
        {
            return false;
        }

        double threshold = _decision.Threshold;
        if (_output.HasLabels() && _decision.Thresholds?.TryGetValue(_output.Labels[answer.Label], out double own) == true)
        {
            threshold = own;
        }

        return Math.Abs(answer.Score - threshold) < margin || (_output.Kind == "classification" && Lead(answer) < margin);
    }

    private static double Lead(WatchedAnswer answer)
    {
        double second = 0;
        for (int i = 0; i < answer.Scores.Length; i++)
        {
            second = i == answer.Label ? second : Math.Max(second, answer.Scores[i]);
        }

        return answer.Score - second;
    }

    // Shannon's entropy over the logarithm of the number of labels: 0 for a certain answer, 1 for none at all.
    private bool IsSpread(WatchedAnswer answer)
    {
        if (_spec.UncertainEntropy is not double least || _output.Kind != "classification")
        {
            return false;
        }

        double entropy = 0;
        foreach (double score in answer.Scores)
        {
            entropy -= score > 0 ? score * Math.Log(score) : 0;
        }

        return entropy / Math.Log(answer.Scores.Length) >= least;
    }
}
