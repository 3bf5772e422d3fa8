using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>Makes a model's input again of the values that telemetry watches, where the input is made of nothing else.</summary>
public sealed class WatchedInput
{
    private readonly FeaturePlan[] _plans;
    private readonly int _length;

    private WatchedInput(ModelManifest manifest)
    {
        _plans = [.. FeatureResolution.Resolve(manifest).Plans.Select(resolved => resolved.Plan)];
        _length = manifest.Pipeline.InputLength();
    }

    /// <summary>That of a manifest; null where a feature has several values, or the input is a picture.</summary>
    public static WatchedInput? Of(ModelManifest manifest) =>
        manifest.Pipeline.Image is null && manifest.Pipeline.Features.All(feature => feature.IsSingle()) ? new WatchedInput(manifest) : null;

    /// <summary>The input.</summary>
    /// <param name="values">Before scaling, in the order of the features.</param>
    /// <returns>Null where a value is missing: what stood for it then may depend on samples before.</returns>
    public float[]? From(ReadOnlySpan<double> values)
    {
        float[] input = new float[_length];
        for (int i = 0; i < _plans.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                return null;
            }

            _plans[i].Write(values[i], input);
        }

        return input;
    }
}
