namespace EdgeRuntime.Engine.Inference;

/// <summary>What a model said about one sample.</summary>
public readonly struct Decoded
{
    private readonly double[]? _scores;

    private Decoded(int label, double score, double[]? scores)
    {
        IsValid = true;
        Label = label;
        Score = score;
        _scores = scores;
    }

    /// <summary>The answer of a model that answered NaN or infinity: no answer.</summary>
    public static Decoded Invalid => default;

    /// <summary>False when the model's output held NaN or infinity; nothing else is set then.</summary>
    public bool IsValid { get; }

    /// <summary>Classification: number of the best label, the first of equals. Otherwise 0.</summary>
    public int Label { get; }

    /// <summary>Probability of <see cref="Label"/> (classification), the value (regression) or the error (reconstruction).</summary>
    public double Score { get; }

    /// <summary>Classification: probability by label. Overwritten when the decoder decodes again. Otherwise empty.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    internal static Decoded Class(int label, double[] scores) => new(label, scores[label], scores);

    internal static Decoded Value(double value) => double.IsFinite(value) ? new(0, value, null) : Invalid;
}
