using System.Globalization;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Models;

/// <summary>What feeds one model of a device: what a package for it must fit.</summary>
public sealed record ModelSite
{
    /// <summary>Name of the model; the manifest's must be the same.</summary>
    public required string Model { get; init; }

    /// <summary>The scalar sensor's channels, in the order of its frames; empty for an image sensor.</summary>
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>The image sensor's format; null for a scalar sensor. (default: null)</summary>
    public ImageFormat? Image { get; init; }

    /// <summary>The sensor's frames per second.</summary>
    public required double RateHz { get; init; }

    /// <summary>Manifest channel to sensor channel, for those that are not named alike. (default: none)</summary>
    public IReadOnlyDictionary<string, string> Mapping { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// Turns the bytes of an archive into a loaded model, or into one sentence that says why not. Nothing else in the
/// program loads a model to serve, so nothing unverified ever does.
/// </summary>
/// <remarks>
/// From cheap to dear: signature, hashes and form; name, counter and fit to the sensor; the model's tensors; its
/// answers to the golden vectors, on this very machine. May take seconds: not for the sample path. Thread-safe.
/// </remarks>
/// <param name="releaseKeys">Keys of which one must have signed.</param>
/// <param name="loader">Loads a model.</param>
/// <param name="runtimeVersion">Version of ONNX Runtime behind <paramref name="loader"/>, or null when it has
/// none.</param>
/// <param name="options">How models are run.</param>
/// <param name="limits">Bounds of an archive.</param>
public sealed class PackageVerification(
    IReadOnlyList<VerifyingKey> releaseKeys,
    ModelLoader loader,
    string? runtimeVersion,
    RunnerOptions options,
    PackageLimits limits)
{
    // The first run of a model allocates and touches its memory; after the second its times are those it will keep.
    private const int WarmUpRuns = 2;

    /// <summary>Bytes of the largest archive.</summary>
    public long LargestArchive => limits.Bytes;

    /// <summary>Reads a package and checks what can be told without loading its model.</summary>
    /// <param name="archive">Kept, not copied; it must not change afterwards.</param>
    /// <exception cref="PackageRejectedException">It is not a package for this model that a release key
    /// signed.</exception>
    public PackageArchive Read(ReadOnlyMemory<byte> archive, ModelSite site)
    {
        PackageArchive package = PackageArchive.Read(archive, releaseKeys, limits);
        PackageManifest manifest = package.Manifest;
        if (manifest.Name != site.Model)
        {
            throw Refuse(
                package, PackageFault.WrongPackage, [$"it is for the model '{manifest.Name}', not '{site.Model}'"]);
        }

        if (!PipelineBinding.TryBind(manifest, site, out _, out IReadOnlyList<string> mistakes))
        {
            throw Refuse(package, PackageFault.IncompatibleInputs, mistakes);
        }

        if (SemanticVersion.TryParse(manifest.Model.MinOnnxruntime, out SemanticVersion needed)
            && SemanticVersion.TryParse(runtimeVersion, out SemanticVersion have)
            && have < needed)
        {
            throw Refuse(package, PackageFault.IncompatibleRuntime,
                [$"its model needs ONNX Runtime {needed} and this device has {have}"]);
        }

        return package;
    }

    /// <summary>Verifies and loads a package.</summary>
    /// <param name="archive">Kept, not copied; it must not change afterwards.</param>
    /// <param name="counterObjection">Why the package may not be installed by its release counter, or null; see
    /// <see cref="ModelState.CounterObjection"/>.</param>
    /// <exception cref="PackageRejectedException">Anything at all is wrong.</exception>
    public LoadedModel Verify(
        ReadOnlyMemory<byte> archive, ModelSite site, Func<ModelId, long, string?> counterObjection)
    {
        PackageArchive package = Read(archive, site);
        if (counterObjection(package.Id, package.Manifest.ReleaseCounter) is { } objection)
        {
            throw Refuse(package, PackageFault.CounterTooLow, [objection]);
        }

        IModelRunner runner = Load(package);
        try
        {
            LoadedModel model = Bind(package, runner);
            CheckGolden(package, model);
            return model;
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    private IModelRunner Load(PackageArchive package)
    {
        try
        {
            return loader(package.Model, options);
        }
        catch (ModelLoadException refused)
        {
            throw Refuse(package, PackageFault.ModelRefused, [$"{package.Manifest.Model.File}: {refused.Message}"]);
        }
    }

    private static LoadedModel Bind(PackageArchive package, IModelRunner runner)
    {
        ModelSpec spec = package.Manifest.Model;
        List<string> mistakes = [];
        if (runner.Inputs.Count != 1)
        {
            mistakes.Add($"model.input: the model has {runner.Inputs.Count} inputs; one is all it may have");
        }

        int input = Find(runner.Inputs, spec.Input, "model.input", mistakes);
        int output = Find(runner.Outputs, spec.Output, "model.output", mistakes);
        int features = package.Manifest.Pipeline.InputLength();
        if (input >= 0 && runner.Inputs[input].Count != features)
        {
            long elements = runner.Inputs[input].Count;
            mistakes.Add($"model.input: '{spec.Input}' has {elements} elements and the pipeline makes {features}");
        }

        if (output >= 0)
        {
            int elements = (int)runner.Outputs[output].Count;
            mistakes.AddRange(OutputDecoder.Mistakes(package.Manifest.Output, features, elements));
        }

        return mistakes.Count == 0
            ? new LoadedModel(package, runner, input, output)
            : throw Refuse(package, PackageFault.ModelRefused, mistakes);
    }

    private static int Find(IReadOnlyList<TensorInfo> tensors, string name, string path, List<string> mistakes)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Name == name)
            {
                if (tensors[i].Element == TensorElement.Float32)
                {
                    return i;
                }

                mistakes.Add($"{path}: '{name}' is {tensors[i].Element}, not Float32");
                return -1;
            }
        }

        string names = string.Join(", ", tensors.Select(tensor => $"'{tensor.Name}'"));
        mistakes.Add($"{path}: the model has no '{name}'; it has {names}");
        return -1;
    }

    private static void CheckGolden(PackageArchive package, LoadedModel model)
    {
        int runs = 0;
        do
        {
            for (int i = 0; i < package.Golden.Vectors.Count; i++)
            {
                CheckGolden(package, model, i);
                runs++;
            }
        }
        while (runs < WarmUpRuns);
    }

    private static void CheckGolden(PackageArchive package, LoadedModel model, int number)
    {
        GoldenVector vector = package.Golden.Vectors[number];
        if (vector.Input.Count != model.InputLength || vector.Output.Count != model.OutputLength)
        {
            string shapes = $"golden vector {number} has {vector.Input.Count} inputs and {vector.Output.Count} outputs; "
                + $"the model has {model.InputLength} and {model.OutputLength}";
            throw Refuse(package, PackageFault.GoldenMismatch, [shapes]);
        }

        Span<float> input = model.Input;
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = (float)vector.Input[i];
        }

        try
        {
            model.Runner.Run();
        }
        catch (InferenceException failed)
        {
            throw Refuse(package, PackageFault.GoldenMismatch, [$"golden vector {number}: {failed.Message}"]);
        }

        ReadOnlySpan<float> output = model.Output;
        for (int i = 0; i < output.Length; i++)
        {
            // Written as "not within" so that NaN, which is within nothing, is refused too.
            if (!(Math.Abs(output[i] - vector.Output[i]) <= package.Golden.Tolerance))
            {
                double tolerance = package.Golden.Tolerance;
                string sentence = string.Create(CultureInfo.InvariantCulture,
                    $"golden vector {number}, output {i}: {output[i]} where {vector.Output[i]} is right, within {tolerance}");
                throw Refuse(package, PackageFault.GoldenMismatch, [sentence]);
            }
        }
    }

    private static PackageRejectedException Refuse(
        PackageArchive package, PackageFault fault, IReadOnlyList<string> lines)
    {
        string detail = lines.Count == 1 ? lines[0] : $"{lines[0]}; and {lines.Count - 1} more";
        return new PackageRejectedException(package.Id, fault, detail) { Lines = lines };
    }
}
