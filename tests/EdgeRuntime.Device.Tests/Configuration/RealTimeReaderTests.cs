using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Tests.Configuration;

public sealed class RealTimeReaderTests
{
    [Fact]
    public void Every_real_time_setting_is_read()
    {
        RealTimeOptions? options = Read("""
            {
              "scheduler": "fifo", "priority": 60, "cores": [2, 3], "lock_memory": "touched", "isolate_loader": true, "isolate_telemetry": true,
              "wait": "portable", "collection": "concurrent", "allocation_bytes_per_s": 65536
            }
            """, out Mistakes mistakes);

        Assert.Empty(mistakes.Lines());
        Assert.Equal([2, 3], options!.Cores);
        Assert.Equal(
            new RealTimeOptions
            {
                Scheduler = PathScheduler.Fifo,
                Priority = 60,
                Cores = options.Cores,
                LockMemory = MemoryLock.Touched,
                IsolateLoader = true,
                IsolateTelemetry = true,
                PreciseWait = false,
                Collection = CollectorMode.Concurrent,
                AllocationBytesPerSecond = 65536,
            },
            options);
    }

    [Fact]
    public void An_empty_object_leaves_every_default()
    {
        RealTimeOptions? options = Read("{}", out _);

        Assert.Equal(new RealTimeOptions { Cores = options!.Cores }, options);
        Assert.Empty(options.Cores);
    }

    [Fact]
    public void All_mistakes_are_listed_at_once_with_line_and_column()
    {
        RealTimeOptions? options = Read("""
            { "scheduler": "deadline",
              "priority": 99,
              "cores": [1, 1],
              "lock_memory": true,
              "isolated": true }
            """, out Mistakes mistakes);

        Assert.Null(options);
        Assert.Equal(["1:16", "2:15", "3:12", "4:18", "5:3"], mistakes.Select(mistake => $"{mistake.Position.Line}:{mistake.Position.Column}"));
    }

    private static RealTimeOptions? Read(string text, out Mistakes mistakes)
    {
        mistakes = new Mistakes();
        return JsonFile.Read(Encoding.UTF8.GetBytes(text), "profile.json", mistakes, RealTimeReader.Read);
    }
}
