using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What the model sees where everything is absent: one input that stands for nothing in particular.</summary>
/// <remarks>
/// Of a feature the value that the manifest names, else the median of the reference (of a category the most frequent one), else what
/// the pipeline puts in place of a missing value. Of a picture one colour.
/// </remarks>
public sealed class ExplanationBaseline
{
    private readonly float[] _input;
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>Works it out.</summary>
    public ExplanationBaseline(ModelManifest manifest, ReferenceProfile? reference, ExplainSpec spec)
    {
        _input = new float[manifest.Pipeline.InputLength()];
        if (manifest.Pipeline.Image is ImageSpec image)
        {
            Fill(image, spec.BaselineColour);
            return;
        }

        ResolvedFeatures resolved = FeatureResolution.Resolve(manifest);
        for (int i = 0; i < resolved.Plans.Count; i++)
        {
            FeatureSpec feature = manifest.Pipeline.Features[i];
            FeaturePlan plan = resolved.Plans[i].Plan;
            if (!feature.IsSingle())
            {
                for (int element = 0; element < plan.Elements; element++)
                {
                    _input[plan.InputIndex + (element * plan.Stride)] = plan.Scaling.Missing;
                }

                continue;
            }

            double value = spec.Baseline.TryGetValue(feature.Name, out double named)
                ? named
                : Typical(reference?.Features.FirstOrDefault(known => known.Name == feature.Name), plan.Category);
            plan.Write(plan.Category is null || double.IsNaN(value) ? value : Math.Clamp(Math.Round(value), 0, plan.Category.Count - 1), _input);
            if (!double.IsNaN(value))
            {
                _values[feature.Name] = value;
            }
        }
    }

    /// <summary>The input; shape [elements of the input], scaled.</summary>
    public ReadOnlyMemory<float> Input => _input;

    /// <summary>A feature's value in it, before scaling; null where a missing value stands for it.</summary>
    public double? ValueOf(string feature) => _values.TryGetValue(feature, out double value) ? value : null;

    // Numbers of categories lie in bins like any other value; the first whole number of the fullest bin is one of them.
    private static double Typical(ReferenceFeature? reference, CategoryRule? category)
    {
        if (reference is null || reference.Counts.Sum() == 0)
        {
            return double.NaN;
        }

        if (category is null)
        {
            return Median(reference);
        }

        int fullest = 0;
        for (int bin = 1; bin < reference.Counts.Count; bin++)
        {
            fullest = reference.Counts[bin] > reference.Counts[fullest] ? bin : fullest;
        }

        return fullest == 0 ? 0 : Math.Ceiling(reference.Edges[fullest - 1]);
    }

    // On the line between the edges of the bin in which the median lies; the outer bins have one edge alone.
    private static double Median(ReferenceFeature reference)
    {
        double half = reference.Counts.Sum() / 2.0;
        long below = 0;
        for (int bin = 0; bin < reference.Counts.Count; bin++)
        {
            long count = reference.Counts[bin];
            if (count > 0 && below + count >= half)
            {
                return bin == 0 ? reference.Edges[0]
                    : bin == reference.Edges.Count ? reference.Edges[^1]
                    : reference.Edges[bin - 1] + ((reference.Edges[bin] - reference.Edges[bin - 1]) * (half - below) / count);
            }

            below += count;
        }

        return reference.Edges[^1];
    }

    private void Fill(ImageSpec image, double colour)
    {
        int colours = image.Colours();
        for (int i = 0; i < _input.Length; i++)
        {
            int at = image.Layout == "nhwc" ? i % colours : i / (image.Width * image.Height);
            _input[i] = image.Element == "uint8"
                ? (float)Math.Floor(colour + 0.5)
                : (float)(((colour * (image.Scale ?? 1)) - (image.Mean?[at] ?? 0)) / (image.Std?[at] ?? 1));
        }
    }
}
