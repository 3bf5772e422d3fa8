using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>
/// The product's own sample path as a competitor: a frame is read, the window moves on, the features are computed, the model
/// runs, the decision is made, everything is counted. Speaks the lines of <see cref="Worker"/>.
/// </summary>
internal static class StepWorker
{
    /// <param name="name">Which package; see <see cref="StepPackage.Named"/>.</param>
    /// <param name="frames">A file of little-endian doubles, shape [frames, channels].</param>
    public static int Serve(string name, string model, string frames, string library)
    {
        StepPackage step = StepPackage.Named(name);
        OnnxEnvironment environment = OnnxEnvironment.Open(library);
        using RepeatedFrames sensor = new(FramesOf(frames), step.Channels, step.RateHz);
        using LoadedModel loaded = Load(step, model, environment, sensor, out FeaturePipeline pipeline);
        PredictionRing ring = new(1024);
        SamplePath path = new(step.Name, TimeProvider.System, ring, new PathOptions { Window = TimeSpan.FromSeconds(1) });
        SensorFeed feed = new(new FrameSource(sensor), TimeProvider.System, [path]);
        path.Offer(Serving(loaded, pipeline, sensor));
        Walk(feed, ring, step.WindowFrames);
        Console.WriteLine($"ready {environment.Version} exact={(OnnxEnvironment.ExactInt8Requested ? 1 : 0)}");
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            int count = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
            Console.WriteLine(words[0] switch
            {
                "calls" => Calls(feed, ring, count),
                "allocated" => Allocated(feed, ring, count),
                _ => Convert.ToHexString(MemoryMarshal.AsBytes(loaded.Call.Output)),
            });
        }

        return 0;
    }

    /// <summary>A file of little-endian doubles.</summary>
    public static double[] FramesOf(string file) => MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(file)).ToArray();

    /// <summary>Packs a model, verifies the package as a device would, and binds it to the sensor.</summary>
    public static LoadedModel Load(
        StepPackage step, string model, OnnxEnvironment environment, ISensor sensor, out FeaturePipeline pipeline)
    {
        using SigningKey key = SigningKey.Create();
        PackageVerification verification =
            new([key.Public], environment.Load, environment.Version, new RunnerOptions(), new PackageLimits());
        ModelSite site = new() { Name = step.Name, Channels = sensor.Channels, RateHz = sensor.RateHz };
        byte[] archive = step.Pack(File.ReadAllBytes(model), environment.Load, key);
        LoadedModel loaded = verification.Verify(archive, site, _ => null);
        if (PipelineBinding.TryBind(
            loaded.Manifest, site.Channels, site.RateHz, null, out FeaturePipeline? bound, out IReadOnlyList<string> mistakes))
        {
            pipeline = bound;
            return loaded;
        }

        loaded.Dispose();
        throw new BenchException(string.Join("; ", mistakes));
    }

    /// <summary>A package as a device serves it, its channels watched.</summary>
    public static ServingModel Serving(LoadedModel loaded, FeaturePipeline pipeline, ISensor sensor) => new(loaded, pipeline, trial: null)
    {
        Health = new ChannelHealth(
            loaded.Manifest.Channels, sensor.Channels, mapping: null, sensor.RateHz, TimeProvider.System.TimestampFrequency),
    };

    private static string Calls(SensorFeed feed, PredictionRing ring, int count)
    {
        long[] times = new long[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            feed.Step();
            times[i] = Stopwatch.GetTimestamp() - start;
            ring.TryRead(out _);
        }

        Array.Sort(times);
        return $"{times[count / 2]} {times[(int)(count * 0.99)]}";
    }

    private static string Allocated(SensorFeed feed, PredictionRing ring, int count)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Walk(feed, ring, count);
        return (GC.GetTotalAllocatedBytes(precise: true) - before).ToString(CultureInfo.InvariantCulture);
    }

    private static void Walk(SensorFeed feed, PredictionRing ring, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            feed.Step();
            ring.TryRead(out _);
        }
    }
}
