using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Ctl.Packages;

namespace EdgeRuntime.Ctl.Tuf;

/// <summary>The verbs <c>repo sign</c>, <c>repo refresh</c> and <c>repo show</c>: who vouches, and what is served.</summary>
internal static class RepositorySigning
{
    public const string SignUsage = """
        usage: edgectl repo sign DIR --key KEY...

        Signs what is staged in DIR and what each key may sign: the root for its own keys and for those of the root before,
        the targets for the targets keys. Signatures of other keys stay. Done where the offline keys are.
        """;

    public const string SignExample = "edgectl repo sign repo --key keys/a.key.pem --key keys/release.key.pem";

    public const string RefreshUsage = """
        usage: edgectl repo refresh DIR --key KEY [--days N]

        Publishes what is staged and has all its signatures, then says with the online KEY which release is the newest: a
        snapshot when something changed or the old one nears its end (30 days), and a new timestamp.
          --days    life of the timestamp (7); run this well within it, or devices install nothing new
        """;

    public const string RefreshExample = "edgectl repo refresh repo --key keys/online.key.pem";

    public const string ShowUsage = """
        usage: edgectl repo show DIR

        Shows each role's version, when it expires and what still waits for signatures, and the targets.
        """;

    public const string ShowExample = "edgectl repo show repo";

    private static readonly TimeSpan SnapshotLife = TimeSpan.FromDays(30);

    public static int Sign(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--key"], []);
        read.Required("--key");
        string directory = read.RequiredFiles("DIR")[0];
        read.Check();

        RepositoryDirectory repository = new(directory);
        TufRoot newest = (TufRoot)repository.Newest<TufRoot>("root").Signed;
        TufRoot? before = (TufRoot?)repository.Published<TufRoot>("root")?.Signed;
        foreach (string path in read.All("--key"))
        {
            using TufSigningKey key = Keys.TufPrivate(path);
            string id = key.Public.Id;
            bool root = newest.Roles["root"].KeyIds.Contains(id) || before?.Roles["root"].KeyIds.Contains(id) == true;
            bool targets = newest.Roles["targets"].KeyIds.Contains(id);
            bool signed = Sign<TufRoot>(repository, "root", root, key) | Sign<TufTargets>(repository, "targets", targets, key);
            around.Output.WriteLine(signed
                ? $"signed   by {path}"
                : around.Yellow($"not signed by {path}: {(root || targets ? "nothing is staged for it" : "it is no key of root or targets")}"));
        }

        PrintStaged(repository, around);
        return ExitCode.Done;
    }

    public static int Refresh(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--key", "--days"], []);
        string keyPath = read.Required("--key");
        TimeSpan lifetime = RepositoryCommands.Days(read, 7);
        string directory = read.RequiredFiles("DIR")[0];
        read.Check();

        RepositoryDirectory repository = new(directory);
        using TufSigningKey key = Keys.TufPrivate(keyPath);
        PublishStaged(repository, around);
        TufRoot root = (TufRoot)(repository.Published<TufRoot>("root")?.Signed
            ?? throw new CommandException(ExitCode.Data, "no root is published yet; 'edgectl repo sign' first"));
        TufMetadata targets = repository.Published<TufTargets>("targets")
            ?? throw new CommandException(ExitCode.Data, "no targets are published yet; 'edgectl repo sign' first");
        foreach (string role in (string[])["snapshot", "timestamp"])
        {
            if (!root.Roles[role].KeyIds.Contains(key.Public.Id))
            {
                throw new CommandException(ExitCode.Config, $"{keyPath}: is no key of {role} in root {root.Version}");
            }
        }

        DateTimeOffset now = around.Time.GetUtcNow();
        TufMetadata snapshot = Snapshot(repository, root, targets, key, now, out byte[] bytes);
        TufDraft timestamp = repository.Published<TufTimestamp>("timestamp") is TufMetadata old
            ? TufDraft.Of(old).Next(now, lifetime)
            : TufDraft.Timestamp(now, lifetime);
        repository.Publish(
            "timestamp", timestamp.WithMeta("snapshot.json", snapshot.Signed.Version, bytes).SignedBy(key));
        around.Output.WriteLine(
            $"served   root {root.Version}, targets {targets.Signed.Version}, snapshot {snapshot.Signed.Version}, "
            + $"timestamp {timestamp.Version} until {now + lifetime:yyyy-MM-dd HH:mm}Z");
        return ExitCode.Done;
    }

    public static int Show(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, [], []);
        string directory = read.RequiredFiles("DIR")[0];
        read.Check();

