using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>The execution providers that a profile asks for, tried on this machine with the built-in model.</summary>
internal static class ProviderChecks
{
    private const string Area = "providers";
    private const string Remedy = "install the provider's driver and a library that has it (inference.library), or take it out of inference.providers";

    /// <summary>One finding for each that takes part, and one for everything that was asked for and is not so.</summary>
    /// <param name="load">Loads a model.</param>
    /// <param name="model">A model that any processor runs.</param>
    public static IEnumerable<Finding> Of(ModelLoader load, ReadOnlyMemory<byte> model, InferenceOptions options)
    {
        if (options.Providers.Count == 0)
        {
            return [];
        }

        try
        {
            using IModelRunner runner = load(model, options.ForRunner());
            List<Finding> findings =
            [
                .. runner.Report.Providers.Select(provider => Finding.Ok(Area, $"{provider} takes part")),
                .. runner.Report.Fallbacks.Select(fallback => Finding.Warning(Area, fallback, Remedy)),
            ];
            if (runner.Report.Providers.Count == 0)
            {
                findings.Add(Finding.Ok(Area, "models run on the processor alone"));
            }

            return findings;
        }
        catch (ModelLoadException refused)
        {
            return [Finding.Problem(Area, $"the built-in model cannot be loaded: {refused.Message}", "run 'edge-device selftest'")];
        }
    }
}
