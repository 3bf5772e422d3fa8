namespace EdgeRuntime.Engine.Features;

/// <summary>One feature, resolved: what to compute, how to scale it and where it goes.</summary>
internal sealed class FeaturePlan
{
    /// <summary>What is computed.</summary>
    public required StatisticKind Kind { get; init; }

    /// <summary>For a quantile: which, 0 to 1.</summary>
    public double Quantile { get; init; }

    /// <summary>For a band: its first spectral line.</summary>
    public int FirstLine { get; init; }

    /// <summary>For a band: the line after its last.</summary>
    public int EndLine { get; init; }

    /// <summary>For mel spectra; used by this feature alone.</summary>
    public MelSpectrum? Mel { get; init; }

    /// <summary>What is done to a window before it, of features of several elements.</summary>
    public WindowScale Normalize { get; init; }

    /// <summary>For a cross: places of its features among the values.</summary>
    public int[] Crossed { get; init; } = [];

    /// <summary>What it keeps of earlier samples, or null.</summary>
    public SampleHistory? History { get; init; }

    /// <summary>How it becomes a category, or null when it is a number.</summary>
    public CategoryRule? Category { get; init; }

    /// <summary>True when its category fills one element for each category there is.</summary>
    public bool IsOneHot { get; init; }

    /// <summary>Place among the values before scaling; -1 when it has several elements, which are not among them.</summary>
    public required int ValueIndex { get; init; }

    /// <summary>First place in the model's input.</summary>
    public required int InputIndex { get; init; }

    /// <summary>Elements of the model's input.</summary>
    public required int Elements { get; init; }

    /// <summary>Places from one of them to the next; above 1 where several features share a frame.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Transform and scaling.</summary>
    public required FeatureScaling Scaling { get; init; }

    /// <summary>What stands for a missing value.</summary>
    public required MissingPolicy Policy { get; init; }

    /// <summary>For the policy mean, before scaling.</summary>
    public double Mean { get; init; }

    /// <summary>For the policy hold: the last value there was; NaN before any.</summary>
    public double Held { get; set; } = double.NaN;

    /// <summary>What stands for a value, be it missing or not; NaN for the constant.</summary>
    public double Substituted(double value)
    {
        if (!double.IsNaN(value))
        {
            Held = value;
            return value;
        }

        return Policy switch
        {
            MissingPolicy.Hold => Held,
            MissingPolicy.Mean => Mean,
            _ => double.NaN,
        };
    }

    /// <summary>Writes the elements of a feature of one value, or those that stand for a missing one. Allocates nothing.</summary>
    /// <param name="value">As it is shown to the model: the feature before scaling, or the number of its category; NaN for a missing one.</param>
    /// <param name="input">The whole input.</param>
    public void Write(double value, Span<float> input)
    {
        if (!IsOneHot)
        {
            input[InputIndex] = Scaling.Scaled(value);
            return;
        }

        Span<float> elements = input.Slice(InputIndex, Elements);
        if (double.IsNaN(value))
        {
            elements.Fill(Scaling.Missing);
            return;
        }

        elements.Clear();
        elements[(int)value] = 1;
    }
}

/// <summary>By what a window is scaled before its elements are computed.</summary>
internal enum WindowScale
{
    None,
    Max,
    Peak,
    Mean,
    Standard,
}

/// <summary>What stands for a missing value.</summary>
internal enum MissingPolicy
{
    Constant,
    Hold,
    Mean,
    Drop,
}
