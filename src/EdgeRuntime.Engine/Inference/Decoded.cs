namespace EdgeRuntime.Engine.Inference;

/// <summary>What a model said about one sample.</summary>
public readonly struct Decoded
{
    private readonly double[]? _scores;

    private readonly Detection[]? _found;

    private Decoded(int label, double score, double[]? scores, Detection[]? found = null, int count = 0)
    {
        _found = found;
        Count = count;
        IsValid = true;
        Label = label;
        Score = score;
        _scores = scores;
    }

    /// <summary>The answer of a model that answered NaN or infinity: no answer.</summary>
    public static Decoded Invalid => default;

    /// <summary>False when the model's output held NaN or infinity; nothing else is set then.</summary>
    public bool IsValid { get; }

    /// <summary>Detection: objects found. Otherwise 0.</summary>
    public int Count { get; }

    /// <summary>Detection: the objects found, the best first. Overwritten when the decoder decodes again. Otherwise empty.</summary>
    public ReadOnlySpan<Detection> Detections => _found.AsSpan(0, Count);

    /// <summary>
    /// Classification: number of the best label, the first of equals. Detection: that of the best object, or the last
    /// one when there is none. Otherwise 0.
    /// </summary>
    public int Label { get; }

    /// <summary>Probability of <see cref="Label"/> (classification, detection), the value (regression) or the error (reconstruction).</summary>
    public double Score { get; }

    /// <summary>Classification: probability by label; detection: the best score by label. Overwritten when the decoder decodes again. Otherwise empty.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    internal static Decoded Class(int label, double[] scores) => new(label, scores[label], scores);

    internal static Decoded Objects(int label, double[] scores, Detection[] found, int count) =>
        new(label, scores[label], scores, found, count);

    internal static Decoded Value(double value) => double.IsFinite(value) ? new(0, value, null) : Invalid;
}
