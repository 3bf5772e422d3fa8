using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Makes whole packages of the manifests among the fixtures, with contents that fit them.</summary>
internal static class SampleArchive
{
    /// <summary>Packs a manifest; empty when the fixture is no manifest.</summary>
    public static byte[] Of(byte[] manifestJson, bool signed)
    {
        if (ManifestReader.Read(manifestJson, new Mistakes(), form: ManifestForm.Source) is not PackageManifest manifest)
        {
            return [];
        }

        Dictionary<string, byte[]> files = manifest.Files.ToDictionary(file => file.Path, file => new byte[Math.Min(file.Size, 256)]);
        switch (manifest)
        {
            case ModelManifest model:
                files[model.Model.File] = File.ReadAllBytes(Path.Combine(SeedFiles.Root, "src/EdgeRuntime.Device/Selftest/selftest.onnx"));
                files[GoldenVectors.FileName] = PackageWriter.Encode(Golden(model));
                files.Remove(ReferenceProfile.FileName);
                break;
            case ConfigurationManifest:
                files[ConfigurationOverlay.FileName] = """{ "labels": { "site": "north" }, "telemetry": { "window_s": 30 } }"""u8.ToArray();
                break;
        }

        byte[] complete = PackageWriter.Encode(manifest with { Files = PackageWriter.ListOf(files) });
        ManifestSignature? signature = signed ? ManifestSignature.Read(SampleKeys.Signature, new Mistakes()) : null;
        return PackageWriter.Assemble(complete, signature, files.Select(file => new PackageFile(file.Key, file.Value)));
    }

    private static GoldenVectors Golden(ModelManifest manifest)
    {
        int inputs = manifest.Pipeline.InputLength();
        int outputs = manifest.Output.Kind switch
        {
            "classification" => manifest.Output.Labels.Count,
            "reconstruction" => inputs,
            _ => 1,
        };
        return new GoldenVectors { Tolerance = 0.01, Vectors = [new GoldenVector(new double[inputs], new double[outputs])] };
    }
}
