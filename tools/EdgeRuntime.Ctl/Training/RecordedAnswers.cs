using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Training;

/// <summary>The model beside a manifest, asked what it says of the windows of recordings.</summary>
internal sealed class RecordedAnswers : IDisposable
{
    private const long LargestModel = 1L << 30;

    private readonly ModelManifest _manifest;
    private readonly AnswerMeaning _meaning;
    private readonly ModelCall _call;

    private RecordedAnswers(ModelManifest manifest, ModelCall call)
    {
        _manifest = manifest;
        _meaning = new AnswerMeaning(manifest);
        _call = call;
    }

    /// <summary>Heads of the columns that <see cref="Of"/> writes, each after a comma.</summary>
    public string Heads => _meaning.HasProbability ? ",prediction,score" : ",prediction";

    /// <summary>Loads the model whose files lie where the manifest does.</summary>
    /// <exception cref="CommandException">It cannot be loaded, or is not what the manifest says.</exception>
    public static RecordedAnswers Open(string manifestPath, ModelManifest manifest)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(manifestPath)) ?? "/";
        ModelSpec spec = manifest.Model.Variants is [VariantSpec first, ..] ? manifest.Model with { File = first.File, Variants = null } : manifest.Model;
        try
        {
            OnnxEnvironment environment = OnnxEnvironment.Open();
            return new RecordedAnswers(manifest, ModelCall.Load(
                spec, InputSlice.LayoutOf(manifest),
                (file, options) => environment.Load(Read(Path.Combine(directory, file)), options),
                new RunnerOptions()));
        }
        catch (ModelLoadException refused)
        {
            throw new CommandException(ExitCode.Data, refused.Message);
        }
        catch (ModelBindingException unfit)
        {
            throw new CommandException(ExitCode.Data, unfit.Mistakes);
        }
    }

    private static ReadOnlyMemory<byte> Read(string path) => ExternalData.Inline(Files.Read(path, LargestModel), Path.GetDirectoryName(path) ?? "/");

    /// <summary>Begins a recording: a model with state starts afresh.</summary>
    public void Begin() => _call.Reset();

    /// <summary>What the model says of the pipeline's newest window, as columns.</summary>
    /// <exception cref="CommandException">The model fails on it.</exception>
    public string Of(IPipeline pipeline)
    {
        try
        {
            if (!pipeline.MustDrop)
            {
                _call.Run(pipeline.Input);
            }
        }
        catch (InferenceException failed)
        {
            throw new CommandException(ExitCode.Data, $"the model fails on the recording: {failed.Message}");
        }

        OutputDecoder decoder = new(_manifest.Output, _call.OutputLength, (pipeline as ImagePipeline)?.Mapping);
        Decoded decoded = pipeline.MustDrop ? Decoded.Invalid : decoder.Decode(pipeline.Input, _call.Output);
        return !_manifest.Output.HasLabels() ? string.Create(CultureInfo.InvariantCulture, $",{(decoded.IsValid ? decoded.Score : double.NaN):R}")
            : decoded.IsValid ? string.Create(CultureInfo.InvariantCulture, $",{_manifest.Output.Labels[decoded.Label]},{_meaning.ScoreOf(decoded):R}")
            : ",,";
    }

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();
}
