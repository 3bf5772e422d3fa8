using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Onnx;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Bench;

/// <summary>
/// The product's sample path with samples coming three times as fast as the model answers: two threads, one that reads
/// and one that infers, as on the device.
/// </summary>
internal static class OverloadRun
{
    /// <summary>How much faster than the model answers samples come.</summary>
    public const int Factor = 3;

    private const int WarmUp = 2000;
    private const double WarmUpSeconds = 2;

    /// <summary>
    /// Runs and prints one line: <c>due served dropped ageP50 ageP99 inferP50 inferP99 residentFirst residentLast allocated</c>;
    /// nanoseconds and bytes. The ages are those of decisions, from the moment the frame was read.
    /// </summary>
    /// <param name="policy">As in a device's configuration, such as <c>latest_only</c>.</param>
    /// <param name="frames">A file of little-endian doubles, shape [frames, channels].</param>
    public static int Print(string policy, string model, string frames, string library, string seconds)
    {
        OverloadPolicy chosen = policy switch
        {
            "drop_oldest" => OverloadPolicy.DropOldest,
            "drop_newest" => OverloadPolicy.DropNewest,
            "every_nth" => OverloadPolicy.EveryNth,
            "latest_only" => OverloadPolicy.LatestOnly,
            _ => throw new BenchException($"'{policy}' is no policy with a queue"),
        };
        StepPackage step = StepPackage.Keywords;
        OnnxEnvironment environment = OnnxEnvironment.Open(library);
        double[] values = StepWorker.FramesOf(frames);
        double alone = StepNanoseconds(step, model, environment, values);
        using PacedFrames sensor = new(values, step.Channels, step.RateHz, alone / Factor);
        using LoadedModel loaded = StepWorker.Load(step, model, environment, sensor, out FeaturePipeline pipeline);
        ServingModel serving = new(loaded, pipeline, trial: null);
        Result result = Run(serving, sensor, chosen, double.Parse(seconds, CultureInfo.InvariantCulture));
        LatencyHistogram age = result.Ledger[LatencyStage.EndToEnd];
        LatencyHistogram infer = result.Ledger[LatencyStage.Infer];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Due} {result.Served} {result.Dropped} {age.Quantile(0.5)} {age.Quantile(0.99)} {infer.Quantile(0.5)} {infer.Quantile(0.99)} {result.ResidentFirst} {result.ResidentLast} {result.Allocated}"));
        return 0;
    }

    // What the model can do by itself: the median inference of the path with nothing else going on.
    private static double StepNanoseconds(StepPackage step, string model, OnnxEnvironment environment, double[] values)
    {
        using RepeatedFrames sensor = new(values, step.Channels, step.RateHz);
        using LoadedModel loaded = StepWorker.Load(step, model, environment, sensor, out FeaturePipeline pipeline);
        PredictionRing ring = new(16);
        SamplePath path = new(step.Name, TimeProvider.System, ring, new PathOptions());
        SensorFeed feed = new(new FrameSource(sensor), TimeProvider.System, [path]);
        ServingModel serving = new(loaded, pipeline, trial: null);
        path.Offer(serving);
        for (int i = 0; i < WarmUp; i++)
        {
            feed.Step();
        }

        LatencyLedger ledger = new();
        serving.AddLiveTo(ledger);
        return ledger[LatencyStage.Infer].Quantile(0.5);
    }

    private static Result Run(ServingModel serving, ISensor sensor, OverloadPolicy policy, double seconds)
    {
        PredictionRing ring = new(1024);
        SamplePath path = new("overload", TimeProvider.System, ring, new PathOptions
        {
            Window = TimeSpan.FromSeconds(1),
            Overload = new OverloadOptions { Policy = policy, Nth = 2 },
        });
        SensorFeed feed = new(new FrameSource(sensor), TimeProvider.System, [path]);
        path.Offer(serving);
        int reading = 1;
        int inferring = 1;
        Thread reader = new(() =>
        {
            while (Volatile.Read(ref reading) == 1)
            {
                feed.Step();
            }
        });
        Thread server = new(() =>
        {
            while (Volatile.Read(ref inferring) == 1)
            {
                path.ServeNext();
            }
        });
        reader.Start();
        server.Start();

        // This thread is telemetry: it empties what the path leaves, ten times a second, and looks at the memory.
        LatencyLedger ledger = new();
        long begin = Stopwatch.GetTimestamp();
        long residentFirst = 0;
        long allocatedFirst = 0;
        using ManualResetEventSlim pause = new();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < WarmUpSeconds + seconds)
        {
            pause.Wait(100);
            Take(serving, ring, ledger);
            if (residentFirst == 0 && Stopwatch.GetElapsedTime(begin).TotalSeconds >= WarmUpSeconds)
            {
                ledger.Clear();
                residentFirst = Resident();
                allocatedFirst = GC.GetTotalAllocatedBytes(precise: true);
            }
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedFirst;
        long residentLast = Resident();
        Volatile.Write(ref reading, 0);
        reader.Join();
        Volatile.Write(ref inferring, 0);
        server.Join();
        path.Stop();
        Take(serving, ring, ledger);
        return new Result(
            serving.Tally.Due, serving.Tally.Served, serving.Tally.Dropped.Total, ledger, residentFirst, residentLast, allocated);
    }

    private static void Take(ServingModel serving, PredictionRing ring, LatencyLedger ledger)
    {
        while (ring.TryRead(out _))
        {
        }

        while (serving.TakeWindow() is WindowCounters window)
        {
            ledger.Add(window.Ledger!);
            serving.Return(window);
        }
    }

    private static long Resident()
    {
        const int BytesInKilobyte = 1024;
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * BytesInKilobyte;
    }

    private sealed record Result(
        long Due, long Served, long Dropped, LatencyLedger Ledger, long ResidentFirst, long ResidentLast, long Allocated);
}
