using EdgeRuntime.Fleet.Ingest;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Ingest;

public sealed class SequenceRangesTests
{
    private static readonly long Over = (long)SequenceRanges.Patience.TotalMilliseconds + 1;

    [Fact]
    public void A_number_is_new_once()
    {
        SequenceRanges ranges = new();

        Assert.True(ranges.Add(1, 0));
        Assert.False(ranges.Add(1, 0));
        Assert.False(ranges.Add(0, 0));
        Assert.False(ranges.Add(-5, 0));
    }

    [Fact]
    public void The_acknowledgement_stops_before_a_gap_and_jumps_when_it_is_filled()
    {
        SequenceRanges ranges = new();
        foreach (long sequence in new long[] { 1, 2, 4, 5 })
        {
            ranges.Add(sequence, 0);
        }

        Assert.Equal(2, ranges.Contiguous(0));
        ranges.Add(3, 0);
        Assert.Equal(5, ranges.Contiguous(0));
        Assert.Equal("1-5", ranges.ToString());
    }

    [Fact]
    public void A_gap_that_is_never_filled_is_given_up_when_patience_is_over_and_counted()
    {
        SequenceRanges ranges = new();
        ranges.Add(1, 0);
        ranges.Add(5, 0);

        Assert.Equal(1, ranges.Contiguous(Over - 1));
        Assert.Equal(5, ranges.Contiguous(Over));
        Assert.Equal(3, ranges.GivenUp);
        Assert.False(ranges.Add(3, Over));
    }

    [Fact]
    public void A_manager_that_begins_in_the_middle_of_a_boot_acknowledges_after_patience()
    {
        SequenceRanges ranges = new();
        ranges.Add(500, 0);

        Assert.Equal(0, ranges.Contiguous(0));
        Assert.Equal(500, ranges.Contiguous(Over));
    }

    [Fact]
    public void Ranges_survive_being_written_and_read()
    {
        SequenceRanges ranges = new();
        foreach (long sequence in new long[] { 1, 2, 7, 9 })
        {
            ranges.Add(sequence, 0);
        }

        SequenceRanges read = SequenceRanges.Parse(ranges.ToString(), 0);

        Assert.Equal("1-2 7-7 9-9", read.ToString());
        Assert.False(read.Add(7, 0));
        Assert.True(read.Add(8, 0));
        Assert.Equal("1-2 7-9", read.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public void Whatever_the_order_every_number_is_new_exactly_once(int seed)
    {
        Random random = new(seed);
        SequenceRanges ranges = new();
        HashSet<long> seen = [];
        long next = 1;
        for (int step = 0; step < 20_000; step++)
        {
            // Mostly in order, some late within the bound of ranges, some repeated.
            long sequence = random.Next(4) == 0 ? Math.Max(1, next - random.Next(1, 40)) : next++;

            Assert.Equal(seen.Add(sequence), ranges.Add(sequence, 0));
        }

        Assert.Equal(0, ranges.GivenUp);
        Assert.Equal($"1-{next - 1}", ranges.ToString());
    }

    [Fact]
    public void More_gaps_than_are_kept_close_the_oldest()
    {
        SequenceRanges ranges = new();
        for (int i = 0; i <= SequenceRanges.MaxRanges; i++)
        {
            ranges.Add(1 + (2 * i), 0);
        }

        Assert.Equal(SequenceRanges.MaxRanges, ranges.ToString().Split(' ').Length);
        Assert.Equal(1, ranges.GivenUp);
        Assert.StartsWith("1-3 ", ranges.ToString(), StringComparison.Ordinal);
    }
}
