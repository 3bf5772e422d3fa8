using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Bench;

/// <summary>
/// A package around a model that takes a window of frames as they are, scaled: what the hand-written C++ step is measured
/// against, walked through manifest, pipeline, decision and counters like any other.
/// </summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Channels">Values per frame.</param>
/// <param name="WindowFrames">Frames that make one input; one input a frame.</param>
/// <param name="RateHz">Frames per second.</param>
/// <param name="Labels">Labels of a classification; empty for a reconstruction.</param>
internal sealed record StepPackage(string Name, int Channels, int WindowFrames, double RateHz, IReadOnlyList<string> Labels)
{
    // As in step.cpp.
    private const double Center = 0.125;
    private const double Scale = 1.5;
    private const double Threshold = 0.5;
    private const double Hysteresis = 0.1;

    private const string ModelFile = "model.onnx";

    /// <summary>Keyword spotting: 49 frames of 10 coefficients, 50 frames a second.</summary>
    public static StepPackage Keywords { get; } = new(
        "kws", 10, 49, 50,
        ["down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes", "silence", "unknown"]);

    /// <summary>Machine sound: 5 frames of 128 bands.</summary>
    public static StepPackage Autoencoder { get; } = new("autoencoder", 128, 5, 50, []);

    /// <summary>What step.cpp calls it.</summary>
    public string Kind => Labels.Count > 0 ? "classification" : "reconstruction";

    /// <summary>Name of a channel.</summary>
    public static string Channel(int index) => $"c{index}";

    /// <summary>The archive.</summary>
    /// <param name="load">Runs the model once, for the golden vector that every package must bring.</param>
    public byte[] Pack(byte[] model, ModelLoader load, SigningKey key)
    {
        using IModelRunner runner = load(model, new RunnerOptions());
        runner.Run();
        double[] answer = [.. MemoryMarshal.Cast<byte, float>(runner.Output(0)).ToArray().Select(value => (double)value)];
        Dictionary<string, byte[]> files = new()
        {
            [ModelFile] = model,
            [GoldenVectors.FileName] = PackageWriter.Encode(new GoldenVectors
            {
                Tolerance = 0.01,
                Vectors = [new GoldenVector(new double[Channels * WindowFrames], answer)],
            }),
        };
        ModelManifest manifest = new()
        {
            Schema = ModelManifest.NewestSchema,
            Name = Name,
            Version = "1.0.0",
            ReleaseCounter = 1,
            Description = "A window of frames as they are, for measuring the whole step.",
            Channels = [.. Enumerable.Range(0, Channels).Select(i => new ManifestChannel(Channel(i), "1"))],
            Pipeline = new PipelineSpec
            {
                RateHz = RateHz,
                WindowFrames = WindowFrames,
                HopFrames = 1,
                Features =
                [
                    .. Enumerable.Range(0, Channels).Select(i => new FeatureSpec
                    {
                        Name = Channel(i),
                        Channel = Channel(i),
                        Statistic = "raw",
                        Center = Center,
                        Scale = Scale,
                    }),
                ],
            },
            Model = new ModelSpec { File = ModelFile, Input = runner.Inputs[0].Name, Output = runner.Outputs[0].Name },
            Output = new OutputSpec
            {
                Kind = Kind,
                Labels = Labels,
                Activation = Labels.Count > 0 ? "none" : "softmax",
            },
            Decision = new DecisionSpec { Threshold = Threshold, Hysteresis = Hysteresis },
            Soak = new SoakSpec { Samples = 1, MaxP99Ms = 1000 },
            Files = PackageWriter.ListOf(files),
        };
        return PackageWriter.Pack(manifest, files, key);
    }

    /// <summary>Which package a name means.</summary>
    /// <exception cref="BenchException">There is none of that name.</exception>
    public static StepPackage Named(string name) => name switch
    {
        "kws" => Keywords,
        "autoencoder" => Autoencoder,
        _ => throw new BenchException($"there is no step '{name}'"),
    };
}
