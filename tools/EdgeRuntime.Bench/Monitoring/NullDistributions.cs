using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>What sensors may look like when nothing happens: light and heavy tails, skewed, bounded and discrete.</summary>
internal static class NullDistributions
{
    /// <summary>Names and one draw of each.</summary>
    public static IReadOnlyList<(string Name, Func<Random, double> Draw)> All { get; } =
    [
        ("normal", Normal),
        ("uniform", random => random.NextDouble()),
        ("exponential", random => -Math.Log(1 - random.NextDouble())),
        ("lognormal", random => Math.Exp(Normal(random))),
        ("Student t2", random => Normal(random) / Math.Sqrt(-Math.Log(1 - random.NextDouble()))),
        ("Poisson 3", Poisson),
    ];

    /// <summary>Values in a reference.</summary>
    public const int Reference = 10_000;

    /// <summary>A fresh reference and a window of the same source, counted on the reference's quantile bins.</summary>
    public static (BinCounter Reference, BinCounter Window) Counted(
        Random random, Func<Random, double> draw, int reference, int window, int bins)
    {
        double[] values = Drawn(random, draw, reference);
        BinCounter expected = new(QuantileEdges.Of([.. values], bins));
        BinCounter actual = new(expected.Edges);
        foreach (double value in values)
        {
            expected.Record(value);
        }

        for (int i = 0; i < window; i++)
        {
            actual.Record(draw(random));
        }

        return (expected, actual);
    }

    /// <summary>A sketch of so many values.</summary>
    public static WeightedValues Sketched(Random random, Func<Random, double> draw, int size)
    {
        DDSketch sketch = new();
        foreach (double value in Drawn(random, draw, size))
        {
            sketch.Record(value);
        }

        return WeightedValues.Of(sketch);
    }

    private static double[] Drawn(Random random, Func<Random, double> draw, int size)
    {
        double[] values = new double[size];
        for (int i = 0; i < size; i++)
        {
            values[i] = draw(random);
        }

        return values;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Poisson(Random random)
    {
        double left = Math.Exp(-3);
        double product = random.NextDouble();
        int count = 0;
        while (product > left)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }
}
