using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads what a manifest of the kind <c>model</c> has beside what all have.</summary>
internal static class ModelManifestReader
{
    public static ModelManifest Read(JsonObjectReader root, ManifestHead head)
    {
        IReadOnlyList<ManifestChannel> channels = PipelineReader.ReadChannels(root);
        OutputSpec output = root.RequiredObject("output", OutputReader.Read);
        PipelineSpec pipeline = root.RequiredObject("pipeline", spec => PipelineReader.Read(spec, channels));
        ModelSpec network = root.RequiredObject("model", model => ModelReader.Read(model, output));
        DecisionSpec rule = root.RequiredObject("decision", decision => DecisionReader.Read(decision, output));
        ModelManifest manifest = new(
            head,
            channels,
            pipeline,
            network,
            output,
            rule,
            root.RequiredObject("soak", SoakSpec.Read))
        {
            Shadow = root.Object("shadow", ShadowSpec.Read),
            Goals = root.Map("goals", (goals, goal) => goals.RequiredDouble(goal)),
            Gates = RequirementReader.ReadGates(root),
            GatesForced = root.Has("gates_forced") ? root.Strings("gates_forced", 1, 64, text => PackageNames.Line(text, 500)) : null,
            Monitoring = root.Object("monitoring", monitoring => MonitoringSpec.Read(monitoring, channels, pipeline, output, rule)),
        };
        if (output.Kind == "detection" && root.Has("pipeline") && manifest.Pipeline.Image is null)
        {
            root.Mistake("output", "a detection finds objects in pictures, and the pipeline has no image");
        }

        return manifest;
    }

    /// <summary>Files that the package must have and does not list, a sentence each.</summary>
    public static IEnumerable<string> MissingFiles(ModelManifest manifest)
    {
        foreach (string model in manifest.Model.Files())
        {
            if (model.Length > 0 && !ManifestReader.Lists(manifest, model))
            {
                string hint = Spelling.Hint(model, manifest.Files.Select(file => file.Path));
                yield return $"'{model}', the model's file, is not listed{hint}";
            }
        }

        if (!ManifestReader.Lists(manifest, GoldenVectors.FileName))
        {
            yield return $"'{GoldenVectors.FileName}' is not listed; no device activates a model without it";
        }
    }
}
