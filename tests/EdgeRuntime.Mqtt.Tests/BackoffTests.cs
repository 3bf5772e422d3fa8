using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

public sealed class BackoffTests
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(20_260_101)]
    public void Waits_fill_the_whole_range_below_a_ceiling_that_doubles(int seed)
    {
        double[] ceilings = [2, 4, 8, 16, 32, 60, 60, 60];
        double[] longest = new double[ceilings.Length];
        double[] shortest = [.. ceilings];
        Random random = new(seed);

        for (int run = 0; run < 1000; run++)
        {
            Backoff backoff = new(Shortest, Longest, random);
            for (int i = 0; i < ceilings.Length; i++)
            {
                double wait = backoff.Next().TotalSeconds;
                longest[i] = Math.Max(longest[i], wait);
                shortest[i] = Math.Min(shortest[i], wait);
            }
        }

        for (int i = 0; i < ceilings.Length; i++)
        {
            Assert.InRange(shortest[i], 1, 1 + (0.02 * ceilings[i]));
            Assert.InRange(longest[i], 0.98 * ceilings[i], ceilings[i]);
        }
    }

    [Fact]
    public void Only_a_connection_that_lasted_forgives_the_failures_before_it()
    {
        Backoff backoff = new(Shortest, Longest, new AlmostOne());
        for (int i = 0; i < 10; i++)
        {
            _ = backoff.Next();
        }

        backoff.Lasted(TimeSpan.FromSeconds(9));
        double afterAShortOne = backoff.Next().TotalSeconds;
        backoff.Lasted(TimeSpan.FromSeconds(10));
        double afterALongOne = backoff.Next().TotalSeconds;

        Assert.Equal(60, afterAShortOne, 0.001);
        Assert.Equal(2, afterALongOne, 0.001);
    }

    [Fact]
    public void A_thousand_failures_still_wait_the_longest_time()
    {
        Backoff backoff = new(Shortest, Longest, new AlmostOne());

        double wait = 0;
        for (int i = 0; i < 1000; i++)
        {
            wait = backoff.Next().TotalSeconds;
        }

        Assert.Equal(60, wait, 0.001);
    }

    private sealed class AlmostOne : Random
    {
        public override double NextDouble() => 0.999999999;
    }
}
