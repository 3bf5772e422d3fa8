using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Mqtt;
using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Simulated;
using EdgeRuntime.Sensors.Vitals;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Checks that this machine can serve: libraries, signature, model, golden vectors, sensors, clock; on request the garbage of a million samples.</summary>
internal static class SelftestVerb
{
    private const int Samples = 1_000_000;

    public static int Run(string[] words)
    {
        if (Options.Parse(words, ["--library"], ["--allocations"], out string mistake) is not Options options)
        {
            return Usage.Wrong(mistake, "selftest");
        }

        if (options.Help)
        {
            return Usage.Of("selftest");
        }

        bool good = Check("mqtt library", () => MqttLink.Library);
        OnnxEnvironment? onnx = null;
        good &= Check("onnxruntime", () =>
        {
            onnx = OnnxEnvironment.Open(options["--library"]);
            return $"{onnx.Version}, {onnx.LibraryPath}";
        });
        good &= Check("vitals of this machine", Vitals);
        good &= Check("clock", () => MachineInfo.ClockSynchronized() ? "synchronized" : "not synchronized: events carry that note");
        if (onnx is not null)
        {
            good &= Check("signed package, int8 model, golden vectors", () => Serve(onnx, 1000, out _));
            if (options.Has("--allocations"))
            {
                good &= Check("managed allocation, whole process", () =>
                {
                    Serve(onnx, Samples, out long bytes);
                    string found = string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes over {Samples:N0} samples");
                    return bytes == 0 ? found : throw new SelftestException(found);
                });
            }
        }

        Console.WriteLine(good ? "self-test passed" : "self-test failed");
        return good ? ExitCode.Done : ExitCode.Failed;
    }

    private static bool Check(string what, Func<string> check)
    {
        try
        {
            Console.WriteLine($"  ok      {what}: {check()}");
            return true;
        }
        catch (Exception e) when (e is LinkUnavailableException or ModelLoadException or PackageRejectedException
            or InferenceException or IOException or UnauthorizedAccessException or SelftestException)
        {
            Console.WriteLine($"  FAILED  {what}: {e.Message}");
            return false;
        }
    }

    private static string Vitals()
    {
        using VitalsSensor sensor = new(TimeProvider.System, new VitalsOptions { RateHz = 50 });
        double[] frame = new double[sensor.Channels.Count];
        using ManualResetEvent pause = new(false);
        for (int tries = 0; tries < 100; tries++)
        {
            if (sensor.TryRead(frame, out _))
            {
                return $"{frame.Count(double.IsFinite)} of {frame.Length} channels, {sensor.Cores} cores";
            }

            pause.WaitOne(10);
        }

        throw new SelftestException("no frame within a second");
    }

    // The real path on the simulated machine, as fast as it can be read.
    private static string Serve(OnnxEnvironment onnx, int samples, out long allocated)
    {
        using SimulatedSensor sensor = new(TimeProvider.System, new SimulatedOptions { Speed = 0 });
        Channel channel = sensor.Channels[0];
        using SigningKey key = SigningKey.Create();
        PackageVerification verification = new([key.Public], onnx.Load, onnx.Version, new RunnerOptions(), new PackageLimits());
        ModelSite site = new() { Name = "selftest", Channels = sensor.Channels, RateHz = sensor.RateHz };
        using LoadedModel loaded = verification.Verify(SelftestPackage.Pack(key, channel.Name, channel.Unit, sensor.RateHz), site, _ => null);
        if (!PipelineBinding.TryBind(loaded.Manifest, site, out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            throw new SelftestException(string.Join("; ", mistakes));
        }

        ServingModel serving = new(loaded, pipeline, trial: null);
        PredictionRing ring = new(1024);
        SamplePath path = new("selftest", TimeProvider.System, ring, new PathOptions { Window = TimeSpan.FromSeconds(1) });
        SensorFeed feed = new(new FrameSource(sensor), TimeProvider.System, [path]);
        path.Offer(serving);

        // The first samples fill the window and touch what is made once.
        Walk(feed, path, serving, ring, 1000);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Walk(feed, path, serving, ring, samples);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        return $"{samples} samples, decision '{(serving.TryTakeLatest(out LatestSample latest) ? serving.Decisions[latest.Record.Decision] : "none")}'";
    }

    private static void Walk(SensorFeed feed, SamplePath path, ServingModel serving, PredictionRing ring, int samples)
    {
        long until = path.Samples + samples;
        while (path.Samples < until)
        {
            feed.Step();

            // What telemetry does with both is not the sample path's; here they are only kept from filling up.
            ring.TryRead(out _);
            if (serving.TakeWindow() is { } window)
            {
                serving.Return(window);
            }
        }
    }

    private sealed class SelftestException(string message) : Exception(message);
}
