using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>One model on a scripted sensor: every frame is a sample, and its number is its wall time.</summary>
internal sealed class PathRig
{
    public PathRig(PathOptions options)
        : this(options, new ManualTime(), TestPackages.Verification)
    {
    }

    public PathRig(PathOptions options, TimeProvider time, PackageVerification verification)
    {
        Time = time;
        Verification = verification;
        Sensor = new ScriptedSensor(time);
        Ring = new PredictionRing(4096);
        Path = new SamplePath("plant", time, Ring, options);
        Feed = new SensorFeed(new FrameSource(Sensor), time, [Path]);
    }

    public TimeProvider Time { get; }

    public PackageVerification Verification { get; }

    public ScriptedSensor Sensor { get; }

    public PredictionRing Ring { get; }

    public SamplePath Path { get; }

    public SensorFeed Feed { get; }

    public static ServingModel Serving(
        PackageVerification verification, float gain = 1, Func<ModelManifest, ModelManifest>? change = null, ReferenceProfile? reference = null,
        SpareLedgers? ledgers = null)
    {
        byte[] package = TestPackages.Make(
            1, LinearModel.File(2, 2, gain, 0, 0, gain), gain, manifest => EveryFrame(change?.Invoke(manifest) ?? manifest),
            TestPackages.ReleaseKey, reference);
        LoadedModel loaded = verification.Verify(package, TestPackages.Site, _ => null);
        Assert.True(PipelineBinding.TryBind(loaded.Manifest, TestPackages.Site, out IPipeline? pipeline, out _));
        return new ServingModel(loaded, pipeline, trial: null, ledgers)
        {
            Health = new ChannelHealth(loaded.Manifest.Channels, TestPackages.Site.Channels, null, TestPackages.Site.RateHz, TimeSpan.TicksPerSecond),
        };
    }

    /// <summary>Serves a model that reads every frame as one sample; frames read before do not exist for it.</summary>
    public ServingModel Serve(float gain = 1, Func<ModelManifest, ModelManifest>? change = null)
    {
        ServingModel serving = Serving(Verification, gain, change);
        Path.Offer(serving);
        return serving;
    }

    /// <summary>Reads frames.</summary>
    public void Read(int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            Feed.Step();
        }
    }

    /// <summary>Infers everything that waits.</summary>
    public void ServeAll()
    {
        while (Path.ServeNext())
        {
        }
    }

    /// <summary>The answers so far: number of the frame, and of the model that answered.</summary>
    public List<(long Frame, int Model)> Answers()
    {
        List<(long, int)> answers = [];
        while (Ring.TryRead(out PredictionRecord record))
        {
            answers.Add((record.UnixMs, record.Model));
        }

        return answers;
    }

    private static ModelManifest EveryFrame(ModelManifest manifest) => manifest with
    {
        Pipeline = manifest.Pipeline with { WindowFrames = 1, HopFrames = 1 },
    };
}

/// <summary>Always due. The wall time of a frame is its number, from 1; <see cref="Script"/> may spoil single frames.</summary>
internal sealed class ScriptedSensor(TimeProvider time) : ISensor
{
    public IReadOnlyList<Channel> Channels => TestPackages.Site.Channels;

    public double RateHz => TestPackages.Site.RateHz;

    public long NextDue => 0;

    public bool Ended => false;

    /// <summary>Frames asked for so far, the failed ones included.</summary>
    public long Reads { get; private set; }

    /// <summary>What the frame of a number is to be; a good one when null.</summary>
    public Func<long, FrameKind>? Script { get; set; }

    /// <summary>What y is in a busy frame.</summary>
    public double BusyValue { get; set; } = 5;

    public bool TryRead(Span<double> frame, out FrameTime when)
    {
        Reads++;
        FrameKind kind = Script?.Invoke(Reads) ?? FrameKind.Good;
        if (kind == FrameKind.Fails)
        {
            throw new IOException("the cable is loose");
        }

        if (kind == FrameKind.None)
        {
            when = default;
            return false;
        }

        // x against y decides the label: idle, or busy.
        frame[0] = 0;
        frame[1] = kind == FrameKind.Missing ? double.NaN : kind == FrameKind.Busy ? 0 : 5;
        frame[2] = kind == FrameKind.Missing ? double.NaN : kind == FrameKind.Busy ? BusyValue : 0;
        when = new FrameTime(time.GetTimestamp(), Reads);
        return true;
    }

    public void Dispose()
    {
    }
}

public enum FrameKind
{
    Good,
    Busy,
    Missing,
    Fails,
    None,
}
