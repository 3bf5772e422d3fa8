using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The directory a package is packed from: its manifest, and every other file in it.</summary>
internal sealed class PackageDirectory
{
    /// <summary>Files larger than this are hashed in chunks of it.</summary>
    public const int ChunkBytes = 256 * 1024;

    private readonly byte[] _manifestBytes;

    private PackageDirectory(PackageManifest manifest, byte[] manifestBytes, IReadOnlyDictionary<string, byte[]> files)
    {
        Manifest = manifest;
        _manifestBytes = manifestBytes;
        Files = files;
    }

    /// <summary>The manifest; its list of files may be empty.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>The files to pack, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary>Reads a directory. Files and folders whose names begin with a dot are left out.</summary>
    /// <exception cref="CommandException">Something is wrong; all mistakes are listed.</exception>
    public static PackageDirectory Read(string path)
    {
        RequireDirectory(path);
        string manifestPath = Path.Combine(path, ManifestReader.FileName);
        byte[] bytes = Ctl.Files.Read(manifestPath, new PackageLimits().ManifestBytes);
        Mistakes mistakes = new();
        PackageManifest? manifest = ManifestReader.Read(bytes, mistakes, manifestPath, ManifestForm.Source);
        Dictionary<string, byte[]> files = Collect(path, mistakes);
        if (manifest is null || mistakes.Any)
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
        }

        return new PackageDirectory(manifest, bytes, files);
    }

    /// <summary>Reads a directory without a manifest, for which one is made.</summary>
    /// <exception cref="CommandException">Something is wrong; all mistakes are listed.</exception>
    public static PackageDirectory Describe(string path, Func<IReadOnlyDictionary<string, byte[]>, PackageManifest> describe)
    {
        RequireDirectory(path);
        if (File.Exists(Path.Combine(path, ManifestReader.FileName)))
        {
            throw new CommandException(ExitCode.Data, $"{path}: has a {ManifestReader.FileName} that says what it is; pack it without --kind");
        }

        Mistakes mistakes = new();
        Dictionary<string, byte[]> files = Collect(path, mistakes);
        return mistakes.Any ? throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]) : new PackageDirectory(describe(files), [], files);
    }

    /// <summary>The same with a note of the gates that were not kept; where the manifest lists its files, it is written anew.</summary>
    public PackageDirectory WithForced(IReadOnlyList<string> objections)
    {
        ModelManifest forced = (ModelManifest)Manifest with { GatesForced = objections };
        return new PackageDirectory(forced, PackageWriter.Encode(forced), Files);
    }

    /// <summary>Packs.</summary>
    /// <exception cref="PackageRejectedException">A device would refuse the package.</exception>
    public byte[] Pack(SigningKey? key) => Manifest.Files.Count == 0
        ? PackageWriter.Pack(Manifest, Files, key, ChunkBytes)
        : PackageWriter.Pack(_manifestBytes, Files, key);

    private static void RequireDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            string why = File.Exists(path) ? "is a file; give the directory it is in" : "there is no such directory";
            throw new CommandException(ExitCode.NoInput, $"{path}: {why}");
        }
    }

    private static Dictionary<string, byte[]> Collect(string root, Mistakes mistakes)
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        long left = new PackageLimits().Bytes;
        EnumerationOptions every = new()
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = false,
        };
        foreach (string file in Directory.EnumerateFiles(root, "*", every).Order(StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/');
            bool own = path is ManifestReader.FileName or ManifestSignature.FileName;
            if (own || path.Split('/').Any(part => part[0] == '.'))
            {
                continue;
            }

            if (PackageNames.Path(path) is string wrong)
            {
                mistakes.AddFile(file, $"the path {wrong}");
                continue;
            }

            byte[] content = Ctl.Files.Read(file, left);
            left -= content.Length;
            files[path] = content;
        }

        return files;
    }
}
