using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Onnx;
using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Finds out what a model listens to in the data that its reference is made of, within a budget of inferences.</summary>
internal static class AttributionSampling
{
    // As many as a verdict of a device rests on at most; and a minute's worth of a model that takes a millisecond.
    private const int MostSamples = 256;
    private const int MostInferences = 60_000;

    /// <summary>Explains some of the inputs, spread evenly over all of them.</summary>
    /// <param name="reference">Its medians stand for what is absent.</param>
    /// <param name="load">Gives the model by the name of its file.</param>
    /// <param name="count">Inputs that there are.</param>
    /// <param name="inputOf">One of them, as the model is given it, and what telemetry watches of it; null where it is none.</param>
    /// <returns>Null for pictures and models with a memory, and where the budget is not enough for as many as can be compared.</returns>
    public static AttributionReference? Of(
        ModelManifest manifest, ReferenceProfile reference, Func<string, RunnerOptions, IModelRunner> load, int count,
        Func<int, (float[] Input, double[] Values)?> inputOf)
    {
        // Models of pictures take milliseconds, and hundreds of them for each answer.
        if (count == 0 || manifest.Model.State is not null || manifest.Pipeline.Image is not null || manifest.Monitoring?.Explain is { InferencesPerMinute: 0 })
        {
            return null;
        }

        using ModelCall call = ModelCall.Load(
            manifest.Model with { File = FileOf(manifest), Variants = null }, InputSlice.LayoutOf(manifest), load, new RunnerOptions());
        ModelExplainer explainer = new(manifest, reference, call, null);
        if (explainer.Plan(int.MaxValue) is not AttributionPlan plan)
        {
            return null;
        }

        int samples = Math.Min(Math.Min(MostSamples, count), MostInferences / plan.Cost);
        AttributionWatch watch = new(manifest, reference with { EffectiveShare = 1, Attributions = null });
        for (int i = 0; i < samples; i++)
        {
            if (inputOf((int)((long)i * count / samples)) is ({ } input, { } values)
                && explainer.Explain(new ExplainedSample(default, 0, 0, input, values), plan, seed: i, out _) is ExplanationReport report)
            {
                watch.Take(report);
            }
        }

        return watch.TakeCounts() is { Samples: >= AttributionDrift.SmallestSample } counts ? ReferenceOf(counts) : null;
    }

    /// <summary>The same of a table of features, with the model that lies beside a manifest.</summary>
    /// <returns>Null where there is none, or the features do not make up its input.</returns>
    public static AttributionReference? Of(string manifestPath, ModelManifest manifest, ReferenceProfile reference, FeatureTable table)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(manifestPath))!;
        if (WatchedInput.Of(manifest) is not WatchedInput whole || !File.Exists(Path.Combine(directory, FileOf(manifest))))
        {
            return null;
        }

        try
        {
            OnnxEnvironment environment = OnnxEnvironment.Open(null);
            return Of(
                manifest, reference, (file, options) => environment.Load(Files.Read(Path.Combine(directory, file), new PackageLimits().Bytes), options),
                table.Rows.Count, row => whole.From(table.Rows[row]) is float[] input ? (input, table.Rows[row]) : null);
        }
        catch (Exception e) when (e is ModelLoadException or ModelBindingException)
        {
            // A manifest that is measured before its model is done: the reference is good without.
            return null;
        }
    }

    private static string FileOf(ModelManifest manifest) => manifest.Model.Variants is [VariantSpec first, ..] ? first.File : manifest.Model.File;

    // Six digits: they are read by people, and no mean of a sample is known better.
    private static AttributionReference ReferenceOf(AttributionCounts counts) => new()
    {
        Method = counts.Method,
        Samples = counts.Samples,
        Groups = counts.Groups,
        Means = [.. counts.Sums.Select(sum => Rounded((double)sum * AttributionCounters.Unit / counts.Samples))],
        Tops = counts.Tops,
    };

    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
