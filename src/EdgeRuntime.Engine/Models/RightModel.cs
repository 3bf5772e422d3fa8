using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// Loads a model of a package and asks it for the golden vectors: what is handed out answers rightly on this very machine, and
/// is warm.
/// </summary>
internal static class RightModel
{
    // The first run of a model allocates and touches its memory; after the second its times are those it will keep.
    private const int WarmUpRuns = 2;

    /// <summary>What the manifest says of one variant.</summary>
    public static ModelSpec SpecOf(ModelPackage package, VariantSpec variant) =>
        package.Manifest.Model with { File = variant.File, Variants = null };

    /// <summary>How far the answers of one variant may be off.</summary>
    public static double ToleranceOf(ModelPackage package, VariantSpec variant) =>
        variant.Tolerance ?? package.Golden.Tolerance;

    /// <summary>The inputs of the golden vectors, in their order.</summary>
    public static float[][] InputsOf(ModelPackage package) =>
        [.. package.Golden.Vectors.Select(vector => vector.Input.Select(value => (float)value).ToArray())];

    /// <summary>Loads and asks.</summary>
    /// <exception cref="PackageRejectedException">It is no model that fits the manifest, or answers otherwise; nothing of it is
    /// left behind.</exception>
    public static ModelCall Load(
        ModelPackage package, ModelSpec spec, double tolerance, ModelLoader loader, RunnerOptions options)
    {
        ModelCall call = Bind(package, spec, loader, options);
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

    private static ModelCall Bind(ModelPackage package, ModelSpec spec, ModelLoader loader, RunnerOptions options)
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
            throw PackageVerification.Refuse(package, PackageFault.ModelRefused, [refused.Message]);
        }
        catch (ModelBindingException unfit)
        {
            throw PackageVerification.Refuse(package, PackageFault.ModelRefused, unfit.Mistakes);
        }
    }

    private static void CheckOutput(ModelPackage package, ModelCall call)
    {
        IReadOnlyList<string> mistakes = OutputDecoder.Mistakes(package.Manifest.Output, call.InputLength, call.OutputLength);
        if (mistakes.Count > 0)
        {
            throw PackageVerification.Refuse(package, PackageFault.ModelRefused, mistakes);
        }
    }

    private static void CheckGolden(ModelPackage package, ModelCall call, double tolerance)
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

    private static void CheckGolden(ModelPackage package, ModelCall call, int number, double tolerance)
    {
        GoldenVector vector = package.Golden.Vectors[number];
        if (vector.Input.Count != call.InputLength || vector.Output.Count != call.OutputLength)
        {
            string shapes = $"golden vector {number} has {vector.Input.Count} inputs and {vector.Output.Count} outputs; "
                + $"the model has {call.InputLength} and {call.OutputLength}";
            throw PackageVerification.Refuse(package, PackageFault.GoldenMismatch, [shapes]);
        }

        float[] features = [.. vector.Input.Select(value => (float)value)];
        try
        {
            call.Run(features);
        }
        catch (InferenceException failed)
        {
            throw PackageVerification.Refuse(
                package, PackageFault.GoldenMismatch, [$"golden vector {number}: {failed.Message}"]);
        }

        ReadOnlySpan<float> output = call.Output;
        for (int i = 0; i < output.Length; i++)
        {
            // Written as "not within" so that NaN, which is within nothing, is refused too.
            if (!(Math.Abs(output[i] - vector.Output[i]) <= tolerance))
            {
                string sentence = string.Create(CultureInfo.InvariantCulture,
                    $"golden vector {number}, output {i}: {output[i]} where {vector.Output[i]} is right, within {tolerance}");
                throw PackageVerification.Refuse(package, PackageFault.GoldenMismatch, [sentence]);
            }
        }
    }
}
