using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// A day of the occupancy model with captures, on a clock that is moved: the product's sample path, tap, recorder and store, as a
/// device puts them together, and every clip looked at as it comes to lie on the disk.
/// </summary>
internal sealed class CaptureDay
{
    /// <summary>Frames, and samples, in a second.</summary>
    public const double RateHz = 10;

    private const int Day = 86_400;
    private const int StepsBetween = 10;
    private const int WarmUp = 600;

    private readonly CaptureSpec _spec;
    private readonly HashSet<long> _private = [];

    /// <param name="spec">What is kept.</param>
    public CaptureDay(CaptureSpec spec) => _spec = spec;

    /// <summary>What becomes of the channels that somebody may know a person by.</summary>
    public static IReadOnlyList<PrivacySpec> Privacy { get; } =
    [
        new() { Channel = "temperature", Filter = "drop" }, new() { Channel = "light", Filter = "noise", Scale = 10 },
        new() { Channel = "co2", Filter = "round", Step = 50 }, new() { Channel = "badge", Filter = "hash" },
    ];

    /// <summary>Frames of the day.</summary>
    public static long Frames => (long)(Day * RateHz);

    /// <summary>Clips that were written and read back.</summary>
    public List<CapturedClip> Clips { get; } = [];

    /// <summary>Clips of which a frame is missing, out of order, or not one that was asked for.</summary>
    public int Inexact { get; private set; }

    /// <summary>Places in written files where a number of a private channel stands as it was.</summary>
    public long Leaked { get; private set; }

    /// <summary>Values of private channels in the clips that are those that were.</summary>
    public long Unfiltered { get; private set; }

    /// <summary>Values of private channels that were held against those that were.</summary>
    public long Compared { get; private set; }

    /// <summary>Managed bytes of the sample path.</summary>
    public long Allocated { get; private set; }

    /// <summary>Bytes written to the medium, with all that is written beside the clips.</summary>
    public long Written { get; private set; }

    /// <summary>Most bytes on the medium.</summary>
    public long MostStored { get; private set; }

    /// <summary>What became of the clips, over both runs of the day.</summary>
    public IReadOnlyList<CaptureCounts> Counts { get; private set; } = [];

    /// <summary>Reasons that came while a clip was made, or too soon after the last.</summary>
    public long Withheld { get; private set; }

    /// <summary>Frames and answers for which the tap had no room.</summary>
    public long Dropped { get; private set; }

    /// <summary>Lives through the day; at noon the device starts again.</summary>
    public CaptureDay Live(string material, OnnxEnvironment environment)
    {
        OccupancyPackage occupancy = new(material) { RateHz = RateHz };
        SimulatedClock clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        using RoomSensor sensor = new(occupancy.Rows, clock, RateHz);
        FrameSource source = new(sensor);
        ModelSite site = new() { Name = "occupancy", Channels = sensor.Channels, RateHz = RateHz };
        using LoadedModel loaded = Load(occupancy, OccupancyNetwork.Train(Path.Combine(material, "occupancy", "datatraining.txt")), environment, site);
        if (!PipelineBinding.TryBind(loaded.Manifest, site, out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            throw new BenchException(string.Join("; ", mistakes));
        }

        PredictionRing ring = new(64);
        SamplePath path = new(site.Name, clock, ring, new PathOptions());
        SensorFeed feed = new(source, clock, [path]);
        ServingModel serving = new(loaded, pipeline, trial: null);
        path.Offer(serving);
        MemoryDisk disk = new();
        List<CaptureCounts> counts = [];
        for (int half = 0; half < 2; half++)
        {
            CaptureStore store = new(disk, "captures/occupancy", _spec, clock);
            CaptureTap tap = new(loaded, source.NewFrame, RateHz);
            CaptureRecorder recorder = new(
                loaded, site, serving.Decisions, BootId.Draw(new Random(half)), source.NewFrame, [.. Enumerable.Range(0, 32).Select(i => (byte)i)], new Random(half),
                clock.TimestampFrequency);
            path.SetCapture(tap);
            Live(new Half(feed, serving, ring, tap, recorder, store, sensor, clock), sensor.Taken, Frames / 2 * (half + 1), disk);
            counts.Add(store.Counts);
            Withheld += recorder.Joined + recorder.Suppressed;
            Dropped += tap.DroppedFrames + tap.DroppedAnswers;
        }

        (Counts, Written, MostStored) = (counts, disk.Written, disk.MostBytes);
        return this;
    }

    private void Live(Half half, long first, long end, MemoryDisk disk)
    {
        TimeSpan period = TimeSpan.FromSeconds(1 / RateHz);
        while (half.Sensor.Taken < end)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < StepsBetween; i++)
            {
                half.Feed.Step();
                half.Clock.Advance(period);
            }

            Allocated += half.Sensor.Taken - first > WarmUp ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
            while (half.Ring.TryRead(out _))
            {
            }

            while (half.Serving.TakeWindow() is WindowCounters window)
            {
                half.Serving.Return(window);
            }

            // As a device does: what was answered first, then the frames.
            while (half.Tap.TryTakeAnswer(out WatchedAnswer answer))
            {
                Keep(half, half.Recorder.Add(answer), first, disk);
            }

            while (half.Tap.TryTakeFrame(out Frame frame))
            {
                Keep(half, half.Recorder.Add(frame), first, disk);
            }
        }

