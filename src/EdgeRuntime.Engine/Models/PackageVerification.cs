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
/// <param name="time">Measures variants. (default: the system's)</param>
/// <param name="memory">Remembers which variant was the fastest; null to measure every time.</param>
public sealed class PackageVerification(
    IReadOnlyList<VerifyingKey> releaseKeys,
    ModelLoader loader,
    string? runtimeVersion,
    RunnerOptions options,
    PackageLimits limits,
    TimeProvider? time = null,
    VariantMemory? memory = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

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

        return package.Manifest.Model.Variants is { } variants
            ? LoadFastest(package, variants)
            : new LoadedModel(package, LoadRight(package, package.Manifest.Model, package.Golden.Tolerance), null);
    }

    // A model that answers rightly, or an exception that says why not and leaves nothing behind.
    private ModelCall LoadRight(PackageArchive package, ModelSpec spec, double tolerance)
    {
        ModelCall call = Load(package, spec);
        try
        {
            CheckOutput(package, call);
            CheckGolden(package, call, tolerance);
            return call;
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    private ModelCall LoadVariant(PackageArchive package, VariantSpec variant) => LoadRight(
        package,
        package.Manifest.Model with { File = variant.File, Variants = null },
        variant.Tolerance ?? package.Golden.Tolerance);

    private LoadedModel LoadFastest(PackageArchive package, IReadOnlyList<VariantSpec> variants)
    {
        if (memory?.Find(package.Manifest) is { } choice)
        {
            try
            {
                return new LoadedModel(
                    package, LoadVariant(package, variants.First(variant => variant.Name == choice.Name)), choice);
            }
            catch (PackageRejectedException)
            {
                // What was right before is not any more: all of them are asked again.
            }
        }

        ModelCall?[] calls = new ModelCall?[variants.Count];
        PackageRejectedException?[] refusals = new PackageRejectedException?[variants.Count];
        int fastest = -1;
        try
        {
            for (int i = 0; i < calls.Length; i++)
            {
                try
                {
                    calls[i] = LoadVariant(package, variants[i]);
                }
                catch (PackageRejectedException refused)
                {
                    refusals[i] = refused;
                }
            }

            int[] right = [.. Enumerable.Range(0, calls.Length).Where(i => calls[i] is not null)];
            if (right.Length == 0)
            {
                throw refusals[0]!;
            }

            double[] times = VariantContest.Measure([.. right.Select(i => calls[i]!)], InputsOf(package), _time);
            fastest = right[VariantContest.Fastest(times)];
            VariantChoice measured = new(
                variants[fastest].Name,
                [
                    .. variants.Select((variant, i) => new VariantFigure(
                        variant.Name,
                        calls[i] is null ? null : times[Array.IndexOf(right, i)],
                        refusals[i]?.Detail)),
                ],
                Remembered: false);
            memory?.Keep(package.Manifest, measured);
            return new LoadedModel(package, calls[fastest]!, measured);
        }
        catch (InferenceException failed)
        {
            fastest = -1;
            throw Refuse(package, PackageFault.ModelRefused, [failed.Message]);
        }
        finally
        {
            for (int i = 0; i < calls.Length; i++)
            {
                if (i != fastest)
                {
                    calls[i]?.Dispose();
                }
            }
        }
    }

    private static float[][] InputsOf(PackageArchive package) =>
        [.. package.Golden.Vectors.Select(vector => vector.Input.Select(value => (float)value).ToArray())];

    private ModelCall Load(PackageArchive package, ModelSpec spec)
    {
        try
        {
            return ModelCall.Load(
                spec,
                InputSlice.LayoutOf(package.Manifest),
                (file, tensors) => loader(PackageModel.Read(package, file), tensors),
                options);
        }
        catch (ModelLoadException refused)
        {
            throw Refuse(package, PackageFault.ModelRefused, [refused.Message]);
        }
        catch (ModelBindingException unfit)
        {
            throw Refuse(package, PackageFault.ModelRefused, unfit.Mistakes);
        }
    }

    private static void CheckOutput(PackageArchive package, ModelCall call)
    {
        IReadOnlyList<string> mistakes = OutputDecoder.Mistakes(package.Manifest.Output, call.InputLength, call.OutputLength);
        if (mistakes.Count > 0)
        {
            throw Refuse(package, PackageFault.ModelRefused, mistakes);
        }
    }

    private static void CheckGolden(PackageArchive package, ModelCall call, double tolerance)
    {
        int runs = 0;
        do
        {
            // One sequence from the beginning: what a stateful model remembers of one vector is part of the next answer.
            call.Reset();
            for (int i = 0; i < package.Golden.Vectors.Count; i++)
            {
                CheckGolden(package, call, i, tolerance);
                runs++;
            }
        }
        while (runs < WarmUpRuns);
    }

    private static void CheckGolden(PackageArchive package, ModelCall call, int number, double tolerance)
    {
        GoldenVector vector = package.Golden.Vectors[number];
        if (vector.Input.Count != call.InputLength || vector.Output.Count != call.OutputLength)
        {
            string shapes = $"golden vector {number} has {vector.Input.Count} inputs and {vector.Output.Count} outputs; "
                + $"the model has {call.InputLength} and {call.OutputLength}";
            throw Refuse(package, PackageFault.GoldenMismatch, [shapes]);
        }

        float[] features = [.. vector.Input.Select(value => (float)value)];
        try
        {
            call.Run(features);
        }
        catch (InferenceException failed)
        {
            throw Refuse(package, PackageFault.GoldenMismatch, [$"golden vector {number}: {failed.Message}"]);
        }

        ReadOnlySpan<float> output = call.Output;
        for (int i = 0; i < output.Length; i++)
        {
            // Written as "not within" so that NaN, which is within nothing, is refused too.
            if (!(Math.Abs(output[i] - vector.Output[i]) <= tolerance))
            {
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
