using System.Text;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Package archives, versions and keys.</summary>
internal static class Packages
{
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
