using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Contracts.Tests.Packages;

/// <summary>A small package that is right in every way, and its parts.</summary>
internal static class TestPackage
{
    public static ModelManifest Manifest { get; } =
        ManifestReader.ReadModel(Fixture.Bytes("valid", "source_manifest.json"), new Mistakes(), form: ManifestForm.Source)!;

    public static Dictionary<string, byte[]> Files { get; } = new()
    {
        ["model.onnx"] = [.. "not a model, but nobody here runs it"u8],
        ["golden/golden.json"] = Fixture.Bytes("valid", "golden.json"),
        ["reference.json"] = Fixture.Bytes("valid", "reference.json"),
        ["card.md"] = [],
    };

    public static byte[] Pack(SigningKey? key) => PackageWriter.Pack(Manifest, Files, key);
}
