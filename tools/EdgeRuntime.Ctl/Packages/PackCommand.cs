using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The verb <c>pack</c>: makes a package of a directory.</summary>
internal static class PackCommand
{
    public const string Usage = """
        usage: edgectl pack DIR --output FILE [--key KEY] [--force] [--no-run] [--library PATH]
               edgectl pack DIR --kind runtime --version V --release-counter N --output FILE [--key KEY]

        Makes an .edgepkg of DIR: manifest.json, the model, golden/golden.json, reference.json and whatever else lies
        there (names that begin with a dot apart); where the manifest's 'kind' is config, configuration.json. Where it has
        no 'files' they are filled in, with sizes and hashes, and above 256 KiB with the hash of every chunk; where it has,
        they must be right. Everything a device checks is checked here, golden vectors included, and 'goals' are held
        against 'gates'. PACKAGE.md beside this program's source lists all members of a manifest.
          --key        signs with this private key (default: unsigned; sign later with 'edgectl sign')
          --force      packs though a gate is not kept; the manifest then says so
          --no-run     does not load the model
          --library    the ONNX Runtime library that runs the golden vectors
          --kind       runtime: DIR is what publish.sh leaves, and devices take their program from the package
          --version, --release-counter
                       of that program's release; what it asks of a machine is read from its files
          --name       of those releases, as devices' updates.runtime has it (default: edge-device)
          --soak-seconds
                       how long a device keeps it on trial (default: 120)
        The same directory always becomes the same bytes, but for the signature.
        """;

    public const string Example = """
        edgectl pack models/vitals-2 --output vitals-2.edgepkg --key keys/release.key.pem
        edgectl pack publish/ --kind runtime --version 1.4.2 --release-counter 9 --output device.edgepkg
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, [.. RuntimeDirectory.Options, "--output", "--key", "--library"], ["--no-run", "--force"]);
        string output = read.Required("--output");
        string directory = read.RequiredFiles("DIR")[0];
        Func<PackageDirectory> open = RuntimeDirectory.Asked(read, directory) ?? (() => PackageDirectory.Read(directory));
        read.Check();

        using SigningKey? key = read.Text("--key") is string keyPath ? Keys.Private(keyPath) : null;
        PackageDirectory source = open();
        source = KeepingGates(source, directory, read.Has("--force"), around);
        byte[] archive;
        string? notRun = null;
        try
        {
            archive = source.Pack(key);
            if (source.Manifest is ModelManifest && !read.Has("--no-run"))
            {
                notRun = RunGolden(archive, read.Text("--library"));
            }
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"{directory}: {line}")]);
        }

        Files.Write(output, archive);
        PackageArchive package = PackageArchive.ReadUnverified(archive);
        PackageManifest manifest = package.Manifest;
        around.Output.WriteLine($"package  {manifest.Name} {manifest.Version} (release {manifest.ReleaseCounter})");
        around.Output.WriteLine($"id       {package.Id}");
        around.Output.WriteLine($"size     {archive.Length} bytes in {package.Files.Count} files");
        string signed = key is null ? around.Yellow("no; devices refuse it until it is") : $"by {key.Public.KeyId}";
        around.Output.WriteLine($"signed   {signed}");
        if (package is ModelPackage model)
        {
            around.Output.WriteLine($"golden   {GoldenLine(model, read.Has("--no-run"), notRun)}");
        }

        return ExitCode.Done;
    }

    private static PackageDirectory KeepingGates(PackageDirectory source, string directory, bool forced, Surroundings around)
    {
        string[] objections = source.Manifest is ModelManifest { Gates: { } gates } manifest
            ? [.. gates.Select(gate => gate.Objection(manifest.Goals)).OfType<string>()]
            : [];
        if (objections.Length == 0)
        {
            return source;
        }

        if (!forced)
        {
            throw new CommandException(
                ExitCode.Data,
                [.. objections.Select(objection => $"{directory}: gates: {objection}"), "the package is not made; --force makes it, and it then says so"]);
        }

        foreach (string objection in objections)
        {
            around.Errors.WriteLine($"pack: {directory}: gates: {objection}; made all the same");
        }

        return source.WithForced(objections);
    }

    private static string GoldenLine(ModelPackage package, bool skipped, string? notRun)
    {
        string count = package.Golden.Vectors.Count == 1 ? "1 vector" : $"{package.Golden.Vectors.Count} vectors";
        return skipped ? $"{count}, not run" : notRun is null ? $"{count}, right here" : $"{count}, not run: {notRun}";
    }

    private static string? RunGolden(byte[] archive, string? library)
    {
        OnnxEnvironment environment;
        try
        {
            environment = OnnxEnvironment.Open(library);
        }
        catch (ModelLoadException e)
        {
            return library is null ? e.Message : throw new CommandException(ExitCode.Unavailable, e.Message);
        }

        DeviceCheck.RunUnsigned(archive, environment);
        return null;
    }
}
