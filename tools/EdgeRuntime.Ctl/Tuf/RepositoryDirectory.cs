using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Ctl.Tuf;

/// <summary>
/// A TUF repository in a directory: what is served in <c>metadata</c> and <c>targets</c>, and in <c>staged</c> what still
/// waits for signatures. <c>staged</c> may be carried to where the offline keys are, and back.
/// </summary>
internal sealed class RepositoryDirectory
{
    private static readonly TufLimits Limits = new();

    private readonly string _root;

    public RepositoryDirectory(string root)
    {
        _root = root;
    }

    /// <summary>True when something was staged or published here.</summary>
    public bool IsThere => Staged<TufRoot>("root") is not null || Published<TufRoot>("root") is not null;

    /// <summary>What waits for signatures, or null.</summary>
    public TufMetadata? Staged<T>(string role)
        where T : TufSignedPart => Read<T>(StagedPath(role));

    /// <summary>What is served, or null; the newest version of it.</summary>
    public TufMetadata? Published<T>(string role)
        where T : TufSignedPart => Read<T>(role == "timestamp" ? Metadata("timestamp.json") : NewestPath(role));

    /// <summary>What an edit begins from: what is staged, else what is served.</summary>
    /// <exception cref="CommandException">There is neither.</exception>
    public TufMetadata Newest<T>(string role)
        where T : TufSignedPart => Staged<T>(role) ?? Published<T>(role) ?? throw new CommandException(
            ExitCode.NoInput, $"{_root}: there is no {role} metadata; 'edgectl repo init' begins a repository");

    /// <summary>Stages an edit: the version after what is served, also when a version of it was staged before.</summary>
    public void Stage<T>(string role, Func<TufDraft, TufDraft> edit, DateTimeOffset now, TimeSpan lifetime)
        where T : TufSignedPart
    {
        TufDraft draft = Staged<T>(role) is TufMetadata staged
            ? TufDraft.Of(staged)
            : TufDraft.Of(Newest<T>(role)).Next(now, lifetime);
        Stage(role, edit(draft));
    }

    /// <summary>Stages a file as it is.</summary>
    public void Stage(string role, TufDraft draft) => Write(StagedPath(role), draft.ToBytes());

    /// <summary>What a staged root still lacks: signatures by its own keys and by those of the root before it.</summary>
    public string? Lacks(TufMetadata root)
    {
        TufRoot own = (TufRoot)root.Signed;
        string? before = Published<TufRoot>("root")?.Signed is TufRoot old
            ? root.Lacks(old.Roles["root"], old.Keys) is string missing ? $"of the keys before, {missing}" : null
            : null;
        return before ?? root.Lacks(own.Roles["root"], own.Keys);
    }

    /// <summary>Publishes a staged file that has all its signatures.</summary>
    public void Publish(string role, TufMetadata staged)
    {
        Write(Metadata($"{staged.Signed.Version}.{role}.json"), TufDraft.Of(staged).ToBytes());
        File.Delete(StagedPath(role));
    }

    /// <summary>Publishes a file that was just made.</summary>
    public byte[] Publish(string role, TufDraft draft)
    {
        byte[] bytes = draft.ToBytes();
        Write(Metadata(role == "timestamp" ? "timestamp.json" : $"{draft.Version}.{role}.json"), bytes);
        return bytes;
    }

    /// <summary>The bytes that are served for a role's newest version.</summary>
    public byte[] PublishedBytes(string role) => Files.Read(NewestPath(role), Limits.TargetsBytes);

    /// <summary>Puts a target where clients look for it, with its hash in its name.</summary>
    public void AddTarget(TargetFile target, byte[] content)
    {
        int slash = target.Path.LastIndexOf('/') + 1;
        string name = $"{target.Path[..slash]}{target.Hashes["sha256"]}.{target.Path[slash..]}";
        Write(Path.Combine(_root, "targets", name), content);
    }

    private string Metadata(string name) => Path.Combine(_root, "metadata", name);

    private string StagedPath(string role) => Path.Combine(_root, "staged", $"{role}.json");

    private string NewestPath(string role)
    {
        string directory = Metadata("");
        long newest = !Directory.Exists(directory) ? 0 : Directory.EnumerateFiles(directory, $"*.{role}.json")
            .Select(path => Path.GetFileName(path).Split('.')[0])
            .Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version : 0)
            .DefaultIfEmpty(0)
            .Max();
        return Metadata($"{newest}.{role}.json");
    }

    private static TufMetadata? Read<T>(string path)
        where T : TufSignedPart
    {
        if (!File.Exists(path))
        {
            return null;
        }

        Mistakes mistakes = new();
        return TufReader.Read<T>(Files.Read(path, Limits.TargetsBytes), path, mistakes, Limits.TargetsBytes)
            ?? throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
    }

    private static void Write(string path, byte[] bytes)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{path}: {e.Message}");
        }

        Files.Write(path, bytes);
    }
}
