using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Tests.Sketches;

public sealed class DDSketchTests
{
    private static readonly double[] Quantiles = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

    /// <summary>The kinds of data that the authors' own implementation is tested with (sketches-py, tests/datasets.py), by name.</summary>
    public static TheoryData<string> Kinds =>
    [
        "backwards", "forwards", "constant", "negative constant", "zeros", "bimodal", "exponential", "integers", "lognormal",
        "mixed signs", "negative backwards", "negative forwards", "normal", "laplace", "numbers about zero", "trimodal", "uniform",
        "zoom in", "zoom out",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_quantile_of_every_kind_of_data_is_within_the_accuracy_however_it_was_merged(string kind)
    {
        const double Accuracy = 0.05;
        foreach (int size in (int[])[3, 5, 10, 100, 1000])
        {
            double[] values = Values(kind, size);
            DDSketch sketch = new(Accuracy, 2048);
            DDSketch even = new(Accuracy, 2048);
            DDSketch odd = new(Accuracy, 2048);
            for (int i = 0; i < size; i++)
            {
                sketch.Record(values[i]);
                (i % 3 == 0 ? even : odd).Record(values[i]);
            }

            odd.Add(even);

            Array.Sort(values);
            foreach (double q in Quantiles)
            {
                double expected = values[(int)(q * (size - 1))];
                Assert.True(
                    Math.Abs(sketch.Quantile(q) - expected) <= (Accuracy * Math.Abs(expected) * (1 + 1e-12)) + 1e-15,
                    $"{kind}, {size} values, q {q}: {sketch.Quantile(q)} for {expected}");
                Assert.Equal(sketch.Quantile(q), odd.Quantile(q));
            }
        }
    }

    // The offsets are those of the authors' tests (sketches-py, tests/test_mapping.py).
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(-12.23, -12)]
    [InlineData(7768.3, 7768)]
    public void The_key_of_one_is_the_whole_part_of_the_offset(double offset, int expected) =>
        Assert.Equal(expected, new LogarithmicMapping(0.02, offset).KeyOf(1));

