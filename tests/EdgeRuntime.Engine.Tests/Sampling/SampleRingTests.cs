using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

public sealed class SampleRingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(8, 4)]
    public void Whatever_the_order_of_calls_it_holds_what_a_plain_queue_would(int capacity, int seed)
    {
        Random random = new(seed);
        SampleRing<Cell> ring = new(capacity, () => new Cell());
        Queue<long> expected = new();
        for (long value = 1; value <= 20_000; value++)
        {
            switch (random.Next(3))
            {
                case 0:
                    ring.Writing.Set(value);
                    Assert.Equal(expected.Count == capacity, ring.Write());
                    expected.Enqueue(value);
                    if (expected.Count > capacity)
                    {
                        expected.Dequeue();
                    }

                    break;
                case 1:
                    ring.Writing.Set(value);
                    Assert.Equal(expected.Count < capacity, ring.TryWrite());
                    if (expected.Count < capacity)
                    {
                        expected.Enqueue(value);
                    }

                    break;
                default:
                    Assert.Equal(expected.Count > 0, ring.TryTake(out Cell taken));
                    Assert.True(expected.Count == 0 || taken.Value == expected.Dequeue());
                    break;
            }

            Assert.Equal(expected.Count, ring.Waiting);
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(4, false)]
    public void Between_two_threads_every_value_is_taken_once_or_reported_dropped_and_none_is_torn(int capacity, bool evicts)
    {
        const int Values = 300_000;
        SampleRing<Cell> ring = new(capacity, () => new Cell());
        long dropped = 0;
        int done = 0;
        Thread writer = new(() =>
        {
            for (long value = 1; value <= Values; value++)
            {
                ring.Writing.Set(value);
                dropped += (evicts ? ring.Write() : !ring.TryWrite()) ? 1 : 0;
            }

            Volatile.Write(ref done, 1);
        });
        writer.Start();

        long taken = 0;
        long last = 0;
        bool inOrder = true;
        bool whole = true;
        while (true)
        {
            bool wasDone = Volatile.Read(ref done) == 1;
            if (ring.TryTake(out Cell cell))
            {
                whole &= cell.IsWhole;
                inOrder &= cell.Value > last;
                last = cell.Value;
                taken++;
            }
            else if (wasDone)
            {
                break;
            }
        }

        writer.Join();
        Assert.True(whole, "a value was overwritten while it was read");
        Assert.True(inOrder, "values were taken out of order, or twice");
        Assert.Equal(Values, taken + dropped);
    }

    [Fact]
    public void Writing_and_taking_allocate_nothing()
    {
        SampleRing<Cell> ring = new(2, () => new Cell());
        Exercise(ring, 100);

        Assert.Equal(0, Allocated.By(() => Exercise(ring, 100_000)));
    }

    private static void Exercise(SampleRing<Cell> ring, int times)
    {
        for (int i = 0; i < times; i++)
        {
            ring.Writing.Set(i);
            ring.Write();
            ring.TryWrite();
            if (i % 3 == 0)
            {
                ring.TryTake(out _);
            }
        }
    }

    private sealed class Cell
    {
        private readonly long[] _copies = new long[16];

        public long Value => _copies[0];

        public bool IsWhole => Array.TrueForAll(_copies, copy => copy == _copies[0]);

        public void Set(long value) => Array.Fill(_copies, value);
    }
}
