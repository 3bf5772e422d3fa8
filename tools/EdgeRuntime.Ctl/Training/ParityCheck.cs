using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Ctl.Training;

/// <summary>
/// Sends one recording three ways to a package's model and compares what arrives there, bit by bit: live, through the
/// sample path of a device at the recorded pace on a clock that is moved; replayed, through the same path as fast as it
/// is read; and offline, as <c>edgectl features</c> computes it.
/// </summary>
internal sealed class ParityCheck(ModelManifest manifest, RecordingFiles recording)
{
    private const string ModelFile = "model.onnx";

    /// <summary>What came out.</summary>
    /// <param name="Samples">Samples that reached the model offline.</param>
    /// <param name="Difference">The first difference as a sentence, or null when there is none.</param>
    /// <param name="Sha256">Hash of the hashes of all samples, offline.</param>
    public sealed record Outcome(int Samples, string? Difference, string Sha256);

    /// <summary>Runs the check.</summary>
    /// <exception cref="CommandException">The recording does not fit the package.</exception>
    public Outcome Run()
    {
        List<string> offline = Offline();
        List<string> live = Serve(time => RecordedFrames.Open(manifest, recording, 1, time));
        List<string> replayed = Serve(time => RecordedFrames.Open(manifest, recording, 0, time));
        string? difference = Difference("live", live, offline) ?? Difference("replayed", replayed, offline);
        byte[] all = [.. offline.SelectMany(Convert.FromHexString)];
        return new Outcome(offline.Count, difference, TensorProbe.Hash(all));
    }

    /// <summary>Hashes of the samples as <c>edgectl features</c> computes them.</summary>
    public List<string> Offline()
    {
        SteppedTime time = new();
        using FrameSource source = RecordedFrames.Open(manifest, recording, 0, time);
        IPipeline pipeline = Bind(SiteOf(source));
        Frame frame = source.NewFrame();
        List<string> seen = [];
        while (RecordedFrames.TryNext(source, time, frame))
        {
            if (pipeline.Push(frame) && !pipeline.MustDrop)
            {
                seen.Add(TensorProbe.Hash(MemoryMarshal.AsBytes(pipeline.Input)));
            }
        }

        return seen;
    }

    /// <summary>Hashes of the samples as they reach the model at the end of a device's sample path.</summary>
    /// <param name="open">Opens what is read, on a clock that moves to the next frame whenever none is due.</param>
    /// <param name="frames">Most frames that are read.</param>
    public List<string> Serve(Func<TimeProvider, FrameSource> open, long frames = long.MaxValue)
    {
        SteppedTime time = new();
        using FrameSource source = open(time);
        ModelSite site = SiteOf(source);
        TensorProbe probe = new(InputSlice.LayoutOf(manifest), TensorProbe.OutputLength(manifest));
        using LoadedModel loaded = Load(probe, site);
        probe.Forget();
        PredictionRing ring = new(16);
        SamplePath path = new(manifest.Name, time, ring, new PathOptions { Window = TimeSpan.FromDays(1) });
        SensorFeed feed = new(source, time, [path]);
        path.Offer(new ServingModel(loaded, Bind(site), trial: null));
        while (!feed.Ended && feed.Frames < frames)
        {
            if (!feed.Step())
            {
                time.MoveTo(feed.NextDue);
            }

            ring.TryRead(out _);
        }

        return probe.Seen;
    }

    // The package itself but for its model, signed by a key of this moment: only a verified package is ever served.
    private LoadedModel Load(TensorProbe probe, ModelSite site)
    {
        double[] zeros = new double[probe.Outputs[0].Count];
        GoldenVectors golden = new()
        {
            Tolerance = 1, Vectors = [new GoldenVector(new double[manifest.Pipeline.InputLength()], zeros)],
        };
        Dictionary<string, byte[]> files = new()
        {
            [ModelFile] = [0], [GoldenVectors.FileName] = PackageWriter.Encode(golden),
        };
        ModelManifest probed = manifest with
        {
            Model = new ModelSpec { File = ModelFile, Input = manifest.Model.Input, Output = TensorProbe.OutputName },
        };
        using SigningKey key = SigningKey.Create();
        PackageVerification verification = new([key.Public], (_, _) => probe, null, new RunnerOptions(), new PackageLimits());
        return verification.Verify(PackageWriter.Pack(probed, files, key), site, _ => null);
    }

    private ModelSite SiteOf(FrameSource source) => recording.SiteOf(manifest, source);

    private IPipeline Bind(ModelSite site) =>
        PipelineBinding.TryBind(manifest, site, out IPipeline? pipeline, out IReadOnlyList<string> mistakes)
            ? pipeline
            : throw new CommandException(ExitCode.Data, [.. mistakes.Select(mistake => $"{recording.Name}: {mistake}")]);

    private static string? Difference(string way, List<string> seen, List<string> offline)
    {
        for (int i = 0; i < Math.Min(seen.Count, offline.Count); i++)
        {
            if (seen[i] != offline[i])
            {
                return $"sample {i + 1} differs between {way} and offline";
            }
        }

        return seen.Count == offline.Count ? null : $"{seen.Count} samples {way} and {offline.Count} offline";
    }
}
