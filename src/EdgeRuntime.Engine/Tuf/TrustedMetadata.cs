using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tuf;

/// <summary>
/// The directory of metadata that a client trusts: the repository's own bytes, one file per role without version
/// (<c>root.json</c>, <c>timestamp.json</c>, and so on). Not thread-safe.
/// </summary>
/// <remarks>
/// Every file is replaced atomically. What is read back is checked anew by the client: a file that was damaged or swapped on
/// the disk is like one that is not there.
/// </remarks>
public sealed class TrustedMetadata
{
    private const string Ending = ".json";

    // Not .json, so that nobody takes it for a role's.
    private const string RotationFile = "rotation";

    private readonly IDisk _disk;
    private readonly string _directory;
    private bool _prepared;

    /// <param name="directory">Where on the disk; <c>""</c> for its root.</param>
    public TrustedMetadata(IDisk disk, string directory)
    {
        _disk = disk;
        _directory = directory;
    }

    /// <summary>Reads a role's file; null when there is none, or it is too long to be metadata.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public byte[]? Load(string role, int limit)
    {
        try
        {
            return DurableFiles.ReadAll(_disk, PathOf(FileName(role)), limit);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Replaces a role's file.</summary>
    /// <exception cref="IOException">No room, or the medium failed; the old file stays.</exception>
    public void Save(string role, ReadOnlySpan<byte> bytes)
    {
        Prepare();
        DurableFiles.WriteAtomically(_disk, PathOf(FileName(role)), bytes);
    }

    /// <summary>
    /// Replaces the root by one under which the timestamp's or the snapshot's keys are others, and forgets both, so that
    /// versions driven up by who held the old keys bind nobody.
    /// </summary>
    /// <param name="version">The new root's.</param>
    /// <exception cref="IOException">No room, or the medium failed.</exception>
    /// <remarks>
    /// A power failure in between is made good by <see cref="FinishRotation"/>: neither is the old timestamp kept under the
    /// new root, nor lost under the old one, which would open the door for a rollback.
    /// </remarks>
    public void Rotate(long version, ReadOnlySpan<byte> root)
    {
        Prepare();
        byte[] note = Encoding.ASCII.GetBytes(version.ToString(CultureInfo.InvariantCulture));
        DurableFiles.WriteAtomically(_disk, PathOf(RotationFile), note);
        Save("root", root);
        FinishRotation(version);
    }

    /// <summary>Does what a power failure kept <see cref="Rotate"/> from doing.</summary>
    /// <param name="version">The trusted root's.</param>
    public void FinishRotation(long version)
    {
        const int LongestNumber = 20;
        if (_disk.Length(PathOf(RotationFile)) is not long length)
        {
            return;
        }

        byte[] note = new byte[(int)Math.Min(length, LongestNumber)];
        _disk.Read(PathOf(RotationFile), 0, note);

        // The note is written whole before its name is, so what is no number was not written here.
        if (!long.TryParse(Encoding.ASCII.GetString(note), CultureInfo.InvariantCulture, out long noted) || noted <= version)
        {
            _disk.Delete(PathOf(FileName("timestamp")));
            _disk.Delete(PathOf(FileName("snapshot")));
            _disk.SyncDirectory(_directory);
        }

        _disk.Delete(PathOf(RotationFile));
        _disk.SyncDirectory(_directory);
    }

    /// <summary>Removes files of delegated roles that a snapshot does not name any more.</summary>
    public void Prune(TufSnapshot snapshot)
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        kept.UnionWith(TufReader.TopLevelRoles.Select(FileName));
        kept.UnionWith(snapshot.Meta.Keys.Where(IsMetadata).Select(name => FileName(name[..^Ending.Length])));
        foreach (string name in _disk.List(_directory).Where(name => IsMetadata(name) && !kept.Contains(name)))
        {
            _disk.Delete(PathOf(name));
        }
    }

    /// <summary>A role's file name: unusual characters escaped, so that no name leaves the directory.</summary>
    public static string FileName(string role) => Uri.EscapeDataString(role) + Ending;

    // The directory's own name must outlive a power failure too.
    private void Prepare()
    {
        if (!_prepared && _directory.Length > 0)
        {
            _disk.CreateDirectory(_directory);
            _disk.SyncDirectory(DurableFiles.Parent(_directory));
        }

        _prepared = true;
    }

    private static bool IsMetadata(string name) => name.EndsWith(Ending, StringComparison.Ordinal);

    private string PathOf(string name) => _directory.Length == 0 ? name : $"{_directory}/{name}";
}
