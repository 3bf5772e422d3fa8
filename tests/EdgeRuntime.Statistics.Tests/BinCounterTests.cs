namespace EdgeRuntime.Statistics.Tests;

public sealed class BinCounterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    public void A_value_falls_into_the_bin_numbered_by_the_edges_at_or_below_it(int edgeCount)
    {
        double[] edges = [.. Enumerable.Range(0, edgeCount).Select(i => i * 1.5)];

        // On every edge, just beside it, and in between.
        foreach (double near in edges)
        {
            foreach (double value in (double[])[near, Math.BitDecrement(near), Math.BitIncrement(near), near + 0.7, near - 9])
            {
                int expected = edges.Count(edge => edge <= value);

                Assert.Equal(expected, BinCounter.BinOf(edges, value));
            }
        }
    }

    [Fact]
    public void Nan_and_the_infinities_are_missing_and_not_extreme()
    {
        BinCounter counter = new([0, 1]);

        counter.Record(double.NaN);
        counter.Record(double.PositiveInfinity);
        counter.Record(double.NegativeInfinity);
        counter.Record(0.5);

        Assert.Equal([0, 1, 0], counter.Counts);
        Assert.Equal((3, 2), (counter.Missing, counter.Infinite));
        Assert.Equal(1, counter.Total);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Merging_parts_in_any_order_equals_counting_everything_in_one(int seed)
    {
        Random random = new(seed);
        double[] edges = [-1, -0.25, 0, 0.5, 2];
        BinCounter whole = new(edges);
        BinCounter[] parts = [new(edges), new(edges), new(edges)];
        for (int i = 0; i < 3_000; i++)
        {
            double value = random.Next(50) == 0 ? double.NaN : (random.NextDouble() * 6) - 3;
            whole.Record(value);
            parts[random.Next(parts.Length)].Record(value);
        }

        random.Shuffle(parts);
        BinCounter merged = new(edges);
        foreach (BinCounter part in parts)
        {
            merged.Add(part);
        }

        Assert.True(whole.Counts.SequenceEqual(merged.Counts), $"seed {seed}");
        Assert.Equal(whole.Missing, merged.Missing);
        Assert.Equal(whole.Total, merged.Total);
    }

    [Fact]
    public void Counts_on_other_edges_are_refused()
    {
        BinCounter counter = new([0, 1]);
        BinCounter other = new([0, 2]);
        other.Record(1);

        Assert.Throws<ArgumentException>(() => counter.Add(other));

        Assert.Equal(0, counter.Total);
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 1.0, 1.0 })]
    [InlineData(new[] { 2.0, 1.0 })]
    [InlineData(new[] { double.NaN })]
    [InlineData(new[] { 1.0, double.PositiveInfinity })]
    public void Edges_that_do_not_ascend_are_refused(double[] edges) =>
        Assert.Throws<ArgumentException>(() => new BinCounter(edges));

    [Fact]
    public void Clearing_keeps_the_edges_only()
    {
        BinCounter counter = new([0, 1]);
        counter.Record(0.5);
        counter.Record(double.NaN);

        counter.Clear();

        Assert.Equal([0, 0, 0], counter.Counts);
        Assert.Equal(0, counter.Missing);
        Assert.Equal(0, counter.Total);
        Assert.Equal([0, 1], counter.Edges);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        BinCounter counter = new([0, 1, 2, 3]);

        long bytes = Allocated.By(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                counter.Record(i * 0.0001);
            }
        });

        Assert.Equal(0, bytes);
    }
}
