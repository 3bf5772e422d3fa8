using System.Text.Json;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class PackageVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_key_is_made_in_two_files_and_never_overwritten()
    {
        Outcome made = Keygen("release");
        string before = File.ReadAllText(_cli["keys/release.key.pem"]);
        Outcome again = Keygen("release");

        Assert.Equal(0, made.Code);
        Assert.Contains(VerifyingKey.Load(_cli["keys/release.pub.pem"])[0].KeyId, made.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.CannotCreate, again.Code);
        Assert.Contains("exists already", again.Errors, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_cli["keys/release.key.pem"]));
    }

    [Fact]
    public void A_public_file_that_is_there_already_keeps_the_private_one_from_being_made()
    {
        _cli.Write("keys/release.pub.pem", "something of value");

        Outcome refused = Keygen("release");

        Assert.Equal(ExitCode.CannotCreate, refused.Code);
        Assert.False(File.Exists(_cli["keys/release.key.pem"]));
    }

    [Fact]
    public void Packing_fills_in_the_files_and_is_the_same_every_time()
    {
        string source = _cli.PackageSource();

        Outcome first = Pack(source, "a.edgepkg");
        Outcome second = Pack(source, "b.edgepkg");

        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Equal(File.ReadAllBytes(_cli["a.edgepkg"]), File.ReadAllBytes(_cli["b.edgepkg"]));
        PackageArchive package = PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["a.edgepkg"]));
        Assert.Contains(package.Id.ToString(), first.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["golden/golden.json", "model.onnx", "reference.json"], package.Manifest.Files.Select(file => file.Path));
    }

    [Fact]
    public void A_manifest_that_lists_its_files_is_packed_byte_for_byte()
    {
        string source = _cli.PackageSource();
        Pack(source, "a.edgepkg");
        byte[] complete = PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["a.edgepkg"])).ManifestBytes.ToArray();
        byte[] spaced = [.. complete, (byte)'\n', (byte)'\n'];
        File.WriteAllBytes(Path.Combine(source, "manifest.json"), spaced);

        Outcome packed = Pack(source, "b.edgepkg");

        Assert.Equal(0, packed.Code);
        Assert.Equal(spaced, PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["b.edgepkg"])).ManifestBytes.ToArray());
    }

    [Fact]
    public void A_manifest_that_lists_other_hashes_is_refused()
    {
        string source = _cli.PackageSource();
        Pack(source, "a.edgepkg");
        byte[] complete = PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["a.edgepkg"])).ManifestBytes.ToArray();
        File.WriteAllBytes(Path.Combine(source, "manifest.json"), complete);
        File.AppendAllText(Path.Combine(source, "model.onnx"), "x");

        Outcome refused = Pack(source, "b.edgepkg");

        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Contains("'model.onnx' has 37 bytes where the manifest says 36", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_cli["b.edgepkg"]));
    }

    [Fact]
    public void All_mistakes_of_a_source_are_listed_with_their_places_and_nothing_is_written()
    {
        string source = _cli.PackageSource();
        string manifest = Path.Combine(source, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest)
            .Replace("\"1.2.0\"", "\"1.2\"", StringComparison.Ordinal)
            .Replace("\"mean\"", "\"meen\"", StringComparison.Ordinal));
        _cli.Write("source/a b.txt", "");

        Outcome refused = Pack(source, "a.edgepkg");

        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Equal(3, refused.ErrorLines.Length);
        Assert.Contains($"pack: {manifest}:4:14: version: '1.2' is not a semantic version such as 1.2.0", refused.ErrorLines);
        Assert.Contains("did you mean 'mean'?", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("'a b.txt' holds a character other", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_cli["a.edgepkg"]));
    }

    [Fact]
    public void Hidden_files_and_an_old_signature_are_left_out()
    {
        string source = _cli.PackageSource();
        _cli.Write("source/.git/config", "x");
        _cli.Write("source/.DS_Store", "x");
        _cli.Write("source/manifest.sig.json", "x");
        _cli.Write("source/notes/read.me", "x");

        Pack(source, "a.edgepkg");

        Assert.Equal(
            ["manifest.json", "golden/golden.json", "model.onnx", "notes/read.me", "reference.json"],
            PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["a.edgepkg"])).Files.Select(file => file.Path));
    }

    [Fact]
    public void A_package_is_signed_when_packed_or_later_and_inspect_says_by_whom()
    {
        string source = _cli.PackageSource();
        Keygen("release");
        Keygen("second");
        Pack(source, "a.edgepkg", "--key", _cli["keys/release.key.pem"]);

        Outcome signed = _cli.Run("sign", _cli["a.edgepkg"], "--key", _cli["keys/second.key.pem"]);
        Outcome trusted = Inspect("a.edgepkg", "--trust", _cli["keys/second.pub.pem"]);

        Assert.Equal((0, 0), (signed.Code, trusted.Code));
        string first = VerifyingKey.Load(_cli["keys/release.pub.pem"])[0].KeyId;
        string second = VerifyingKey.Load(_cli["keys/second.pub.pem"])[0].KeyId;
        Assert.Contains($"by {first}  not one of the keys given", trusted.Output, StringComparison.Ordinal);
        Assert.Contains($"by {second}  trusted", trusted.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspecting_against_a_key_that_did_not_sign_ends_with_an_error()
    {
        Keygen("release");
        Keygen("other");
        Pack(_cli.PackageSource(), "a.edgepkg", "--key", _cli["keys/release.key.pem"]);
        Pack(_cli.PackageSource(), "unsigned.edgepkg");

        Outcome untrusted = Inspect("a.edgepkg", "--trust", _cli["keys/other.pub.pem"]);
        Outcome unsigned = Inspect("unsigned.edgepkg", "--trust", _cli["keys/other.pub.pem"]);

        Assert.Equal((ExitCode.Data, ExitCode.Data), (untrusted.Code, unsigned.Code));
        Assert.Contains("no key that is trusted here signed the manifest", untrusted.Errors, StringComparison.Ordinal);
        Assert.Contains("nobody signed the manifest", unsigned.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_prints_one_JSON_object_also_of_what_is_broken()
    {
        Pack(_cli.PackageSource(), "a.edgepkg");
        byte[] archive = File.ReadAllBytes(_cli["a.edgepkg"]);
        File.WriteAllBytes(_cli["cut.edgepkg"], archive[..1000]);

        using JsonDocument whole = JsonDocument.Parse(Inspect("a.edgepkg", "--json").Output);
        Outcome broken = Inspect("cut.edgepkg", "--json");

        Assert.Equal("vitals", whole.RootElement.GetProperty("manifest").GetProperty("name").GetString());
        Assert.Equal(0, whole.RootElement.GetProperty("errors").GetArrayLength());
        Assert.Equal(ExitCode.Data, broken.Code);
        using JsonDocument cut = JsonDocument.Parse(broken.Output);
        Assert.Equal(1, cut.RootElement.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public void The_wrong_key_file_is_a_sentence()
    {
        Keygen("release");
        Pack(_cli.PackageSource(), "a.edgepkg");

        Outcome publicKey = _cli.Run("sign", _cli["a.edgepkg"], "--key", _cli["keys/release.pub.pem"]);
        Outcome privateKey = Inspect("a.edgepkg", "--trust", _cli["keys/release.key.pem"]);
        Outcome none = _cli.Run("sign", _cli["a.edgepkg"], "--key", _cli["keys/nobody.key.pem"]);

        Assert.Equal(
            (ExitCode.Config, ExitCode.Config, ExitCode.NoInput), (publicKey.Code, privateKey.Code, none.Code));
        Assert.Contains("holds a 'PUBLIC KEY' where a 'PRIVATE KEY' is expected", publicKey.Errors, StringComparison.Ordinal);
        Assert.Contains("holds a private key where a public one is expected", privateKey.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "there is no such directory", ExitCode.NoInput)]
    [InlineData("empty", "manifest.json: there is no such file", ExitCode.NoInput)]
    [InlineData("file", "is a file; give the directory it is in", ExitCode.NoInput)]
    public void What_is_no_source_directory_is_a_sentence(string name, string expected, int code)
    {
        Directory.CreateDirectory(_cli["empty"]);
        _cli.Write("file", "");

        Outcome refused = Pack(_cli[name], "a.edgepkg");

        Assert.Equal(code, refused.Code);
        Assert.Contains(expected, refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_a_sentence_and_leaves_nothing_behind()
    {
        string source = _cli.PackageSource();
        Directory.CreateDirectory(_cli["folder"]);

        Outcome folder = Pack(source, "folder");
        Outcome nowhere = Pack(source, "no/such/folder/a.edgepkg");

        Assert.Equal((ExitCode.CannotCreate, ExitCode.CannotCreate), (folder.Code, nowhere.Code));
        Assert.Empty(Directory.GetFiles(_cli.Root));
    }

    private Outcome Keygen(string name) => _cli.Run("keygen", "--name", name, "--output", _cli["keys"]);

    private Outcome Pack(string source, string output, params string[] more) =>
        _cli.Run(["pack", source, "--output", _cli[output], "--no-run", .. more]);

    private Outcome Inspect(string name, params string[] more) => _cli.Run(["inspect", _cli[name], .. more]);
}