    [Fact]
    public void A_key_stands_for_a_value_of_its_own_class_over_the_whole_range_of_doubles()
    {
        LogarithmicMapping mapping = new(0.02);
        Random random = new(3);
        for (int i = 0; i < 20_000; i++)
        {
            double value = Math.Exp((random.NextDouble() * 1416) - 707.5);

            double back = mapping.ValueOf(mapping.KeyOf(value));

            Assert.True(Math.Abs(back - value) <= 0.02 * value * (1 + 1e-9), $"{value} became {back}");
        }

        Assert.True(double.IsFinite(mapping.ValueOf(mapping.KeyOf(double.MaxValue))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_merged_in_any_order_are_the_pooled_sketch_also_where_small_values_collapse(int seed)
    {
        Random random = new(seed);
        DDSketch pooled = new(0.02, 64);
        DDSketch[] parts = [.. Enumerable.Range(0, 20).Select(_ => new DDSketch(0.02, 64))];
        for (int i = 0; i < 5_000; i++)
        {
            // Six decades: far more than 64 classes reach over, and the largest come late and in few parts.
            double magnitude = Math.Exp(random.NextDouble() * 14 * i / 5_000);
            double value = random.Next(50) == 0 ? 0 : random.Next(60) == 0 ? double.NaN : random.Next(3) == 0 ? -magnitude : magnitude;
            pooled.Record(value);
            parts[random.Next(parts.Length)].Record(value);
        }

        random.Shuffle(parts);
        DDSketch merged = new(0.02, 64);
        foreach (DDSketch part in parts)
        {
            if (random.Next(2) == 0)
            {
                merged.Add(part);
            }
            else
            {
                SketchCounts.Of(part).AddTo(merged);
            }
        }

        Assert.True(pooled.Collapsed > 0);
        AssertSame(SketchCounts.Of(pooled), SketchCounts.Of(merged));
    }

    [Fact]
    public void Classes_come_in_ascending_order_and_hold_every_value()
    {
        DDSketch sketch = new();
        foreach (double value in (double[])[-3, 5, 0, 0, -300, 5, 1e-3])
        {
            sketch.Record(value);
        }

        double[] values = new double[sketch.MostClasses];
        long[] counts = new long[sketch.MostClasses];
        int written = sketch.CopyClasses(values, counts);

        Assert.Equal([1, 1, 2, 1, 2], counts[..written]);
        Assert.Equal(values[..written].Order(), values[..written]);
    }

    [Fact]
    public void Counts_that_no_sketch_has_are_refused_and_leave_it_as_it_was()
    {
        SketchCounts right = new() { PositiveKeys = [1, 64], PositiveCounts = [3, 4], PositiveCollapsed = 3 };
        (string Why, SketchCounts Counts)[] wrong =
        [
            ("1 positive keys for 0 counts", new() { PositiveKeys = [1] }),
            ("negative key 1 at position 1", new() { NegativeKeys = [1, 1], NegativeCounts = [1, 1] }),
            ("positive key -2147483648", new() { PositiveKeys = [int.MinValue], PositiveCounts = [1] }),
            ("positive count 0", new() { PositiveKeys = [1], PositiveCounts = [0] }),
            ("positive count", new() { PositiveKeys = [1, 2], PositiveCounts = [long.MaxValue, long.MaxValue] }),
            ("span more than 64 classes", right with { PositiveKeys = [0, 64] }),
            ("4 positive values cannot", right with { PositiveCollapsed = 4 }),
            ("1 negative values cannot", right with { NegativeCollapsed = 1 }),
            ("a count is impossible", right with { Zeros = -1 }),
            ("a list is missing", right with { NegativeKeys = null! }),
        ];
        DDSketch sketch = new(0.02, 64);
        right.AddTo(sketch);

        foreach ((string why, SketchCounts counts) in wrong)
        {
            Assert.Contains(why, Assert.Throws<FormatException>(() => counts.AddTo(sketch)).Message, StringComparison.Ordinal);
        }

        AssertSame(right, SketchCounts.Of(sketch));
        Assert.Throws<ArgumentException>(() => sketch.Add(new DDSketch(0.01, 64)));
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        DDSketch sketch = new();

        long bytes = Allocated.By(() =>
        {
            for (int i = -1_000; i < 1_000; i++)
            {
                sketch.Record(i * 0.37);
            }
        });

        Assert.Equal(0, bytes);
    }

    private static void AssertSame(SketchCounts expected, SketchCounts actual)
    {
        Assert.Equal(expected.PositiveKeys, actual.PositiveKeys);
        Assert.Equal(expected.PositiveCounts, actual.PositiveCounts);
        Assert.Equal(expected.NegativeKeys, actual.NegativeKeys);
        Assert.Equal(expected.NegativeCounts, actual.NegativeCounts);
        Assert.Equal(
            (expected.Zeros, expected.Missing, expected.PositiveCollapsed, expected.NegativeCollapsed),
            (actual.Zeros, actual.Missing, actual.PositiveCollapsed, actual.NegativeCollapsed));
    }

    private static double[] Values(string kind, int size)
    {
        Random random = new(size);
        return [.. Enumerable.Range(0, size).Select(i => Value(kind, i, size, random))];
    }

    private static double Value(string kind, int i, int size, Random random) => kind switch
    {
        "backwards" => size - i,
        "forwards" => i,
        "constant" => 42,
        "negative constant" => -42,
        "zeros" => 0,
        "bimodal" => Normal(random) + (random.Next(2) == 0 ? 17.3 : -2.0),
        "exponential" => -Math.Log(1 - random.NextDouble()) / 0.5,
        "integers" => Math.Round((Normal(random) * 2) + 4),
        "lognormal" => Math.Exp(Normal(random) * 4 / 2),
        "mixed signs" => ((Normal(random) * 10) + 1) * (i % 2 == 0 ? 1 : -1),
        "negative backwards" => -(size - i),
        "negative forwards" => -i,
        "normal" => 37.4 + (Normal(random) * 1.0),
        "laplace" => (random.Next(2) == 0 ? 1 : -1) * -Math.Log(1 - random.NextDouble()) * 2,
        "numbers about zero" => i - (size / 2),
        "trimodal" => (Normal(random) * 0.3) + (10 * random.Next(3)),
        "uniform" => random.NextDouble(),
        "zoom in" => i % 2 == 0 ? i / 2 : size - (i / 2) - 1,
        _ => i % 2 == 0 ? (size / 2) - (i / 2) : (size / 2) + (i / 2),
    };

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
