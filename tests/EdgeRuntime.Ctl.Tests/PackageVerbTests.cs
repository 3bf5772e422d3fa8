using System.Diagnostics;
using System.Runtime.InteropServices;
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
    public void A_package_whose_goals_break_its_gates_is_made_only_by_force_and_then_says_so()
    {
        string source = _cli.PackageSource();
        string manifest = Path.Combine(source, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(
            "\"soak\":", "\"gates\": [{ \"metric\": \"recall\", \"comparison\": \"at_least\", \"value\": 0.9 }], \"soak\":", StringComparison.Ordinal));

        Outcome refused = Pack(source, "a.edgepkg");
        Outcome forced = _cli.Run("pack", source, "--output", _cli["b.edgepkg"], "--no-run", "--force");

        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Contains("gates: nothing says what recall is, and a gate asks for it", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_cli["a.edgepkg"]));
        Assert.Equal(0, forced.Code);
        Assert.Equal(
            ["nothing says what recall is, and a gate asks for it"],
            PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["b.edgepkg"])).AsModel().Manifest.GatesForced);
    }

    [Fact]
    public void A_large_file_is_hashed_in_chunks_and_a_spoilt_one_says_which()
    {
        string source = _cli.PackageSource();
        byte[] large = new byte[700_000];
        File.WriteAllBytes(Path.Combine(source, "weights.bin"), large);
        Pack(source, "a.edgepkg");
        PackageArchive package = PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["a.edgepkg"]));
        large[300_000] = 1;
        Dictionary<string, byte[]> spoilt = package.Manifest.Files.ToDictionary(
            file => file.Path, file => file.Path == "weights.bin" ? large : package.Find(file.Path)!.Value.ToArray());

        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(
            () => PackageWriter.Pack(package.ManifestBytes.ToArray(), spoilt, null));

        Assert.Equal(3, package.Manifest.Files.Single(file => file.Path == "weights.bin").ChunkSha256!.Count);
        Assert.Contains("(chunk 1 of 3, 262144 bytes each)", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Verifying_says_of_every_check_that_it_passed_or_which_attack_it_prevented()
    {
        Keygen("release");
        Keygen("other");
        string source = _cli.PackageSource();
        Pack(source, "a.edgepkg", "--key", _cli["keys/release.key.pem"]);

        Outcome good = _cli.Run("verify", _cli["a.edgepkg"], "--key", _cli["keys/release.pub.pem"], "--no-run");
        Outcome strange = _cli.Run("verify", _cli["a.edgepkg"], "--key", _cli["keys/other.pub.pem"], "--no-run");
        Outcome old = _cli.Run("verify", _cli["a.edgepkg"], "--key", _cli["keys/release.pub.pem"], "--no-run", "--floor", "1000");
        byte[] spoilt = File.ReadAllBytes(_cli["a.edgepkg"]);
        int at = spoilt.AsSpan().IndexOf("not a model"u8);
        spoilt[at] = (byte)'N';
        File.WriteAllBytes(_cli["b.edgepkg"], spoilt);
        Outcome tampered = _cli.Run("verify", _cli["b.edgepkg"], "--key", _cli["keys/release.pub.pem"], "--no-run");

        Assert.Equal(0, good.Code);
        Assert.Contains("ok         signature", good.Output, StringComparison.Ordinal);
        Assert.Contains("a device would take it", good.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Data, strange.Code);
        Assert.Contains("REFUSED    signature  prevented: arbitrary software", strange.Output, StringComparison.Ordinal);
        Assert.Contains("prevented: rollback to an older release", old.Output, StringComparison.Ordinal);
        Assert.Contains("REFUSED    files      prevented: tampering", tampered.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verifying_with_a_root_asks_the_metadata_beside_it()
    {
        Keygen("release");
        Keygen("online");
        string source = _cli.PackageSource();
        Pack(source, "a.edgepkg", "--key", _cli["keys/release.key.pem"]);
        string release = _cli["keys/release.pub.pem"];
        string[] verify = ["verify", _cli["a.edgepkg"], "--key", release, "--no-run", "--root", _cli["repo/metadata/1.root.json"], "--metadata", _cli["repo/metadata"]];
        _cli.Run("repo", "init", _cli["repo"], "--root", release, "--targets", release, "--online", _cli["keys/online.pub.pem"]);
        _cli.Run("repo", "sign", _cli["repo"], "--key", _cli["keys/release.key.pem"]);
        _cli.Run("repo", "refresh", _cli["repo"], "--key", _cli["keys/online.key.pem"]);

        Outcome unknown = _cli.Run(verify);
        _cli.Run("repo", "add", _cli["repo"], _cli["a.edgepkg"]);
        _cli.Run("repo", "sign", _cli["repo"], "--key", _cli["keys/release.key.pem"]);
        _cli.Run("repo", "refresh", _cli["repo"], "--key", _cli["keys/online.key.pem"]);
        Outcome known = _cli.Run(verify);

        Assert.Contains("REFUSED    metadata   prevented:", unknown.Output, StringComparison.Ordinal);
        Assert.Equal("", known.Errors);
        Assert.Contains("is vouched for by root 1", known.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Comparing_two_packages_tells_members_files_and_changed_weights()
    {
        string source = _cli.PackageSource();
        File.WriteAllBytes(Path.Combine(source, "model.onnx"), TinyModel.Layers([1, 2, 3, 4], [1, 1], 2, 2, 1));
        Pack(source, "a.edgepkg");
        File.WriteAllBytes(Path.Combine(source, "model.onnx"), TinyModel.Layers([1, 2, 3, 5.5f], [1, 1], 2, 2, 1));
        string manifest = Path.Combine(source, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"threshold\": 0.6", "\"threshold\": 0.75", StringComparison.Ordinal));
        Pack(source, "b.edgepkg");

        Outcome different = _cli.Run("diff", _cli["a.edgepkg"], _cli["b.edgepkg"]);
        Outcome same = _cli.Run("diff", _cli["a.edgepkg"], _cli["a.edgepkg"]);

        Assert.Equal((1, 0), (different.Code, same.Code));
        Assert.Contains("/decision/threshold: 0.6 -> 0.75", different.Output, StringComparison.Ordinal);
        Assert.Contains("model.onnx: 'w1' float32 [2, 2]: 1 of 4 values changed, at most by 1.5", different.Output, StringComparison.Ordinal);
        Assert.Contains("1 constants are the same", different.Output, StringComparison.Ordinal);
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

    [Fact]
    public void What_a_published_program_asks_of_a_machine_is_read_from_its_files()
    {
        Directory.CreateDirectory(_cli["published/lib"]);
        File.Copy(Environment.ProcessPath!, _cli["published/edge-device"]);
        _cli.Write("published/lib/notes.txt", "no library");

        Outcome packed = PackRuntime("--version", "1.4.2", "--release-counter", "9", "--soak-seconds", "30");
        RuntimeManifest manifest = (RuntimeManifest)PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["a.edgepkg"])).Manifest;

        Assert.Equal((0, ""), (packed.Code, packed.Errors));
        Assert.Equal(("edge-device", "1.4.2", 9, 30), (manifest.Name, manifest.Version, manifest.ReleaseCounter, manifest.Soak!.Seconds));
        Assert.Equal(RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), Assert.Single(manifest.Requires!.Architectures!));

        // The program that runs this test started, so what it needs is not above what is here.
        using Process asked = Process.Start(new ProcessStartInfo("getconf", ["GNU_LIBC_VERSION"]) { RedirectStandardOutput = true })!;
        Version here = Version.Parse(asked.StandardOutput.ReadToEnd().Trim().Split(' ')[^1]);
        Assert.InRange(Version.Parse(manifest.Requires.MinGlibc!), new Version(2, 2), here);
    }

    [Fact]
    public void A_directory_without_a_native_program_makes_no_runtime_package_and_all_that_is_missing_is_said()
    {
        _cli.Write("published/edge-device", "#!/bin/sh");

        Outcome portable = PackRuntime("--version", "1.4.2", "--release-counter", "9");
        Outcome missing = PackRuntime();

        Assert.Equal(ExitCode.Data, portable.Code);
        Assert.Contains("holds no natively compiled edge-device", portable.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, missing.Code);
        Assert.Contains("--version is missing", missing.Errors, StringComparison.Ordinal);
        Assert.Contains("--release-counter is missing", missing.Errors, StringComparison.Ordinal);
    }

    private Outcome PackRuntime(params string[] more) =>
        _cli.Run(["pack", _cli["published"], "--kind", "runtime", "--output", _cli["a.edgepkg"], .. more]);

    private Outcome Keygen(string name) => _cli.Run("keygen", "--name", name, "--output", _cli["keys"]);

    private Outcome Pack(string source, string output, params string[] more) =>
        _cli.Run(["pack", source, "--output", _cli[output], "--no-run", .. more]);

    private Outcome Inspect(string name, params string[] more) => _cli.Run(["inspect", _cli[name], .. more]);
}
