using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The verb <c>sign</c>: adds a signature to a package.</summary>
internal static class SignCommand
{
    public const string Usage = """
        usage: edgectl sign FILE --key KEY [--output FILE]

        Signs a package's manifest, which holds the hash of every other file. Signatures of other keys stay; an older one
        of the same key is replaced. Writes the package in place unless --output names another file.
        """;

    public const string Example = "edgectl sign vitals-2.edgepkg --key keys/release.key.pem";

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--key", "--output"], []);
        string keyPath = read.Required("--key");
        string path = read.RequiredFiles("FILE")[0];
        read.Check();

        using SigningKey key = Keys.Private(keyPath);
        byte[] archive = Files.Read(path, new PackageLimits().Bytes);
        try
        {
            byte[] signed = PackageWriter.Sign(PackageArchive.ReadUnverified(archive), key);
            Files.Write(read.Text("--output") ?? path, signed);
            PackageArchive package = PackageArchive.Read(signed, [key.Public]);
            around.Output.WriteLine($"package  {package.Manifest.Name} {package.Manifest.Version}");
            around.Output.WriteLine($"id       {package.Id}");
            around.Output.WriteLine($"signed   by {string.Join(", ", package.Signature?.Signatures.Select(s => s.Keyid) ?? [])}");
            return ExitCode.Done;
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"{path}: {line}")]);
        }
    }
}
