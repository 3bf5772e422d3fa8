using System.Text;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class RuntimePackageTests : IDisposable
{
    private const string Program = "edge-device";
    private readonly SigningKey _key = SigningKey.Create();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_program_is_read_by_one_that_knows_manifests_and_by_one_that_only_starts_it()
    {
        byte[] archive = PackageWriter.Pack(Manifest, Files, _key);

        RuntimePackage package = Assert.IsType<RuntimePackage>(PackageArchive.Read(archive, [_key.Public]));
        RuntimeBundle bundle = RuntimeBundle.Read(archive, [_key.Public]);

        Assert.Equal((package.Id, "1.4.2", Program), (bundle.Id, bundle.Version, bundle.Program));
        Assert.Equal(package.Files.Select(file => file.Path), bundle.Files.Select(file => file.Path));
    }

    [Fact]
    public void What_a_later_manifest_may_say_does_not_keep_an_old_program_from_starting_what_is_signed()
    {
        byte[] later = Edited("\"kind\"", "\"consent\": \"asked\", \"kind\"");

        Assert.Equal(
            PackageFault.MalformedManifest, Assert.Throws<PackageRejectedException>(() => PackageArchive.Read(later, [_key.Public])).Fault);
        Assert.Equal(Program, RuntimeBundle.Read(later, [_key.Public]).Program);
    }

    [Fact]
    public void Nothing_is_started_that_is_not_signed_whole_and_a_program()
    {
        byte[] archive = PackageWriter.Pack(Manifest, Files, _key);
        byte[] flipped = [.. archive];
        flipped[archive.AsSpan().IndexOf("the program"u8)] ^= 1;
        using SigningKey other = SigningKey.Create();

        Assert.Equal(PackageFault.UntrustedSignature, Refusal(archive, other.Public));
        Assert.Equal(PackageFault.MalformedArchive, Refusal(PackageWriter.Pack(Manifest, Files, null)));
        Assert.Equal(PackageFault.HashMismatch, Refusal(flipped));
        Assert.Equal(PackageFault.Truncated, Refusal(archive[..^1]));
        Assert.Equal(PackageFault.WrongPackage, Refusal(Edited("\"runtime\"", "\"config\"")));
        Assert.Equal(PackageFault.MalformedManifest, Refusal(Edited("\"program\": \"edge-device\"", "\"program\": \"edge-devise\"")));
        Assert.Equal(PackageFault.HashMismatch, Refusal(Edited("\"LICENSE\"", "\"LICENCE\"")));
    }

    private static RuntimeManifest Manifest => new()
    {
        Schema = PackageManifest.NewestSchema,
        Name = Program,
        Version = "1.4.2",
        ReleaseCounter = 9,
        Description = "The program of a device.",
        Kind = PackageManifest.RuntimeKind,
        Program = Program,
        Files = [],
    };

    private static Dictionary<string, byte[]> Files => new() { [Program] = "the program"u8.ToArray(), ["LICENSE"] = [] };

    private PackageFault Refusal(byte[] archive, VerifyingKey? key = null) =>
        Assert.Throws<PackageRejectedException>(() => RuntimeBundle.Read(archive, [key ?? _key.Public])).Fault;

    private byte[] Edited(string from, string to)
    {
        string manifest = Encoding.UTF8.GetString(PackageWriter.Encode(Manifest with { Files = PackageWriter.ListOf(Files) }));
        Assert.Contains(from, manifest, StringComparison.Ordinal);
        byte[] edited = Encoding.UTF8.GetBytes(manifest.Replace(from, to, StringComparison.Ordinal));
        RawTar tar = new RawTar().Add(ManifestReader.FileName, edited).Add(ManifestSignature.FileName, ManifestSignature.Of(edited, _key).ToBytes());
        return Files.OrderBy(file => file.Key, StringComparer.Ordinal).Aggregate(tar, (all, file) => all.Add(file.Key, file.Value)).End();
    }
}
