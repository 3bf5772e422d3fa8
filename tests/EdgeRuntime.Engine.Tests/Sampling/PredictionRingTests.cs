using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

public sealed class PredictionRingTests
{
    [Fact]
    public void What_a_later_model_says_waits_for_its_own_reader()
    {
        PredictionRing ring = new(8);
        ring.Write(Record(1, model: 1));
        ring.Write(Record(2, model: 2));
        ring.Write(Record(3, model: 2));

        List<long> first = ReadAll(ring, newest: 1);
        List<long> second = ReadAll(ring, newest: 2);

        Assert.Equal([1], first);
        Assert.Equal([2, 3], second);
        Assert.Equal(0, ring.Dropped);
    }

    [Fact]
    public void Where_only_changes_are_wanted_a_thousand_other_samples_push_none_of_them_out()
    {
        PredictionRing ring = new(4) { ChangesOnly = true };
        ring.Write(Record(1, model: 1), always: true);
        for (int n = 2; n < 1000; n++)
        {
            ring.Write(Record(n, model: 1));
        }

        ring.Write(Record(1000, model: 1) with { Changed = true });

        Assert.Equal([1, 1000], ReadAll(ring, newest: 1));
        Assert.Equal(0, ring.Dropped);
    }

    private static PredictionRecord Record(long n, int model) => new(n, n, 0, 1, 0, Changed: false, model, n);

    private static List<long> ReadAll(PredictionRing ring, int newest)
    {
        List<long> numbers = [];
        while (ring.TryRead(newest, out PredictionRecord record))
        {
            numbers.Add(record.N);
        }

        return numbers;
    }
}
