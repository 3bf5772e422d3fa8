using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Measuring;

/// <summary>Measures models on this very device, one after the other on the calling thread.</summary>
/// <param name="time">The clock of the measurements.</param>
internal sealed class ModelBench(TimeProvider time)
{
    private const int Seed = 1;
    private const int LookEvery = 16;
    private const int WarmUp = 64;
    private const double LongRun = 10e6;

    private readonly double _nanoseconds = 1e9 / time.TimestampFrequency;

    /// <summary>The model alone, on inputs of noise.</summary>
    public BenchRow Inference(string name, IModelRunner runner, TimeSpan duration)
    {
        Random random = new(Seed);
        for (int i = 0; i < runner.Inputs.Count; i++)
        {
            Fill(runner.Inputs[i].Element, runner.Input(i), random);
        }

        // A model that takes seconds is not run 64 times before it is measured.
        long begun = time.GetTimestamp();
        for (int i = 0; i < WarmUp && (i == 0 || time.GetElapsedTime(begun) < duration); i++)
        {
            runner.Run();
        }

        LatencyHistogram times = new();
        ProcessCost cost = new(time);
        bool isOver = false;
        while (!isOver)
        {
            // Looked at rarely, because it costs a fast model more than the run; at once where one run takes long.
            long spent = 0;
            for (int i = 0; i < LookEvery && spent * _nanoseconds < LongRun; i++)
            {
                long before = time.GetTimestamp();
                runner.Run();
                long taken = time.GetTimestamp() - before;
                times.Record((long)(taken * _nanoseconds));
                spent += taken;
            }

            isOver = cost.Elapsed >= duration;
        }

        return Row(name, "inference", times, cost);
    }

    /// <summary>The whole way of a sample, from taking the frame to the decision and its counters.</summary>
    /// <exception cref="PackageRejectedException">The package does not fit a sensor of its own channels.</exception>
    public BenchRow Step(string name, LoadedModel package, TimeSpan duration)
    {
        Rig rig = new(package, paced: false, time);
        rig.Serve(WarmUp + package.Manifest.Pipeline.WindowFrames);
        LatencyHistogram times = new();
        ProcessCost cost = new(time);
        do
        {
            for (int i = 0; i < LookEvery; i++)
            {
                long samples = rig.Path.Samples;
                long before = time.GetTimestamp();
                rig.Step();
                long taken = time.GetTimestamp() - before;

                // A frame that only fills the window is no sample.
                if (rig.Path.Samples > samples)
                {
                    times.Record((long)(taken * _nanoseconds));
                }

                rig.Drain();
            }
        }
        while (cost.Elapsed < duration);

        return Row(name, "step", times, cost);
    }

    /// <summary>
    /// The same at a pace, waiting in between as a serving device does, on the thread and with the placement of a sample path.
    /// </summary>
    public PacedRow Paced(string name, LoadedModel package, TimeSpan duration, ThreadPlacement placement)
    {
        PacedRow? row = null;
        Thread path = new(() =>
        {
            placement.EnterPath();
            row = Pace(name, package, duration, placement);
        }) { Name = "path bench" };
        path.Start();
        path.Join();
        return row!;
    }

    private PacedRow Pace(string name, LoadedModel package, TimeSpan duration, ThreadPlacement placement)
    {
        Rig rig = new(package, paced: true, time);
        using PathWait wait = PathWait.Create(placement.Options, time);
        double rate = package.Manifest.Pipeline.RateHz;
        long period = (long)(time.TimestampFrequency / rate);
        LatencyHistogram lateness = new();
        LatencyHistogram response = new();
        long misses = 0;

        // A second to warm up: what is made and mapped once is not what is measured.
        long from = time.GetTimestamp() + time.TimestampFrequency;
        long until = from + (long)(duration.TotalSeconds * time.TimestampFrequency);
        ProcessCost? cost = null;
        for (long due = rig.Source.NextDue; due < until; due = rig.Source.NextDue)
        {
            wait.Until(due);
            long taken = time.GetTimestamp();
            if (taken < due)
            {
                continue;
            }

            rig.Step();
            long decided = time.GetTimestamp();
            if (due >= from)
            {
                cost ??= new ProcessCost(time);
                lateness.Record((long)((taken - due) * _nanoseconds));
                response.Record((long)((decided - due) * _nanoseconds));
                misses += decided - due > period ? 1 : 0;
            }

            rig.Drain();
        }

        cost ??= new ProcessCost(time);
        return new PacedRow
        {
            Name = name,
            RateHz = rate,
            Lateness = lateness,
            Response = response,
            Misses = misses,
            Elapsed = cost.Elapsed,
            Processor = cost.Processor,
            ManagedBytes = cost.ManagedBytes,
            Collections = cost.Collections,
        };
    }

    private static BenchRow Row(string name, string kind, LatencyHistogram times, ProcessCost cost)
    {
        TimeSpan elapsed = cost.Elapsed;
        TimeSpan processor = cost.Processor;
        return new BenchRow
        {
            Name = name,
            Kind = kind,
            Times = times,
            Elapsed = elapsed,
            Processor = processor,
            ManagedBytes = cost.ManagedBytes,
            ResidentBytes = Environment.WorkingSet,
        };
    }

    // Small numbers of every type are small positive codes or 0 to 1; a model's cost does not hang on them.
    private static void Fill(TensorElement element, Span<byte> bytes, Random random)
    {
        if (element == TensorElement.Float32)
        {
            Span<float> values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextSingle();
            }
        }
        else if (element is TensorElement.Int8 or TensorElement.UInt8)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)random.Next(128);
            }
        }
    }

    /// <summary>A sample path of its own over a sensor of noise.</summary>
    private sealed class Rig
    {
        private const int Records = 1024;

        private readonly PredictionRing _ring = new(Records);
        private readonly ServingModel _serving;
        private readonly SensorFeed _feed;

        public Rig(LoadedModel package, bool paced, TimeProvider time)
        {
            ModelManifest manifest = package.Manifest;
            Channel[] channels = [.. manifest.Channels.Select(channel => new Channel(channel.Name, channel.Unit))];
            Source = new FrameSource(new NoiseSensor(channels, manifest.Pipeline.RateHz, paced, Seed, time));
            ModelSite site = new() { Name = manifest.Name, Channels = channels, RateHz = manifest.Pipeline.RateHz };
            if (!PipelineBinding.TryBind(manifest, site, out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
            {
                throw new InvalidOperationException($"a package does not fit its own channels: {string.Join("; ", mistakes)}");
            }

            _serving = new ServingModel(package, pipeline, trial: null);
            Path = new SamplePath(manifest.Name, time, _ring, new PathOptions { Window = TimeSpan.FromSeconds(1) });
            _feed = new SensorFeed(Source, time, [Path]);
            Path.Offer(_serving);
        }

        public FrameSource Source { get; }

        public SamplePath Path { get; }

        public void Step() => _feed.Step();

        public void Serve(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                Step();
                Drain();
            }
        }

        // What telemetry takes away beside a serving path.
        public void Drain()
        {
            _ring.TryRead(out _);
            if (_serving.TakeWindow() is { } window)
            {
                _serving.Return(window);
            }
        }
    }
}
