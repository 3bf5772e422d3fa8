using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>
/// The files of runtime packages as the kernel needs them to start the program: <c>runtime/{sha-256 of the archive}/</c> of the state
/// directory. Only a copy: nothing there counts before every byte of it was held against the signed archive.
/// </summary>
internal sealed class RuntimeTree(string stateDirectory)
{
    private const int BlockBytes = 256 * 1024;

    private readonly string _place = Path.Combine(stateDirectory, "runtime");

    /// <summary>Where the files of an archive stand, or would.</summary>
    public string RootOf(string archiveSha256) => Path.Combine(_place, archiveSha256);

    /// <summary>Makes the files of a package be there, and nothing else beside them: what differs is written again.</summary>
    /// <param name="archiveSha256">Lowercase hex.</param>
    /// <param name="files">Checked already; the manifest may be among them.</param>
    /// <param name="program">Path of the one that is executed.</param>
    /// <returns>Path of the program.</returns>
    /// <exception cref="IOException">No room, or the medium failed; also <see cref="UnauthorizedAccessException"/>.</exception>
    public string Make(string archiveSha256, IReadOnlyList<PackageFile> files, string program)
    {
        string root = RootOf(archiveSha256);
        if (!Holds(root, files, program))
        {
            Remove(root);
            Write(root, files, program);
        }

        return Path.Combine(root, program);
    }

    /// <summary>Gives up every other tree; without harm where the medium does not let go of one.</summary>
    /// <param name="archives">SHA-256 of the archives whose trees stay.</param>
    public void KeepOnly(IEnumerable<string?> archives)
    {
        HashSet<string?> kept = [.. archives];
        try
        {
            foreach (string tree in Directory.Exists(_place) ? Directory.GetDirectories(_place) : [])
            {
                if (!kept.Contains(Path.GetFileName(tree)))
                {
                    Remove(tree);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They only take room; the next start clears them again.
        }
    }

    private static void Write(string root, IReadOnlyList<PackageFile> files, string program)
    {
        foreach (PackageFile file in files)
        {
            string path = Path.Combine(root, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (FileStream to = new(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                PreallocationSize = file.Content.Length,
            }))
            {
                to.Write(file.Content.Span);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, ModeOf(file, program));
            }
        }
    }

    private static bool Holds(string root, IReadOnlyList<PackageFile> files, string program)
    {
        if (!Directory.Exists(root)
            || Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Count(File.Exists) != files.Count)
        {
            return false;
        }

        byte[] block = new byte[BlockBytes];
        return files.All(file => Holds(Path.Combine(root, file.Path), file, ModeOf(file, program), block));
    }

    private static bool Holds(string path, PackageFile file, UnixFileMode mode, byte[] block)
    {
        // A link could point elsewhere by the time the program is started.
        FileInfo there = new(path);
        if (!there.Exists || there.LinkTarget is not null || there.Length != file.Content.Length || (there.UnixFileMode & mode) != mode)
        {
            return false;
        }

        using FileStream from = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        ReadOnlySpan<byte> expected = file.Content.Span;
        while (expected.Length > 0)
        {
            int read = from.ReadAtLeast(block, Math.Min(block.Length, expected.Length), throwOnEndOfStream: false);
            if (read == 0 || read > expected.Length || !expected[..read].SequenceEqual(block.AsSpan(0, read)))
            {
                return false;
            }

            expected = expected[read..];
        }

        return true;
    }

    private static void Remove(string root)
    {
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // Libraries are mapped, not executed: the program alone needs the right.
    private static UnixFileMode ModeOf(PackageFile file, string program) =>
        UnixFileMode.UserRead | UnixFileMode.UserWrite | (file.Path == program ? UnixFileMode.UserExecute : UnixFileMode.None);
}
