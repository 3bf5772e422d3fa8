using EdgeRuntime.Contracts.Protobuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Protobuf;

public sealed class RiceCodeTests
{
    [Fact]
    public void Counts_are_written_as_the_schema_says()
    {
        // By hand: with one low bit 3, 0, 5, 1 are 1|0|1, 0|0, 11|0|1, 0|1: 101 00 1101 01 and padding, fewest of all k.
        Assert.Equal([4, 1, 0b10100110, 0b10100000], RiceCode.Write([3, 0, 5, 1]));
        Assert.Equal([3, 0, 5, 1], RiceCode.Read([4, 1, 0b10100110, 0b10100000]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Counts_come_back_and_34_of_10000_samples_take_45_bytes_at_most_however_they_are_spread(int seed)
    {
        Random random = new(seed);
        int longest = 0;
        for (int round = 0; round < 2_000; round++)
        {
            long[] counts = new long[34];
            double skew = 6 * random.NextDouble();
            for (int i = 0; i < 10_000; i += 20)
            {
                counts[(int)(34 * Math.Pow(random.NextDouble(), 1 + skew))] += 20;
            }

            byte[] bytes = RiceCode.Write(counts);

            Assert.Equal(counts, RiceCode.Read(bytes));
            longest = Math.Max(longest, bytes.Length);
        }

        Assert.InRange(longest, 30, 45);
    }

    [Fact]
    public void The_largest_counts_come_back_and_larger_ones_are_not_written()
    {
        long[] counts = [1L << 55, 0, 1, (1L << 48) - 1];

        Assert.Equal(counts, RiceCode.Read(RiceCode.Write(counts)));
        Assert.Throws<ArgumentException>(() => RiceCode.Write([1L << 57]));
        Assert.Throws<ArgumentException>(() => RiceCode.Write([-1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0000")]
    [InlineData("0131ff")]
    [InlineData("ffffffffffff0f0000")]
    [InlineData("0900ff")]
    [InlineData("0100ff")]
    [InlineData("010940")]
    [InlineData("01004000")]
    public void Bytes_that_are_no_counts_are_refused(string hex) =>
        Assert.Throws<FormatException>(() => RiceCode.Read(Convert.FromHexString(hex)));
}
