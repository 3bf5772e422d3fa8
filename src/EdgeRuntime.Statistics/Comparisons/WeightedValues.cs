using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Values in ascending order with how often each occurs: a sketch's classes, or a sample's distinct values.</summary>
public sealed class WeightedValues
{
    private readonly double[] _values;
    private readonly long[] _counts;

    /// <param name="values">Finite, strictly ascending; copied.</param>
    /// <param name="counts">As many, each above 0; copied.</param>
    /// <exception cref="ArgumentException">They are not as said.</exception>
    public WeightedValues(ReadOnlySpan<double> values, ReadOnlySpan<long> counts)
    {
        if (values.Length != counts.Length)
        {
            throw new ArgumentException($"there are {values.Length} values and {counts.Length} counts");
        }

        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]) || (i > 0 && values[i] <= values[i - 1]) || counts[i] < 1)
            {
                throw new ArgumentException($"value {i} ({values[i]}, {counts[i]} times) is not finite, above the one before and counted");
            }

            Total = checked(Total + counts[i]);
            sum += values[i] * counts[i];
        }

        _values = values.ToArray();
        _counts = counts.ToArray();
        double squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            squares += (values[i] - (sum / Total)) * (values[i] - (sum / Total)) * counts[i];
        }

        Deviation = Total > 0 ? Math.Sqrt(squares / Total) : double.NaN;
    }

    /// <summary>The values.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>How often each occurs.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>All of them together.</summary>
    public long Total { get; }

    /// <summary>Standard deviation, by their number; NaN of none.</summary>
    public double Deviation { get; }

    /// <summary>The classes of a sketch, each at the value that stands for it.</summary>
    public static WeightedValues Of(DDSketch sketch)
    {
        LogarithmicMapping mapping = new(sketch.Accuracy);
        SketchCounts counts = SketchCounts.Of(sketch);
        List<double> values = [];
        List<long> often = [];
        for (int i = counts.NegativeKeys.Count - 1; i >= 0; i--)
        {
            values.Add(-mapping.ValueOf(counts.NegativeKeys[i]));
            often.Add(counts.NegativeCounts[i]);
        }

        if (counts.Zeros > 0)
        {
            values.Add(0);
            often.Add(counts.Zeros);
        }

        for (int i = 0; i < counts.PositiveKeys.Count; i++)
        {
            values.Add(mapping.ValueOf(counts.PositiveKeys[i]));
            often.Add(counts.PositiveCounts[i]);
        }

        return new WeightedValues([.. values], [.. often]);
    }
}
