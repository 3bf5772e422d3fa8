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
/// <param name="prover">Runs a candidate where it can do no harm before it is loaded here; null to load it at once.</param>
/// <param name="facts">What this device is; null where it is not the one that a package is for, and its demands are not judged.</param>
public sealed class PackageVerification(
    IReadOnlyList<VerifyingKey> releaseKeys,
    ModelLoader loader,
    string? runtimeVersion,
    RunnerOptions options,
    PackageLimits limits,
    TimeProvider? time = null,
    VariantMemory? memory = null,
    PackageProver? prover = null,
    DeviceFacts? facts = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Bytes of the largest archive.</summary>
    public long LargestArchive => limits.Bytes;

    /// <summary>Everything in which this device is not what a package demands; empty when it is.</summary>
    public IReadOnlyList<string> Objections(RequirementSpec? required) => facts?.Objections(required) ?? [];

    /// <summary>Reads a package and checks what can be told without loading its model.</summary>
    /// <param name="archive">Kept, not copied; it must not change afterwards.</param>
    /// <exception cref="PackageRejectedException">It is not a package for this model that a release key
    /// signed.</exception>
    public PackageArchive Read(ReadOnlyMemory<byte> archive, ModelSite site) => Read(archive, site, isTrusted: false);

    // What served here before is not asked for its demands again: with a newer runtime it may meet them no more, and a verified
    // model always answers.
    private PackageArchive Read(ReadOnlyMemory<byte> archive, ModelSite site, bool isTrusted)
    {
        PackageArchive package = PackageArchive.Read(archive, releaseKeys, limits);
        PackageManifest manifest = package.Manifest;
        if (manifest.Name != site.Model)
        {
            throw Refuse(
                package, PackageFault.WrongPackage, [$"it is for the model '{manifest.Name}', not '{site.Model}'"]);
        }

        if (!isTrusted && Objections(manifest.Requires) is { Count: > 0 } objections)
        {
            throw Refuse(package, PackageFault.IncompatibleRuntime, objections);
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
    /// <param name="isTrusted">True for a package that was proved and committed here before: a start must be fast.</param>
    /// <exception cref="PackageRejectedException">Anything at all is wrong.</exception>
    /// <exception cref="ProverException">It could not be proved, through no fault of its own.</exception>
    public LoadedModel Verify(
        ReadOnlyMemory<byte> archive, ModelSite site, Func<long, string?> counterObjection, bool isTrusted = false)
    {
        PackageArchive package = Read(archive, site, isTrusted);
        if (counterObjection(package.Manifest.ReleaseCounter) is { } objection)
        {
            throw Refuse(package, PackageFault.CounterTooLow, [objection]);
        }

        ProofReport? proof = isTrusted || prover is null ? null : prover(package);
        if (proof?.Refusal is string refusal)
        {
            throw Refuse(package, proof.Fault, [refusal]);
        }

        LoadedModel loaded = package.Manifest.Model.Variants is { } variants
            ? LoadFastest(package, variants)
            : new LoadedModel(package, RightModel.Load(package, package.Manifest.Model, package.Golden.Tolerance, loader, options), null);
        loaded.Proof = proof;
        return loaded;
    }

    private ModelCall LoadVariant(PackageArchive package, VariantSpec variant) =>
        RightModel.Load(package, RightModel.SpecOf(package, variant), RightModel.ToleranceOf(package, variant), loader, options);

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

            double[] times = VariantContest.Measure([.. right.Select(i => calls[i]!)], RightModel.InputsOf(package), _time);
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

    internal static PackageRejectedException Refuse(
        PackageArchive package, PackageFault fault, IReadOnlyList<string> lines)
    {
        string detail = lines.Count == 1 ? lines[0] : $"{lines[0]}; and {lines.Count - 1} more";
        return new PackageRejectedException(package.Id, fault, detail) { Lines = lines };
    }
}
