using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>The verbs <c>package push</c> and <c>package list</c>.</summary>
internal static class PackageCommands
{
    public const string PushUsage = """
        usage: edgectl package push FILE [--fleet URL] [--json]

        Gives a signed package to the fleet, which checks it as a device would. Pushing the same package again changes
        nothing.
        """;

    public const string PushExample = "edgectl package push vitals-2.edgepkg";

    public const string ListUsage = """
        usage: edgectl package list [--fleet URL] [--json]

        Lists the packages the fleet holds, newest first.
        """;

    public const string ListExample = "edgectl package list --json | jq -r '.packages[].digest'";

    public static async Task<int> PushAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet"], ["--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        string path = read.RequiredFiles("FILE")[0];
        read.Check();

        byte[] archive = Files.Read(path, new PackageLimits().Bytes);
        try
        {
            // Whom the fleet trusts only it knows; everything else can be said here, before the network is bothered.
            PackageArchive.ReadUnverified(archive);
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"{path}: {line}")]);
        }

        FleetAnswer answer = await fleet.PostAsync("api/packages", archive, "application/octet-stream", stop);
        if (read.Has("--json"))
        {
            answer.Print(around);
            return ExitCode.Done;
        }

        FleetPackage package = answer.As(FleetJson.Default.FleetPackage);
        string done = answer.Created ? "pushed" : "was there already";
        string name = Table.Plain(package.Name);
        string version = Table.Plain(package.Version);
        around.Output.WriteLine($"{name} {version} {done}");
        around.Output.WriteLine($"id       {Table.Plain(package.Digest)}");
        around.Output.WriteLine($"next     edgectl rollout start --package {name}@{version}");
        return ExitCode.Done;
    }

    public static async Task<int> ListAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet"], ["--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        read.RequiredFiles();
        read.Check();

        FleetAnswer answer = await fleet.GetAsync("api/packages", stop);
        if (read.Has("--json"))
        {
            answer.Print(around);
            return ExitCode.Done;
        }

        Table table = new("package", "version", "release", "kind", "bytes", "id", "signed by", "devices", "pushed");
        foreach (FleetPackage package in answer.As(FleetJson.Default.PackageList).Packages ?? [])
        {
            table.Add(
                package.Name,
                package.Version,
                Shown.Count(package.ReleaseCounter),
                package.Kind,
                Shown.Count(package.Size),
                Shown.Short(package.Digest),
                string.Join(' ', (package.SignedBy ?? []).Select(Shown.Short)),
                Shown.Count(package.Devices),
                $"{Shown.Age(package.PushedUnixMs, around.Time)} ago");
        }

        table.Print(around);
        return ExitCode.Done;
    }
}
