using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The verb <c>keygen</c>: makes a key that signs packages or orders.</summary>
internal static class KeygenCommand
{
    public const string Usage = """
        usage: edgectl keygen --name NAME --output DIR [--type ecdsa|rsa|ed25519]

        Makes a key: DIR/NAME.key.pem (private, PKCS#8, readable by you alone) and DIR/NAME.pub.pem.
        The private file signs; the public one is what devices and fleets trust. Nothing is ever overwritten.
          --type    ECDSA P-256 (default) signs packages, orders and TUF metadata; RSA-PSS of 3072 bits and Ed25519 sign
                    TUF metadata ('edgectl repo')
        """;

    public const string Example = "edgectl keygen --name release --output keys";

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--name", "--output", "--type"], []);
        string type = read.Text("--type") ?? "ecdsa";
        if (type is not ("ecdsa" or "rsa" or "ed25519"))
        {
            read.Mistakes.Add($"--type {type}: there are ecdsa, rsa and ed25519");
        }

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

        using TufSigningKey key = Create(type);
        try
        {
            Directory.CreateDirectory(directory);
            key.Save(privatePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{privatePath}: cannot be written: {e.Message}");
        }

        Files.Write(publicPath, System.Text.Encoding.ASCII.GetBytes(key.Public.ToPem()!));
        around.Output.WriteLine($"private  {privatePath}");
        around.Output.WriteLine($"public   {publicPath}");
        if (key.Public.Ecdsa is VerifyingKey packages)
        {
            around.Output.WriteLine($"key id   {packages.KeyId}");
        }

        around.Output.WriteLine($"TUF id   {key.Public.Id}");
        return ExitCode.Done;
    }

    private static TufSigningKey Create(string type)
    {
        try
        {
            return TufSigningKey.Create(type switch
            {
                "rsa" => TufKeyKind.RsaPss,
                "ed25519" => TufKeyKind.Ed25519,
                _ => TufKeyKind.EcdsaP256,
            });
        }
        catch (PlatformNotSupportedException e)
        {
            throw new CommandException(ExitCode.Unavailable, e.Message);
        }
    }
}