        RepositoryDirectory repository = new(directory);
        repository.Newest<TufRoot>("root");
        DateTimeOffset now = around.Time.GetUtcNow();
        PrintServed("root", repository.Published<TufRoot>("root"), now, around);
        PrintServed("targets", repository.Published<TufTargets>("targets"), now, around);
        PrintServed("snapshot", repository.Published<TufSnapshot>("snapshot"), now, around);
        PrintServed("timestamp", repository.Published<TufTimestamp>("timestamp"), now, around);
        PrintStaged(repository, around);
        if (repository.Published<TufTargets>("targets")?.Signed is TufTargets targets)
        {
            foreach (TargetFile target in targets.Targets.Values)
            {
                string hardware = target.Release.HardwareIds.Count == 0 ? "any" : string.Join(", ", target.Release.HardwareIds);
                around.Output.WriteLine(
                    $"target   {Table.Plain(target.Path)}: {target.Length} bytes, release {target.Release.Counter?.ToString() ?? "-"}, {Table.Plain(hardware)}");
            }
        }

        return ExitCode.Done;
    }

    /// <summary>Says of everything that is staged what it waits for.</summary>
    internal static void PrintStaged(RepositoryDirectory repository, Surroundings around)
    {
        if (repository.Staged<TufRoot>("root") is TufMetadata root)
        {
            Print("root", root, repository.Lacks(root), around);
        }

        if (repository.Staged<TufTargets>("targets") is TufMetadata targets)
        {
            TufRoot signers = (TufRoot)repository.Newest<TufRoot>("root").Signed;
            Print("targets", targets, targets.Lacks(signers.Roles["targets"], signers.Keys), around);
        }
    }

    private static bool Sign<T>(RepositoryDirectory repository, string role, bool may, TufSigningKey key)
        where T : TufSignedPart
    {
        if (!may || repository.Staged<T>(role) is not TufMetadata staged)
        {
            return false;
        }

        repository.Stage(role, TufDraft.Of(staged).SignedBy(key));
        return true;
    }

    private static void PublishStaged(RepositoryDirectory repository, Surroundings around)
    {
        if (repository.Staged<TufRoot>("root") is TufMetadata root)
        {
            string? lacking = repository.Lacks(root);
            if (lacking is null)
            {
                repository.Publish("root", root);
            }

            Print("root", root, lacking, around);
        }

        if (repository.Staged<TufTargets>("targets") is TufMetadata targets
            && repository.Published<TufRoot>("root")?.Signed is TufRoot signers)
        {
            string? lacking = targets.Lacks(signers.Roles["targets"], signers.Keys);
            if (lacking is null)
            {
                repository.Publish("targets", targets);
            }

            Print("targets", targets, lacking, around);
        }
    }

    private static TufMetadata Snapshot(
        RepositoryDirectory repository,
        TufRoot root,
        TufMetadata targets,
        TufSigningKey key,
        DateTimeOffset now,
        out byte[] bytes)
    {
        byte[] listed = repository.PublishedBytes("targets");
        TufMetadata? old = repository.Published<TufSnapshot>("snapshot");
        bool same = old?.Signed is TufSnapshot served
            && served.Meta["targets.json"].Version == targets.Signed.Version
            && TargetHash.Differs(listed, served.Meta["targets.json"].Hashes) is null
            && served.Expires > now + (SnapshotLife / 2)
            && old.Lacks(root.Roles["snapshot"], root.Keys) is null;
        if (same)
        {
            bytes = repository.PublishedBytes("snapshot");
            return old!;
        }

        TufDraft draft = old is null ? TufDraft.Snapshot(now, SnapshotLife) : TufDraft.Of(old).Next(now, SnapshotLife);
        bytes = repository.Publish(
            "snapshot", draft.WithMeta("targets.json", targets.Signed.Version, listed).SignedBy(key));
        return repository.Published<TufSnapshot>("snapshot")!;
    }

    private static void Print(string role, TufMetadata staged, string? lacking, Surroundings around) =>
        around.Output.WriteLine(lacking is null
            ? $"staged   {role} {staged.Signed.Version}: {around.Green("has its signatures")}"
            : $"staged   {role} {staged.Signed.Version}: {around.Yellow($"has {lacking}")}");

    private static void PrintServed(string role, TufMetadata? served, DateTimeOffset now, Surroundings around)
    {
        if (served is not null)
        {
            string until = $"until {served.Signed.Expires:yyyy-MM-dd HH:mm}Z";
            around.Output.WriteLine(
                $"served   {role} {served.Signed.Version} {(served.Signed.Expires > now ? until : around.Red($"{until}: expired"))}");
        }
    }
}
