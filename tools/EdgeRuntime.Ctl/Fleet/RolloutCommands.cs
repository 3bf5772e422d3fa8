namespace EdgeRuntime.Ctl.Fleet;

/// <summary>The verbs <c>rollout list</c> and <c>rollout abort</c>.</summary>
internal static class RolloutCommands
{
    public const string ListUsage = """
        usage: edgectl rollout list [--fleet URL] [--json]

        Lists the newest rollouts.
        """;

    public const string ListExample = "edgectl rollout list";

    public const string AbortUsage = """
        usage: edgectl rollout abort ID [--keep|--revert] [--fleet URL] [--json]

        Ends a rollout now.
          --revert   devices that have the new package go back to the one before (default)
          --keep     devices keep what they have
        """;

    public const string AbortExample = "edgectl rollout abort vitals-1-1-0-k3f9 --revert";

    public static async Task<int> ListAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet"], ["--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        read.RequiredFiles();
        read.Check();

        FleetAnswer answer = await fleet.GetAsync("api/rollouts?limit=50", stop);
        if (read.Has("--json"))
        {
            answer.Print(around);
            return ExitCode.Done;
        }

        Table table = new("rollout", "model", "version", "state", "stage", "devices", "begun", "reason");
        foreach (Rollout rollout in answer.As(FleetJson.Default.RolloutList).Rollouts ?? [])
        {
            table.Add(
                rollout.Id,
                rollout.Model,
                rollout.Package?.Version,
                Shown.State(rollout.State, around),
                $"{rollout.Stage + 1} of {rollout.Stages?.Count ?? 0}",
                $"{rollout.Exposed} of {rollout.Targets}",
                $"{Shown.Age(rollout.CreatedUnixMs, around.Time)} ago",
                Shown.Cut(rollout.Reason, 60));
        }

        table.Print(around);
        return ExitCode.Done;
    }

    public static async Task<int> AbortAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet"], ["--keep", "--revert", "--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        string id = read.RequiredFiles("ID")[0];
        if (read.Has("--keep") && read.Has("--revert"))
        {
            read.Mistakes.Add("--keep and --revert exclude each other");
        }

        read.Check();
        FleetAnswer answer = await fleet.PostAsync(
            $"api/rollouts/{Uri.EscapeDataString(id)}/abort",
            new AbortRollout(read.Has("--keep") ? "keep" : "revert"),
            FleetJson.Default.AbortRollout,
            stop);
        if (read.Has("--json"))
        {
            answer.Print(around);
            return ExitCode.Done;
        }

        Rollout rollout = answer.As(FleetJson.Default.Rollout);
        around.Output.WriteLine($"{Table.Plain(rollout.Id)} {Table.Plain(rollout.State)}");
        return ExitCode.Done;
    }
}
