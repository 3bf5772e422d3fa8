using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>Makes the manifest of a runtime package from the directory that publish.sh leaves.</summary>
internal static class RuntimeDirectory
{
    /// <summary>The options of <c>pack</c> that describe one.</summary>
    public static readonly string[] Options = ["--kind", "--version", "--release-counter", "--name", "--soak-seconds"];

    private const string Program = "edge-device";

    /// <summary>What reads the directory, where the words ask for a runtime package; null where they ask for none.</summary>
    public static Func<PackageDirectory>? Asked(Words read, string directory)
    {
        if (read.Text("--kind") is not string kind)
        {
            read.Mistakes.AddRange(Options.Where(read.Has).Select(option => $"{option} goes with --kind runtime; other packages say it in their manifest"));
            return null;
        }

        if (kind != PackageManifest.RuntimeKind)
        {
            read.Mistakes.Add($"--kind can be {PackageManifest.RuntimeKind}, not '{kind}'; other packages say it in their manifest");
        }

        string name = read.Text("--name") ?? Program;
        string version = read.Required("--version");
        read.Required("--release-counter");
        long counter = (long)Math.Min(read.Whole("--release-counter", 1), long.MaxValue);
        double? soak = read.Number("--soak-seconds", (double?)null);
        return () => PackageDirectory.Describe(directory, files => Describe(directory, files, name, version, counter, soak));
    }

    // What the program and its libraries ask of a machine is read from them.
    private static RuntimeManifest Describe(
        string directory, IReadOnlyDictionary<string, byte[]> files, string name, string version, long releaseCounter, double? soakSeconds)
    {
        ElfFile program = (files.TryGetValue(Program, out byte[]? bytes) ? ElfFile.Read(bytes) : null)
            ?? throw new CommandException(
                ExitCode.Data, $"{directory}: holds no natively compiled {Program}; give the directory that publish.sh leaves (artifacts/publish/…)");
        string architecture = program.Architecture
            ?? throw new CommandException(ExitCode.Data, $"{directory}: {Program} is for a processor that packages have no name for");
        Version? glibc = files.Values.Select(file => ElfFile.Read(file)?.Glibc).OfType<Version>().Max();
        return new RuntimeManifest
        {
            Schema = PackageManifest.NewestSchema,
            Name = name,
            Version = version,
            ReleaseCounter = releaseCounter,
            Description = $"{Program} {version} for {architecture}",
            Kind = PackageManifest.RuntimeKind,
            Requires = new RequirementSpec { Architectures = [architecture], MinGlibc = glibc?.ToString() },
            Program = Program,
            Soak = soakSeconds is double seconds ? new RuntimeSoakSpec { Seconds = seconds } : null,
            Files = [],
        };
    }
}
