using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Tests.Sketches;

public sealed class CategorySketchTests
{
    // The bounds of datasketches-cpp's own tests (hll/test): 1,000 distinct values within 3 %, a union of 15,000 within 2 %. Theirs is
    // one draw; here most of many must be within, as a normal error of 1.62 % has it: 94 and 78 of a hundred.
    [Fact]
    public void A_thousand_values_and_the_union_of_two_sketches_are_counted_as_well_as_others_do()
    {
        Assert.Equal(0, new HyperLogLog().Estimate());
        int some = 0;
        int unions = 0;
        for (int round = 0; round < 100; round++)
        {
            double first = 1e6 * round;
            HyperLogLog one = Distinct(12, first, 10_000);
            one.Add(Distinct(12, first + 5_000, 10_000));

            some += Math.Abs(Distinct(12, first, 1_000).Estimate() - 1_000) <= 30 ? 1 : 0;
            unions += Math.Abs(one.Estimate() - 15_000) <= 300 ? 1 : 0;
        }

        Assert.True(some >= 87 && unions >= 66, $"{some} and {unions} of 100");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    public void Over_many_sketches_the_error_is_the_stated_one_at_every_size(int precision)
    {
        foreach (int size in (int[])[20, 300, 4_000])
        {
            double squares = 0;
            const int Rounds = 150;
            for (int round = 0; round < Rounds; round++)
            {
                double error = (Distinct(precision, 1e6 * round, size).Estimate() / size) - 1;
                squares += error * error;
            }

            double stated = new HyperLogLog(precision).StandardError;
            Assert.True(Math.Sqrt(squares / Rounds) <= 1.2 * stated, $"{size} values: {Math.Sqrt(squares / Rounds)} for {stated}");
        }
    }

    [Fact]
    public void Values_that_come_again_and_sketches_that_are_added_again_change_nothing()
    {
        HyperLogLog sketch = Distinct(8, 0, 500);
        byte[] before = sketch.Registers.ToArray();

        sketch.Add(Distinct(8, 100, 300));
        sketch.Add(before);
        sketch.Record(-0.0);

        Assert.Equal(before, sketch.Registers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_count_is_too_small_and_few_are_too_large_by_more_than_the_bound(int seed)
    {
        Random random = new(seed);
        CountMinSketch sketch = new(64);
        Dictionary<double, long> exact = [];
        for (int i = 0; i < 20_000; i++)
        {
            double value = Math.Floor(1_000 * Math.Pow(random.NextDouble(), 4));
            sketch.Record(value);
            exact[value] = exact.GetValueOrDefault(value) + 1;
        }

        Assert.All(exact, pair => Assert.True(sketch.AtMost(pair.Key) >= pair.Value));
        double over = exact.Count(pair => sketch.AtMost(pair.Key) - pair.Value > Math.E * sketch.Count / sketch.Width);
        Assert.True(over / exact.Count <= Math.Exp(-CountMinSketch.Depth), $"{over} of {exact.Count}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_frequent_values_of_a_window_are_found_whatever_comes_between_them(int seed)
    {
        Random random = new(seed);
        MisraGries sketch = new();
        Dictionary<double, long> exact = [];
        for (int i = 0; i < 30_000; i++)
        {
            double value = random.Next(4) == 0 ? random.Next(8) : 1_000 + random.Next(5_000);
            sketch.Record(value);
            exact[value] = exact.GetValueOrDefault(value) + 1;
        }

        Dictionary<double, long> found = sketch.Heaviest().ToDictionary(pair => pair.Value, pair => pair.Least);

        long bound = sketch.Count / (MisraGries.Counters + 1);
        Assert.All(exact.Where(pair => pair.Value > bound), pair => Assert.True(found.ContainsKey(pair.Key)));
        Assert.All(found, pair => Assert.InRange(pair.Value, exact[pair.Key] - bound, exact[pair.Key]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Categories_of_parts_merged_in_any_order_are_those_of_the_whole(int seed)
    {
        Random random = new(seed);
        double[] words = [1, 2, 5, 9];
        CategoryCounter pooled = new(words);
        CategoryCounter[] parts = [.. Enumerable.Range(0, 12).Select(_ => new CategoryCounter(words))];
        for (int i = 0; i < 4_000; i++)
        {
            double value = random.Next(30) == 0 ? double.NaN : random.Next(random.Next(2) == 0 ? 6 : 400);
            pooled.Record(value);
            parts[random.Next(parts.Length)].Record(value);
        }

        random.Shuffle(parts);
        CategoryCounter merged = new(words);
        foreach (CategoryCounter part in parts)
        {
            merged.Add(part);
        }

        Assert.Equal(pooled.Counts, merged.Counts);
        Assert.Equal((pooled.Unseen, pooled.Missing), (merged.Unseen, merged.Missing));
        Assert.Equal(pooled.Others.Counts, merged.Others.Counts);
        Assert.Equal(pooled.Distinct.Registers, merged.Distinct.Registers);
        Assert.Equal(395, merged.Distinct.Estimate(), 60.0);
        Assert.Equal(0, merged.Heaviest.Count);
    }

    [Fact]
    public void What_no_sketch_holds_is_refused_and_changes_nothing()
    {
        HyperLogLog distinct = Distinct(8, 0, 50);
        byte[] registers = distinct.Registers.ToArray();
        CountMinSketch counts = new(16);
        counts.Record(3);

        Assert.Throws<FormatException>(() => distinct.Add(new byte[255]));
        Assert.Throws<FormatException>(() => distinct.Add([.. new byte[255], 58]));
        Assert.Throws<ArgumentException>(() => distinct.Add(new HyperLogLog(9)));
        Assert.Throws<FormatException>(() => counts.Add(new long[63]));
        Assert.Throws<FormatException>(() => counts.Add([1, .. new long[63]]));
        Assert.Throws<FormatException>(() => counts.Add([.. Enumerable.Repeat(-1L, 64)]));
        Assert.Throws<FormatException>(() => counts.Add([.. Enumerable.Repeat(long.MaxValue, 64)]));
        Assert.Throws<ArgumentException>(() => new CategoryCounter([2, 1]));

        Assert.Equal(registers, distinct.Registers);
        Assert.Equal((1, 1), (counts.Count, counts.AtMost(3)));
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        CategoryCounter counter = new([1, 2, 3]);

        long bytes = Allocated.By(() =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                counter.Record(i % 200);
            }
        });

        Assert.Equal(0, bytes);
    }

    private static HyperLogLog Distinct(int precision, double first, int count)
    {
        HyperLogLog sketch = new(precision);
        for (int i = 0; i < count; i++)
        {
            sketch.Record(first + i);
        }

        return sketch;
    }
}