        Keep(half, half.Recorder.Finish(), first, disk);
    }

    private void Keep(Half half, CapturedClip? clip, long first, MemoryDisk disk)
    {
        if (clip is null || !half.Store.TryKeep(clip.Reason, ClipCodec.Write(clip)))
        {
            return;
        }

        string path = $"captures/occupancy/{half.Store.List()[^1].Name}";
        byte[] bytes = new byte[disk.Length(path)!.Value];
        disk.Read(path, 0, bytes);
        CapturedClip read = ClipCodec.Read(bytes);
        Clips.Add(read);
        Inexact += IsExact(read, first, half.Sensor.Taken) ? 0 : 1;
        Compare(read, half.Sensor);
        Search(bytes);
    }

    // Every frame from so many before the one that set it off to so many after it, as far as there were any in this run.
    private bool IsExact(CapturedClip clip, long first, long taken)
    {
        long trigger = clip.TriggerN - 1;
        long[] wanted = [.. Enumerable.Range(-_spec.Before, _spec.Before + 1 + _spec.After).Select(i => trigger + i).Where(number => number >= first && number < taken)];
        bool isWhole = taken > trigger + _spec.After;
        long[] numbers = [.. clip.Frames.Select(frame => (long)frame.Values.Span[OccupancyPackage.Names.Length])];
        return numbers.Length == (isWhole ? wanted.Length : Math.Min(numbers.Length, wanted.Length)) && numbers.SequenceEqual(wanted.Take(numbers.Length))
            && clip.Frames.All(frame => Math.Abs(frame.Seconds - ((frame.Values.Span[OccupancyPackage.Names.Length] - trigger) / RateHz)) < 1e-6)
            && clip.Answers.Select(answer => answer.N - 1).SequenceEqual(numbers);
    }

    private void Compare(CapturedClip clip, RoomSensor sensor)
    {
        for (int channel = 0; channel < clip.Channels.Count; channel++)
        {
            if (clip.Channels[channel].Filter.Length == 0)
            {
                continue;
            }

            foreach (CapturedFrame frame in clip.Frames)
            {
                double was = sensor.ValueOf(channel, (long)frame.Values.Span[OccupancyPackage.Names.Length]);
                Unfiltered += frame.Values.Span[channel] == was ? 1 : 0;
                Compared++;
                _private.Add(BitConverter.DoubleToInt64Bits(was));
            }
        }
    }

    private void Search(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at + sizeof(long) <= bytes.Length; at++)
        {
            Leaked += _private.Contains(BitConverter.ToInt64(bytes[at..])) ? 1 : 0;
        }
    }

    private LoadedModel Load(OccupancyPackage occupancy, byte[] model, OnnxEnvironment environment, ModelSite site)
    {
        float[] golden = occupancy.Inputs(1)[0];
        using IModelRunner runner = environment.Load(model, new RunnerOptions());
        golden.CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(runner.Input(0)));
        runner.Run();
        double[] answer = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(runner.Output(0)).ToArray().Select(value => (double)value)];
        Dictionary<string, byte[]> files = new()
        {
            ["model.onnx"] = model,
            [ReferenceProfile.FileName] = PackageWriter.Encode(occupancy.Reference),
            [GoldenVectors.FileName] = PackageWriter.Encode(new GoldenVectors
            {
                Tolerance = 1e-3,
                Vectors = [new GoldenVector([.. golden.Select(value => (double)value)], answer)],
            }),
        };
        ModelManifest manifest = occupancy.Manifest;
        manifest = manifest with
        {
            Channels = [.. manifest.Channels, new ManifestChannel("number", "1"), new ManifestChannel("badge", "1") { Type = "category" }],
            Monitoring = new MonitoringSpec { Capture = _spec, Privacy = Privacy },
            Files = PackageWriter.ListOf(files),
        };
        using SigningKey key = SigningKey.Create();
        PackageVerification verification = new([key.Public], environment.Load, environment.Version, new RunnerOptions(), new PackageLimits());
        return verification.Verify(PackageWriter.Pack(manifest, files, key), site, _ => null);
    }

    // What one run of the device consists of.
    private sealed record Half(
        SensorFeed Feed, ServingModel Serving, PredictionRing Ring, CaptureTap Tap, CaptureRecorder Recorder, CaptureStore Store, RoomSensor Sensor,
        SimulatedClock Clock);
}
