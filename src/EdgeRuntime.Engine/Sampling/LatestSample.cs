using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>Everything about the newest sample of a model, in memory that is filled again and again.</summary>
public sealed class LatestSample
{
    /// <summary>Boxes that are kept of a detection.</summary>
    public const int MostBoxes = 16;

    private readonly double[] _features;
    private readonly double[] _scores;
    private readonly Detection[] _boxes = new Detection[MostBoxes];
    private int _boxCount;

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

    /// <summary>Detection: objects found. Otherwise 0.</summary>
    public int Found { get; private set; }

    /// <summary>Detection: the best of them, at most <see cref="MostBoxes"/>, the best first.</summary>
    public ReadOnlySpan<Detection> Boxes => _boxes.AsSpan(0, _boxCount);

    internal void Fill(in PredictionRecord record, ReadOnlySpan<double> features, in Decoded decoded, long infer, long path)
    {
        ReadOnlySpan<double> scores = decoded.Scores;
        Found = decoded.Count;
        _boxCount = Math.Min(decoded.Count, MostBoxes);
        decoded.Detections[.._boxCount].CopyTo(_boxes);
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
