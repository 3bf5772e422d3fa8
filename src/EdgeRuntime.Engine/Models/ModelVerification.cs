using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// What a package with a model is held against beyond <see cref="PackageVerification"/>: its fit to the sensor; the model's tensors;
/// its answers to the golden vectors, on this very machine. Thread-safe.
/// </summary>
/// <param name="memory">Remembers which variant was the fastest; null to measure every time.</param>
/// <param name="prover">Runs a candidate where it can do no harm before it is loaded here; null to load it at once.</param>
internal sealed class ModelVerification(
    ModelLoader loader, string? runtimeVersion, RunnerOptions options, TimeProvider time, VariantMemory? memory, PackageProver? prover)
{
    /// <summary>Checks what can be told without loading the model.</summary>
    /// <exception cref="PackageRejectedException">The sensor or ONNX Runtime is not what it needs.</exception>
    public void RequireFit(ModelPackage package, ModelSite site)
    {
        if (!PipelineBinding.TryBind(package.Manifest, site, out _, out IReadOnlyList<string> mistakes))
        {
            throw PackageVerification.Refuse(package, PackageFault.IncompatibleInputs, mistakes);
        }

        if (SemanticVersion.TryParse(package.Manifest.Model.MinOnnxruntime, out SemanticVersion needed)
            && SemanticVersion.TryParse(runtimeVersion, out SemanticVersion have)
            && have < needed)
        {
            throw PackageVerification.Refuse(package, PackageFault.IncompatibleRuntime,
                [$"its model needs ONNX Runtime {needed} and this device has {have}"]);
        }
    }

    /// <summary>Proves and loads the model.</summary>
    /// <param name="isTrusted">True for one that was proved and committed here before.</param>
    /// <exception cref="PackageRejectedException">Anything at all is wrong.</exception>
    /// <exception cref="ProverException">It could not be proved, through no fault of its own.</exception>
    public LoadedModel Load(ModelPackage package, bool isTrusted)
    {
        ProofReport? proof = isTrusted || prover is null ? null : prover(package);
        if (proof?.Refusal is string refusal)
        {
            throw PackageVerification.Refuse(package, proof.Fault, [refusal]);
        }

        LoadedModel loaded = package.Manifest.Model.Variants is { } variants
            ? LoadFastest(package, variants)
            : new LoadedModel(package, RightModel.Load(package, package.Manifest.Model, package.Golden.Tolerance, loader, options), null);
        loaded.Proof = proof;
        return loaded;
    }

    private ModelCall LoadVariant(ModelPackage package, VariantSpec variant) =>
        RightModel.Load(package, RightModel.SpecOf(package, variant), RightModel.ToleranceOf(package, variant), loader, options);

    private LoadedModel LoadFastest(ModelPackage package, IReadOnlyList<VariantSpec> variants)
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

            double[] times = VariantContest.Measure([.. right.Select(i => calls[i]!)], RightModel.InputsOf(package), time);
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
            throw PackageVerification.Refuse(package, PackageFault.ModelRefused, [failed.Message]);
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
}
