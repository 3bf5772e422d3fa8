namespace EdgeRuntime.Statistics.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Every_bucket_begins_where_the_one_before_ends()
    {
        long next = 0;
        for (int bucket = 0; bucket < LatencyHistogram.BucketCount; bucket++)
        {
            (long low, long high) = LatencyHistogram.RangeOf(bucket);

            Assert.Equal(next, low);
            Assert.Equal(bucket, LatencyHistogram.BucketOf(low));
            Assert.Equal(bucket, LatencyHistogram.BucketOf(high));
            next = high + 1;
        }

        // The last bucket ends at the largest number there is.
        Assert.Equal(long.MinValue, next);
    }

    [Fact]
    public void A_bucket_is_at_most_a_thirty_second_of_its_values_wide_up_to_a_hundred_seconds()
    {
        int last = LatencyHistogram.BucketOf(100_000_000_000);

        for (int bucket = 1; bucket <= last; bucket++)
        {
            (long low, long high) = LatencyHistogram.RangeOf(bucket);
            Assert.True((high - low) * 32 <= low, $"bucket {bucket}: {low} to {high}");
        }

        Assert.True(last < LatencyHistogram.BucketCount - 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(0.999)]
    [InlineData(0.9999)]
    [InlineData(1)]
    public void A_quantile_is_never_below_the_ranked_value_and_at_most_a_thirty_second_above(double q)
    {
        Random random = new(20_260_101);
        long[] values = new long[100_007];
        LatencyHistogram histogram = new();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (long)Math.Exp(random.NextDouble() * 25);
            histogram.Record(values[i]);
        }

        Array.Sort(values);
        long exact = values[Math.Max((int)Math.Ceiling(q * values.Length), 1) - 1];

        long answer = histogram.Quantile(q);

        Assert.InRange(answer, exact, exact + (exact / 32));
    }

    [Fact]
    public void The_rank_of_a_quantile_is_not_pushed_up_by_rounding()
    {
        LatencyHistogram histogram = new();
        for (int value = 1; value <= 100; value++)
        {
            histogram.Record(value <= 7 ? value : 1_000);
        }

        Assert.Equal(7, histogram.Quantile(0.07));
    }

    [Fact]
    public void The_rank_of_p99_99_is_right_for_any_number_of_values()
    {
        for (long tens = 1; tens <= 20_000_000_000; tens = (tens * 3) + 1)
        {
            LatencyHistogram histogram = new();

            // 9999 of 10,000 are 7 ns; the next rank is 1 ms.
            histogram.AddSparse(
                [LatencyHistogram.BucketOf(7), LatencyHistogram.BucketOf(1_000_000)], [9_999 * tens, tens], 1_000_000);

            Assert.Equal(7, histogram.Quantile(0.9999));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    public void Merging_parts_in_any_order_equals_recording_everything_in_one(int seed)
    {
        Random random = new(seed);
        LatencyHistogram whole = new();
        LatencyHistogram[] parts = [new(), new(), new(), new()];
        for (int i = 0; i < 5_000; i++)
        {
            long value = (long)Math.Exp(random.NextDouble() * 28);
            whole.Record(value);
            parts[random.Next(parts.Length)].Record(value);
        }

        random.Shuffle(parts);
        LatencyHistogram merged = new();
        foreach (LatencyHistogram part in parts)
        {
            merged.Add(part);
        }

        Assert.True(whole.Counts.SequenceEqual(merged.Counts), $"seed {seed}");
        Assert.Equal(whole.Count, merged.Count);
        Assert.Equal(whole.Max, merged.Max);
    }

    [Fact]
    public void The_sparse_form_carries_everything()
    {
        LatencyHistogram histogram = new();
        foreach (long value in (long[])[0, 1, 31, 32, 33, 1_000_000, 1_000_001, 5_000_000_000, 900_000_000_000])
        {
            histogram.Record(value);
        }

        int[] buckets = new int[LatencyHistogram.BucketCount];
        long[] counts = new long[LatencyHistogram.BucketCount];
        int filled = histogram.CopySparse(buckets, counts);
        LatencyHistogram copy = new();
        copy.AddSparse(buckets[..filled], counts[..filled], histogram.Max);

        Assert.Equal(8, filled);
        Assert.True(histogram.Counts.SequenceEqual(copy.Counts));
        Assert.Equal(9, copy.Count);
        Assert.Equal(900_000_000_000, copy.Max);
    }

    [Theory]
    [InlineData(new[] { 3, 2 }, new long[] { 1, 1 }, 2, "histogram bucket 2 at position 1 is not ascending within 0 to 1055")]
    [InlineData(new[] { 3, 3 }, new long[] { 1, 1 }, 3, "histogram bucket 3 at position 1 is not ascending within 0 to 1055")]
    [InlineData(new[] { 1056 }, new long[] { 1 }, 3, "histogram bucket 1056 at position 0 is not ascending within 0 to 1055")]
    [InlineData(new[] { -1 }, new long[] { 1 }, 3, "histogram bucket -1 at position 0 is not ascending within 0 to 1055")]
    [InlineData(new[] { 3 }, new long[] { -1 }, 3, "histogram count -1 at position 0 is negative or too large")]
    [InlineData(new[] { 3, 4 }, new long[] { 1, long.MaxValue }, 4, "histogram count 9223372036854775807 at position 1 is negative or too large")]
    [InlineData(new[] { 3 }, new long[] { 1, 1 }, 3, "histogram has 1 bucket numbers and 2 counts")]
    [InlineData(new int[0], new long[0], 4, "histogram maximum of 4 ns is not in the last bucket that holds a value")]
    [InlineData(new[] { 3 }, new long[] { 1 }, 4, "histogram maximum of 4 ns is not in the last bucket that holds a value")]
    public void A_sparse_form_that_describes_no_histogram_is_refused_and_adds_nothing(
        int[] buckets, long[] counts, long max, string sentence)
    {
        LatencyHistogram histogram = new();

        FormatException refusal = Assert.Throws<FormatException>(() => histogram.AddSparse(buckets, counts, max));

        Assert.Equal(sentence, refusal.Message);
        Assert.Equal(0, histogram.Count);
        Assert.Equal(0, histogram.Max);
    }

    [Fact]
    public void The_interval_of_a_quantile_holds_the_true_one_about_as_often_as_it_says()
    {
        Random random = new(4);
        const int Rounds = 2_000;
        int held = 0;
        for (int round = 0; round < Rounds; round++)
        {
            LatencyHistogram histogram = new();
            for (int i = 0; i < 1_000; i++)
            {
                histogram.Record(random.Next(1_000_000));
            }

            (long low, long high) = histogram.QuantileInterval(0.9, 0.95);
            held += low <= 900_000 && high >= 900_000 ? 1 : 0;
        }

        // Buckets and whole ranks only widen the interval: 95 % or a little more.
        Assert.InRange((double)held / Rounds, 0.94, 1);
    }

    [Fact]
    public void A_negative_duration_counts_as_zero_and_an_empty_histogram_answers_zero()
    {
        LatencyHistogram histogram = new();
        Assert.Equal(0, histogram.Quantile(0.99));

        histogram.Record(-5);

        Assert.Equal(1, histogram.Counts[0]);
        Assert.Equal(0, histogram.Max);
    }

    [Fact]
    public void Clearing_leaves_nothing_behind()
    {
        LatencyHistogram histogram = new();
        histogram.Record(123_456);

        histogram.Clear();

        Assert.Equal(0, histogram.Count);
        Assert.Equal(0, histogram.Max);
        Assert.False(histogram.Counts.ContainsAnyExcept(0));
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        LatencyHistogram histogram = new();

        long bytes = Allocated.By(() =>
        {
            for (long value = 0; value < 100_000; value++)
            {
                histogram.Record(value * value);
            }
        });

        Assert.Equal(0, bytes);
    }
}
