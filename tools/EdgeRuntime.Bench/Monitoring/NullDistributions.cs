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
        ("Student t2", random => Normal(random) / Math.Sqrt(-Math.Log(Open(random)))),
        ("Poisson 3", Poisson),
    ];

    /// <summary>Values in a reference.</summary>
    public const int Reference = 10_000;

    /// <summary>So many values.</summary>
    public static double[] Drawn(Random random, Func<Random, double> draw, int size)
    {
        double[] values = new double[size];
        for (int i = 0; i < size; i++)
        {
            values[i] = draw(random);
        }

        return values;
    }

    /// <summary>Counts of a reference on its own quantile bins.</summary>
    /// <param name="values">In any order; sorted in place.</param>
    public static BinCounter Counted(double[] values, int bins)
    {
        BinCounter counter = new(QuantileEdges.Of(values, bins));
        Record(counter, values);
        return counter;
    }

    /// <summary>Counts of a window on the bins of its reference.</summary>
    public static BinCounter Counted(ReadOnlySpan<double> window, BinCounter reference)
    {
        BinCounter counter = new(reference.Edges);
        Record(counter, window);
        return counter;
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

    private static void Record(BinCounter counter, ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            counter.Record(value);
        }
    }

    // Neither end: of a billion draws some are 0, and what is divided by its logarithm would be infinite.
    private static double Open(Random random)
    {
        double drawn = 0;
        while (drawn == 0)
        {
            drawn = random.NextDouble();
        }

        return drawn;
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
