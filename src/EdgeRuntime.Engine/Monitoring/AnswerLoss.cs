using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// What one answer is expected to cost by where its inputs lie, so that the estimate can be held against the truth of the very same answer
/// once that comes.
/// </summary>
public sealed class AnswerLoss
{
    private readonly double _constant;
    private readonly int[] _sources;
    private readonly double[][] _edges;
    private readonly double[][] _amounts;

    private AnswerLoss(ExpectedLoss loss, ReferenceProfile reference, IReadOnlyList<string> values)
    {
        ReferenceFeature[] features = [.. reference.Features.Where(feature => loss.Features.ContainsKey(feature.Name))];
        _constant = loss.Constant;
        _sources = [.. features.Select(feature => values.ToList().IndexOf(feature.Name))];
        _edges = [.. features.Select(feature => feature.Edges.ToArray())];
        _amounts = [.. features.Select(feature => loss.Features[feature.Name].ToArray())];
    }

    /// <summary>That of a reference; null where it has no expected loss.</summary>
    /// <param name="values">Names of the pipeline's values, in their order.</param>
    public static AnswerLoss? For(ReferenceProfile reference, IReadOnlyList<string> values) =>
        reference.Quality?.Loss is ExpectedLoss loss ? new AnswerLoss(loss, reference, values) : null;

    /// <summary>The loss of one answer. Allocates nothing.</summary>
    /// <param name="values">The pipeline's values, before scaling.</param>
    public double Of(ReadOnlySpan<double> values)
    {
        double loss = _constant;
        for (int i = 0; i < _sources.Length; i++)
        {
            double value = values[_sources[i]];
            loss += double.IsFinite(value) ? _amounts[i][BinCounter.BinOf(_edges[i], value)] : _amounts[i][^1];
        }

        return Math.Clamp(loss, -AdditiveLoss.Largest, AdditiveLoss.Largest);
    }
}
