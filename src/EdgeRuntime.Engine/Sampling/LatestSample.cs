namespace EdgeRuntime.Engine.Sampling;

/// <summary>Everything about the newest sample of a model, in memory that is filled again and again.</summary>
public sealed class LatestSample
{
    private readonly double[] _features;
    private readonly double[] _scores;

    /// <summary>Makes the memory.</summary>
    /// <param name="features">Values of the feature pipeline; at least 1.</param>
    /// <param name="scores">Scores of the decoder: labels for classification, else 0.</param>
    public LatestSample(int features, int scores)
    {
        _features = new double[features];
        _scores = new double[scores];
    }

    /// <summary>The prediction.</summary>
    public PredictionRecord Record { get; private set; }

    /// <summary>Duration of the inference, nanoseconds.</summary>
    public long InferNanoseconds { get; private set; }

    /// <summary>Frame taken to decision made, nanoseconds.</summary>
    public long PathNanoseconds { get; private set; }

    /// <summary>Shape [features], before scaling; NaN for a window without a value.</summary>
    public ReadOnlySpan<double> Features => _features;

    /// <summary>Probability by label; empty for other kinds of output.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    internal void Fill(
        in PredictionRecord record, ReadOnlySpan<double> features, ReadOnlySpan<double> scores, long infer, long path)
    {
        Record = record;
        features.CopyTo(_features);
        scores.CopyTo(_scores);
        InferNanoseconds = infer;
        PathNanoseconds = path;
    }

    /// <summary>Takes a decision that no sample made.</summary>
    internal void FillDecision(in PredictionRecord record)
    {
        Record = record;
        Array.Fill(_features, double.NaN);
        Array.Clear(_scores);
        InferNanoseconds = 0;
        PathNanoseconds = 0;
    }
}
