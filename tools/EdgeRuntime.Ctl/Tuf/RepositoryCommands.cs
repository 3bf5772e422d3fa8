using System.Security.Cryptography;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Ctl.Packages;

namespace EdgeRuntime.Ctl.Tuf;

/// <summary>The verbs <c>repo …</c>: a TUF repository of packages, with offline release keys and one small online key.</summary>
internal static class RepositoryCommands
{
    public const string InitUsage = """
        usage: edgectl repo init DIR --root PUB... --targets PUB... --online PUB [--deploy PUB]...
                       [--root-threshold N] [--targets-threshold N] [--deploy-threshold N] [--days N]

        Begins a TUF repository: DIR/staged/root.json and targets.json, which wait for signatures ('repo sign').
          --root       offline keys of which --root-threshold (1) must sign every change of keys
          --targets    offline keys of which --targets-threshold (1) must sign every release
          --online     the one key that stays online; it only says which release is the newest ('repo refresh')
          --deploy     keys whose orders devices follow; a role that targets delegates to
          --days       life of both files (365)
        """;

    public const string InitExample = """
        edgectl repo init repo --root keys/a.pub.pem --root keys/b.pub.pem --root-threshold 2 \
            --targets keys/release.pub.pem --online keys/online.pub.pem --deploy keys/deploy.pub.pem
        """;

    public const string AddUsage = """
        usage: edgectl repo add DIR FILE [--path PATH] [--counter N] [--hardware ID]... [--days N]

        Puts FILE among the targets and stages targets.json with it. Of an .edgepkg the path is NAME-VERSION.edgepkg and the
        counter its release counter unless given.
          --counter    the release counter; it never goes back for one path
          --hardware   a device profile or architecture that it runs on, such as linux-arm64 (what the
                       package requires, else any)
          --days       life of targets.json from now on (365)
        """;

    public const string AddExample = "edgectl repo add repo vitals-2.edgepkg --hardware linux-arm64";

    public const string RemoveUsage = """
        usage: edgectl repo remove DIR PATH... [--days N]

        Stages targets.json without these targets: devices install them no more. The files stay for who runs them.
          --days       life of targets.json from now on (365)
        """;

    public const string RemoveExample = "edgectl repo remove repo vitals-1.0.0.edgepkg";

    public const string KeysUsage = """
        usage: edgectl repo keys DIR root|targets|online|deploy [--add PUB]... [--remove PUB]... [--threshold N] [--days N]

        Stages the next root.json with other keys for a role (for deploy: the next targets.json). A root is signed by the keys
        before and by its own. Replacing the online key makes devices forget versions that its thief drove up.
          --threshold  how many of the role's keys must sign
          --days       life of the staged file from now on (365)
        """;

    public const string KeysExample = "edgectl repo keys repo online --add keys/online2.pub.pem --remove keys/online.pub.pem";

    public static int Init(IReadOnlyList<string> words, Surroundings around)
    {
        string[] valued =
        [
            "--root", "--targets", "--online", "--deploy", "--root-threshold", "--targets-threshold", "--deploy-threshold", "--days",
        ];
        Words read = Words.Parse(words, valued, []);
        foreach (string name in valued[..3])
        {
            read.Required(name);
        }

        TimeSpan lifetime = Days(read, 365);
        int rootThreshold = Threshold(read, "--root-threshold", "--root");
        int targetsThreshold = Threshold(read, "--targets-threshold", "--targets");
        int deployThreshold = Threshold(read, "--deploy-threshold", "--deploy");
        string directory = read.RequiredFiles("DIR")[0];
        read.Check();

        RepositoryDirectory repository = new(directory);
        if (repository.IsThere)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{directory}: is a repository already; nothing was changed");
        }

