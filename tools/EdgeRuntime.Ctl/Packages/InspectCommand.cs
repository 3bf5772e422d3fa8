using System.Security.Cryptography;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The verb <c>inspect</c>: shows what a package is and who signed it, or everything that is wrong with it.</summary>
internal static class InspectCommand
{
    public const string Usage = """
        usage: edgectl inspect FILE [--trust PUB]... [--json]

        Shows a package: manifest, signatures, files. Everything in it is checked on the way; what is wrong is listed, and
        the exit code is then 65.
          --trust    a public key; given at least once, one of them must have signed
          --json     prints one JSON object
        """;

    public const string Example = "edgectl inspect vitals-2.edgepkg --trust keys/release.pub.pem";

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--trust"], ["--json"]);
        string path = read.RequiredFiles("FILE")[0];
        read.Check();

        IReadOnlyList<VerifyingKey> trusted = Keys.Public(read.All("--trust"));
        byte[] archive = Files.Read(path, new PackageLimits().Bytes);
        PackageArchive? package = null;
        IReadOnlyList<string> mistakes = [];
        try
        {
            package = PackageArchive.ReadUnverified(archive);
            if (trusted.Count > 0)
            {
                PackageArchive.Read(archive, trusted);
            }
        }
        catch (PackageRejectedException e)
        {
            mistakes = e.Lines;
        }

        if (read.Has("--json"))
        {
            PrintJson(package, archive, trusted, mistakes, around);
        }
        else
        {
            if (package is not null)
            {
                new PackageSheet(package, trusted, around).Print();
            }

            foreach (string mistake in mistakes)
            {
                around.Errors.WriteLine($"inspect: {path}: {mistake}");
            }
        }

        return mistakes.Count == 0 ? ExitCode.Done : ExitCode.Data;
    }

    private static void PrintJson(
        PackageArchive? package,
        byte[] archive,
        IReadOnlyList<VerifyingKey> trusted,
        IReadOnlyList<string> mistakes,
        Surroundings around)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("size", archive.Length);
            json.WriteString("archive_sha256", Convert.ToHexStringLower(SHA256.HashData(archive)));
            if (package is not null)
            {
                json.WriteString("digest", package.Id.ToString());
                json.WriteStartArray("signatures");
                foreach (string keyid in package.Signature?.Signatures.Select(signature => signature.Keyid) ?? [])
                {
                    json.WriteStartObject();
                    json.WriteString("keyid", keyid);
                    json.WriteBoolean("trusted", Signers(package, trusted).Contains(keyid));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WritePropertyName("manifest");
                JsonSerializer.Serialize(json, package.Manifest, WireJson.Default.PackageManifest);
            }

            json.WriteStartArray("errors");
            foreach (string mistake in mistakes)
            {
                json.WriteStringValue(mistake);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        around.Output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    /// <summary>Ids of the trusted keys that signed.</summary>
    internal static IReadOnlyList<string> Signers(PackageArchive package, IReadOnlyList<VerifyingKey> trusted) =>
        package.Signature?.Signers(package.ManifestBytes.Span, trusted) ?? [];
}
