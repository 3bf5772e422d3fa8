using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Tests;

/// <summary>Reads sensors the way tests want to look at them.</summary>
public static class Frames
{
    public static Dictionary<string, double> ReadByName(this ISensor sensor)
    {
        double[] frame = new double[sensor.Channels.Count];
        Assert.True(sensor.TryRead(frame, out _), "a frame is due");
        return sensor.Channels.Zip(frame).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    public static double[] ReadFrame(this ISensor sensor) => sensor.ReadFrame(out _);

    public static double[] ReadFrame(this ISensor sensor, out FrameTime time)
    {
        double[] frame = new double[sensor.Channels.Count];
        Assert.True(sensor.TryRead(frame, out time), "a frame is due");
        return frame;
    }

    /// <summary>
    /// Managed bytes this thread allocates while it takes <paramref name="frames"/> frames, without the two that took the most: the
    /// runtime itself allocates now and then, on whatever thread is at hand.
    /// </summary>
    public static long AllocatedOver(this ISensor sensor, int frames, FakeClock clock, double secondsBetween)
    {
        double[] frame = new double[sensor.Channels.Count];
        for (int i = 0; i < 100; i++)
        {
            clock.Advance(secondsBetween);
            sensor.TryRead(frame, out _);
        }

        long[] allocated = new long[frames];
        for (int i = 0; i < frames; i++)
        {
            clock.Advance(secondsBetween);
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool read = sensor.TryRead(frame, out _);
            allocated[i] = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(read, $"frame {i} was not due");
        }

        return allocated.Order().SkipLast(2).Sum();
    }
}