        DateTimeOffset now = around.Time.GetUtcNow();
        IReadOnlyList<TufKey> online = Keys.TufPublic(read.All("--online"));
        repository.Stage("root", TufDraft.Root(now, lifetime)
            .WithRole("root", Keys.TufPublic(read.All("--root")), rootThreshold)
            .WithRole("targets", Keys.TufPublic(read.All("--targets")), targetsThreshold)
            .WithRole("snapshot", online, 1)
            .WithRole("timestamp", online, 1));
        TufDraft targets = TufDraft.Targets(now, lifetime);
        repository.Stage("targets", read.Has("--deploy")
            ? WithDeploy(targets, Keys.TufPublic(read.All("--deploy")), deployThreshold)
            : targets);
        RepositorySigning.PrintStaged(repository, around);
        return ExitCode.Done;
    }

    public static int Add(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--path", "--counter", "--hardware", "--days"], []);
        IReadOnlyList<string> files = read.RequiredFiles("DIR", "FILE");
        TimeSpan lifetime = Days(read, 365);
        IReadOnlyList<string> hardware = read.All("--hardware");
        long? counter = read.Has("--counter") ? (long)Math.Min(read.Whole("--counter", 0), long.MaxValue) : null;
        read.Check();

        byte[] content = Files.Read(files[1], new PackageLimits().Bytes);
        string path = read.Text("--path") ?? Path.GetFileName(files[1]);
        if (files[1].EndsWith(".edgepkg", StringComparison.Ordinal))
        {
            PackageManifest manifest = Manifest(files[1], content);
            path = read.Text("--path") ?? $"{manifest.Name}-{manifest.Version}.edgepkg";
            counter ??= manifest.ReleaseCounter;

            // What the package demands is signed with it; a device counts its architecture among what it is.
            hardware = hardware.Count > 0 ? hardware : [.. (manifest.Requires?.Architectures ?? []).Select(architecture => $"linux-{architecture}")];
        }

        RepositoryDirectory repository = new(files[0]);
        TufTargets had = (TufTargets)repository.Newest<TufTargets>("targets").Signed;
        long? before = had.Targets.GetValueOrDefault(path)?.Release.Counter;
        if (before > (counter ?? 0))
        {
            throw new CommandException(
                ExitCode.Data, $"{path}: has release counter {before} there; {counter ?? 0} would be a rollback");
        }

        TargetFile target = new()
        {
            Path = path,
            Length = content.Length,
            Hashes = new Dictionary<string, string> { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) },
            Release = new ReleaseClaim { Counter = counter, HardwareIds = hardware },
        };
        repository.AddTarget(target, content);
        repository.Stage<TufTargets>("targets", draft => draft.WithTarget(target), around.Time.GetUtcNow(), lifetime);
        around.Output.WriteLine($"target   {path} ({content.Length} bytes, release {counter?.ToString() ?? "not said"})");
        RepositorySigning.PrintStaged(repository, around);
        return ExitCode.Done;
    }

    public static int Remove(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--days"], []);
        TimeSpan lifetime = Days(read, 365);
        if (read.Files.Count < 2)
        {
            read.RequiredFiles("DIR", "PATH");
        }

        read.Check();
        RepositoryDirectory repository = new(read.Files[0]);
        TufTargets had = (TufTargets)repository.Newest<TufTargets>("targets").Signed;
        string[] unknown = [.. read.Files.Skip(1).Where(path => !had.Targets.ContainsKey(path))];
        if (unknown.Length > 0)
        {
            throw new CommandException(ExitCode.Data, [.. unknown.Select(path => $"{path}: is not among the targets")]);
        }

        repository.Stage<TufTargets>(
            "targets",
            draft => read.Files.Skip(1).Aggregate(draft, (left, path) => left.WithoutTarget(path)),
            around.Time.GetUtcNow(),
            lifetime);
        RepositorySigning.PrintStaged(repository, around);
        return ExitCode.Done;
    }

    public static int ChangeKeys(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--add", "--remove", "--threshold", "--days"], []);
        IReadOnlyList<string> files = read.RequiredFiles("DIR", "ROLE");
        TimeSpan lifetime = Days(read, 365);
        int asked = (int)Math.Min(read.Whole("--threshold", 0), int.MaxValue);
        if (files[1] is not ("root" or "targets" or "online" or "deploy" or "ROLE"))
        {
            read.Mistakes.Add($"'{files[1]}' is no role; there are root, targets, online and deploy");
        }

        read.Check();
        RepositoryDirectory repository = new(files[0]);
        string role = files[1] == "online" ? "timestamp" : files[1];
        TufTargets targets = (TufTargets)repository.Newest<TufTargets>("targets").Signed;
        TufRoot root = (TufRoot)repository.Newest<TufRoot>("root").Signed;
        TufRole? had = role == "deploy" ? targets.Delegations.FirstOrDefault(one => one.Name == "deploy") : root.Roles[role];
        IReadOnlyDictionary<string, TufKey> known = role == "deploy" ? targets.DelegatedKeys : root.Keys;
        HashSet<string> removed = [.. Keys.TufPublic(read.All("--remove")).Select(key => key.Id)];
        TufKey[] keys = [.. (had?.KeyIds ?? []).Where(known.ContainsKey).Select(id => known[id])
            .Concat(Keys.TufPublic(read.All("--add"))).DistinctBy(key => key.Id).Where(key => !removed.Contains(key.Id))];
        int threshold = asked > 0 ? asked : had?.Threshold ?? 1;
        if (threshold > keys.Length)
        {
            throw new CommandException(ExitCode.Data, $"{files[1]}: {threshold} of {keys.Length} keys can never sign");
        }

        DateTimeOffset now = around.Time.GetUtcNow();
        if (role == "deploy")
        {
            repository.Stage<TufTargets>("targets", draft => WithDeploy(draft, keys, threshold), now, lifetime);
        }
        else
        {
            repository.Stage<TufRoot>("root", draft => With(draft, files[1], keys, threshold), now, lifetime);
        }

        RepositorySigning.PrintStaged(repository, around);
        return ExitCode.Done;
    }

    private static TufDraft With(TufDraft root, string role, TufKey[] keys, int threshold) => role == "online"
        ? root.WithRole("timestamp", keys, threshold).WithRole("snapshot", keys, threshold)
        : root.WithRole(role, keys, threshold);

    // Orders are no targets, so this role has no file of its own: what counts is who its keys are.
    private static TufDraft WithDeploy(TufDraft targets, IReadOnlyList<TufKey> keys, int threshold) => targets.WithDelegation(
        new TufDelegation { Name = "deploy", KeyIds = [], Threshold = threshold, Paths = ["orders/*"], Terminating = true },
        keys);

    private static PackageManifest Manifest(string path, byte[] content)
    {
        try
        {
            return PackageArchive.ReadUnverified(content).Manifest;
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"{path}: {line}")]);
        }
    }

    internal static TimeSpan Days(Words read, double absent)
    {
        double days = read.Number("--days", absent);
        if (days is < 0.01 or > 36_500)
        {
            read.Mistakes.Add($"--days {days}: is outside 0.01 to 36500");
            days = absent;
        }

        return TimeSpan.FromDays(days);
    }

    private static int Threshold(Words read, string name, string keys)
    {
        ulong threshold = read.Whole(name, 1);
        int most = Math.Max(1, read.All(keys).Count);
        if (threshold == 0 || threshold > (ulong)most)
        {
            read.Mistakes.Add($"{name} {threshold}: is outside 1 to the {most} keys given");
            return 1;
        }

        return (int)threshold;
    }
}
