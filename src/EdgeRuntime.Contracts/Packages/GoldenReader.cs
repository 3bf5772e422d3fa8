using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads <c>golden/golden.json</c>, checks it against its manifest, and finds everything that is wrong with it.</summary>
public static class GoldenReader
{
    private const int MaxVectors = 1024;
    private const int MaxElements = 1_048_576;
    private static readonly JsonLimits Limits = new(Bytes: 16 * 1024 * 1024, Depth: 8);

    /// <summary>Reads golden vectors.</summary>
    /// <param name="manifest">The manifest of the same package.</param>
    /// <param name="name">What mistakes call the file.</param>
    /// <returns>The vectors, or null when there are mistakes.</returns>
    public static GoldenVectors? Read(
        ReadOnlySpan<byte> utf8, ModelManifest manifest, Mistakes mistakes, string name = GoldenVectors.FileName) =>
        JsonFile.Read(utf8, name, mistakes, root => ReadRoot(root, manifest), Limits);

    private static GoldenVectors ReadRoot(JsonObjectReader root, ModelManifest manifest)
    {
        int outputs = OutputLength(manifest);
        return new GoldenVectors
        {
            Tolerance = root.RequiredDouble("tolerance", JsonObjectReader.AboveZero),
            Vectors = root.RequiredObjects("vectors", vector => ReadVector(vector, manifest, outputs), 1, MaxVectors),
        };
    }

    private static GoldenVector ReadVector(JsonObjectReader vector, ModelManifest manifest, int outputs)
    {
        // Float32 is what the tensors hold; a larger number would arrive as infinity.
        GoldenVector read = new(
            vector.Doubles("input", 1, MaxElements, float.MinValue, float.MaxValue),
            vector.Doubles("output", 1, MaxElements, float.MinValue, float.MaxValue));
        int inputs = manifest.Pipeline.InputLength();
        if (read.Input.Count != inputs && read.Input.Count > 0)
        {
            vector.Mistake("input", $"has {read.Input.Count} values; the manifest's features make {inputs}");
        }

        // How many candidates a detector answers, its model alone says.
        if (outputs > 0 && read.Output.Count != outputs && read.Output.Count > 0)
        {
            string why = manifest.Output.Kind switch
            {
                "classification" => $"the manifest has {outputs} labels",
                "regression" => "a regression has one",
                _ => $"a reconstruction has as many as the input, {outputs}",
            };
            vector.Mistake("output", $"has {read.Output.Count} values; {why}");
        }

        return read;
    }

    private static int OutputLength(ModelManifest manifest) => manifest.Output.Kind switch
    {
        "classification" => manifest.Output.Labels.Count,
        "reconstruction" => manifest.Pipeline.InputLength(),
        "detection" => 0,
        _ => 1,
    };
}
