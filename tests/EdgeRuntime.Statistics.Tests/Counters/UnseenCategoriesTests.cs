using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Statistics.Tests.Counters;

public sealed class UnseenCategoriesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_many_windows_told_is_in_any_order_what_all_values_together_tell(int seed)
    {
        Random random = new(seed);
        CategoryCounter pooled = new([1, 2, 3]);
        CategoryCounter[] windows = [.. Enumerable.Range(0, 200).Select(_ => new CategoryCounter([1, 2, 3]))];
        foreach (CategoryCounter window in windows)
        {
            for (int i = random.Next(1, 200); i > 0; i--)
            {
                double value = random.Next(4) == 0 ? 77 : random.Next(1, 50);
                window.Record(value);
                pooled.Record(value);
            }
        }

        random.Shuffle(windows);
        UnseenCategories sum = Sum(windows);

        Assert.Equal(pooled.Unseen, sum.Count);
        Assert.Equal(pooled.Distinct.Registers, sum.Distinct.Registers);
        Assert.Equal(pooled.Others.Counts, sum.Others.Counts);
        Assert.Equal(77, sum.Heaviest()[0].Value);
        Assert.InRange(windows.Length, 1, sum.Heaviest()[0].AtLeast);
        Assert.True(sum.Heaviest()[0].AtLeast <= sum.Others.AtMost(77));
    }

    [Fact]
    public void What_no_values_have_is_refused_and_nothing_of_it_is_added()
    {
        CategoryCounter counter = new([]);
        Array.ForEach([5, 5, 8, 9.5], value => counter.Record(value));
        (long[] registers, long[] places, (double Value, long AtLeast)[] named) = Told(counter);
        UnseenCategories sum = Sum([counter]);

        long[] uneven = [.. places];
        uneven[Array.FindIndex(uneven, count => count > 0)]--;
        long[] tooHigh = [.. registers];
        tooHigh[0] = 58;
        Assert.Throws<FormatException>(() => sum.Add(registers.AsSpan(1), places, named));
        Assert.Throws<FormatException>(() => sum.Add(registers, places.AsSpan(1), named));
        Assert.Throws<FormatException>(() => sum.Add(registers, uneven, named));
        Assert.Throws<FormatException>(() => sum.Add(tooHigh, places, named));
        Assert.Throws<FormatException>(() => sum.Add([.. registers.Select(_ => 300L)], places, named));
        Assert.Throws<FormatException>(() => sum.Add([.. registers.Select(_ => 1L)], places, named));
        Assert.Throws<FormatException>(() => sum.Add(new long[registers.Length], places, named));
        Assert.Throws<FormatException>(() => sum.Add(registers, places, [(5, 3)]));
        Assert.Throws<FormatException>(() => sum.Add(registers, places, [(5, 1), (5, 1)]));
        Assert.Throws<FormatException>(() => sum.Add(registers, places, [(double.NaN, 1)]));
        Assert.Throws<FormatException>(() => sum.Add(registers, places, [(5, 0)]));

        Assert.Equal(4, sum.Count);
        Assert.Equal(counter.Distinct.Registers, sum.Distinct.Registers);
        Assert.Equal([(5, 2L), (8, 1L), (9.5, 1L)], sum.Heaviest());
    }

    [Fact]
    public void Of_more_values_than_can_be_named_those_that_came_most_stay()
    {
        UnseenCategories sum = new();
        for (int value = 0; value < 200; value++)
        {
            CategoryCounter counter = new([]);
            for (int i = 0; i <= value % 100; i++)
            {
                counter.Record(value);
            }

            (long[] registers, long[] places, (double Value, long AtLeast)[] named) = Told(counter);
            sum.Add(registers, places, named);
        }

        Assert.Equal(UnseenCategories.MostNamed, sum.Heaviest().Count);
        Assert.Equal([(99, 100L), (199, 100L), (98, 99L)], sum.Heaviest().Take(3));
        Assert.Equal(2 * 5050, sum.Count);
    }

    private static UnseenCategories Sum(IEnumerable<CategoryCounter> windows)
    {
        UnseenCategories sum = new();
        foreach (CategoryCounter window in windows)
        {
            (long[] registers, long[] places, (double Value, long AtLeast)[] named) = Told(window);
            sum.Add(registers, places, named);
        }

        return sum;
    }

    private static (long[] Registers, long[] Places, (double Value, long AtLeast)[] Named) Told(CategoryCounter counter) =>
        (Array.ConvertAll(counter.Distinct.Registers.ToArray(), register => (long)register), counter.Others.Counts.ToArray(),
            [.. counter.Heaviest.Heaviest().Select(pair => (pair.Value, pair.Least))]);
}
