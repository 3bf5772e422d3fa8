using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Packages;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Package archives, versions and keys.</summary>
internal static class Packages
{
    private static readonly Lazy<SigningKey> Key = new(SigningKey.Create);
    private static readonly PackageFile[] RuntimeFiles =
        [new("edge-device", Encoding.ASCII.GetBytes("a program")), new("libonnxruntime.so.1", Encoding.ASCII.GetBytes("a library"))];

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "archive",
            About = "a package: tar, manifest, hashes, reference, golden vectors; without its signature's wall",
            Run = Archive,
            Refuses = e => e is PackageRejectedException,
            Seeds = Archives,
            Mutations = [ArchiveMutation.Change, ArchiveMutation.Change, ArchiveMutation.Change, ByteMutation.Havoc],
            Weight = 0.75,
            LargestInput = 32 * 1024,
            FixedBytes = 4 * 1024 * 1024,
        },
        new Target
        {
            Name = "runtime-manifest",
            About = "a manifest as the program that starts others reads it: with a signature that is right, whatever it says",
            Run = Runtime,
            Refuses = e => e is PackageRejectedException,
            Seeds = () => [Runtimes("manifest_runtime.json"), Runtimes("manifest_configuration.json")],
            Mutations = [JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc],
            Weight = 0.5,
            FixedBytes = 4 * 1024 * 1024,
        },
        new Target
        {
            Name = "elf",
            About = "what a program asks of the machine that starts it",
            Run = bytes => ElfFile.Read(bytes) is { Architecture: not null },
            Seeds = () => [File.ReadAllBytes("/bin/true")],
            LargestInput = 64 * 1024,
            Weight = 0.25,
            FixedBytes = 4 * 1024 * 1024,
        },
        new Target
        {
            Name = "version",
            About = "a semantic version",
            Run = Version,
            Seeds = () => [.. Texts("1.2.3", "0.0.0-alpha.1+b7", "10.20.30-rc.1", "1.0.0-0A.is.legal")],
            LargestInput = 512,
            Weight = 0.5,
        },
        new Target
        {
            Name = "key",
            About = "public keys in PEM",
            Run = bytes => VerifyingKey.FromPem(Encoding.UTF8.GetString(bytes)).Count > 0,
            Refuses = e => e is FormatException,
            Seeds = () => [Encoding.ASCII.GetBytes(SampleKeys.PublicKey)],
            Mutations = [LineMutation.Change, ByteMutation.Havoc],
            LargestInput = 16 * 1024,
            Weight = 0.25,
        },
    ];

    private static bool Archive(byte[] bytes)
    {
        PackageArchive archive = PackageArchive.ReadUnverified(bytes, new PackageLimits(Bytes: 1024 * 1024));
        Dictionary<string, byte[]> files = archive.Files
            .Where(file => file.Path is not (ManifestReader.FileName or ManifestSignature.FileName))
            .ToDictionary(file => file.Path, file => file.Content.ToArray());

        // An unsigned archive has one form only; a signature's bytes are somebody else's.
        Promise.Require(
            archive.Signature is not null || PackageWriter.Pack(archive.ManifestBytes.ToArray(), files, null).AsSpan().SequenceEqual(bytes),
            "the archive has another form than the one written of the same files");
        return true;
    }

    private static bool Runtime(byte[] manifest)
    {
        byte[] archive = PackageWriter.Assemble(manifest, ManifestSignature.Of(manifest, Key.Value), RuntimeFiles);
        RuntimeBundle bundle = RuntimeBundle.Read(archive, [Key.Value.Public]);
        Promise.Require(bundle.Files.Any(file => file.Path == bundle.Program), "the program is not one of the files");
        Promise.Require(bundle.Files.Count == RuntimeFiles.Length + 2, "files were taken that nobody promised");
        return true;
    }

    // With the hashes of the files that are in the archive, so that mutations begin at what is accepted.
    private static byte[] Runtimes(string fixture)
    {
        byte[] json = File.ReadAllBytes(Path.Combine(SeedFiles.Root, "tests/EdgeRuntime.Contracts.Tests/Fixtures/valid", fixture));
        return ManifestReader.Read(json, new Mistakes(), form: ManifestForm.Source) is RuntimeManifest manifest
            ? PackageWriter.Encode(manifest with { Files = PackageWriter.ListOf(RuntimeFiles.ToDictionary(file => file.Path, file => file.Content.ToArray())) })
            : json;
    }

    private static bool Version(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        if (!SemanticVersion.TryParse(text, out SemanticVersion version))
        {
            return false;
        }

        Promise.Require(SemanticVersion.TryParse(version.ToString(), out SemanticVersion again) && again.CompareTo(version) == 0, "writing and reading change it");
        return true;
    }

    private static IEnumerable<byte[]> Archives()
    {
        string fixtures = Path.Combine(SeedFiles.Root, "tests/EdgeRuntime.Contracts.Tests/Fixtures/valid");
        foreach (string manifest in Directory.EnumerateFiles(fixtures, "*manifest*.json").Order(StringComparer.Ordinal))
        {
            foreach (bool signed in (bool[])[false, true])
            {
                yield return SampleArchive.Of(File.ReadAllBytes(manifest), signed);
            }
        }

        foreach (string folder in (string[])["src/EdgeRuntime.Device/Selftest", "artifacts", "tools/train"])
        {
            foreach (byte[] archive in SeedFiles.Of(folder, "*.edgepkg"))
            {
                yield return archive;
            }
        }
    }

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);
}
