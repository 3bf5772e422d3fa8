namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Independent standard normal values, by the method of Box and Muller.</summary>
internal sealed class NormalStream(int seed)
{
    private readonly Random _random = new(seed);

    public double Next() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    public double[] Take(int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Next();
        }

        return values;
    }
}
