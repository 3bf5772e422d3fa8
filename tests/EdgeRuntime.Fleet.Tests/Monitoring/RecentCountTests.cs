using EdgeRuntime.Fleet.Monitoring;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Monitoring;

public sealed class RecentCountTests
{
    [Fact]
    public void What_is_older_than_the_span_no_longer_counts()
    {
        RecentCount count = new(seconds: 10);
        count.Add(3, 0);
        count.Add(4, 5_000);

        Assert.Equal(7, count.Total(9_999));
        Assert.Equal(4, count.Total(10_000));
        Assert.Equal(0, count.Total(15_000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_agrees_with_counting_every_entry(int seed)
    {
        Random random = new(seed);
        RecentCount count = new(seconds: 7);
        List<(long Ms, long Count)> entries = [];
        long now = 1_767_225_600_000;
        for (int step = 0; step < 2000; step++)
        {
            now += random.Next(3000);
            long added = random.Next(5);
            count.Add(added, now);
            entries.Add((now, added));

            Assert.Equal(entries.Where(e => e.Ms / 1000 > (now / 1000) - 7).Sum(e => e.Count), count.Total(now));
        }
    }
}
