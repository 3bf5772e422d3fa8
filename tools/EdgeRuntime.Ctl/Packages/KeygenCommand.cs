using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The verb <c>keygen</c>: makes a key that signs packages or orders.</summary>
internal static class KeygenCommand
{
    public const string Usage = """
        usage: edgectl keygen --name NAME --output DIR

        Makes an ECDSA P-256 key: DIR/NAME.key.pem (private, PKCS#8, readable by you alone) and DIR/NAME.pub.pem.
        The private file signs; the public one is what devices and fleets trust. Nothing is ever overwritten.
        """;

    public const string Example = "edgectl keygen --name release --output keys";

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--name", "--output"], []);
        string name = read.Required("--name");
        string directory = read.Required("--output");
        read.RequiredFiles();
        if (name.Length > 0 && PackageNames.Model(name) is not null)
        {
            read.Mistakes.Add($"--name {name}: use 1 to 63 of a-z, 0-9 and '-'");
        }

        read.Check();
        string privatePath = Path.Combine(directory, $"{name}.key.pem");
        string publicPath = Path.Combine(directory, $"{name}.pub.pem");
        foreach (string path in (string[])[privatePath, publicPath])
        {
            if (Path.Exists(path))
            {
                throw new CommandException(ExitCode.CannotCreate, $"{path}: exists already; a key is never overwritten");
            }
        }

        using SigningKey key = SigningKey.Create();
        try
        {
            Directory.CreateDirectory(directory);
            key.Save(privatePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{privatePath}: cannot be written: {e.Message}");
        }

        Files.Write(publicPath, System.Text.Encoding.ASCII.GetBytes(key.Public.ToPem()));
        around.Output.WriteLine($"private  {privatePath}");
        around.Output.WriteLine($"public   {publicPath}");
        around.Output.WriteLine($"key id   {key.Public.KeyId}");
        return ExitCode.Done;
    }
}
