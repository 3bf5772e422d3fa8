using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>The verb <c>rollout start</c>.</summary>
internal static class StartCommand
{
    public const string Usage = """
        usage: edgectl rollout start --package NAME@VERSION|DIGEST [options] [--watch] [--fleet URL] [--json]

        Rolls a package out to the fleet: first to a canary, judged against the devices still on the old package, then to
        the next stage, and so on. A stage that fails its gate halts the rollout.
        Who:
          --canary PERCENT       share of the devices in the first stage (default: 25)
          --stages P,P,...       all stages instead, ascending, the last 100, such as 10,50,100
          --canary-device ID     a device of the first stage; may be given several times (default: chosen by hash)
          --device ID            a device to roll out to; may be given several times (default: all with the model)
          --on-halt revert|hold  what a halted rollout does (default: revert)
        The gate of each stage (the fleet's defaults are shown by 'edgectl rollout list --json'):
          --min-samples N                samples the new package must have answered
          --soak-seconds N               shortest time of a stage
          --timeout-seconds N            longest time of a stage
          --max-error-share X            failed inferences, 0 to 1
          --max-p99-ratio X              99th percentile of the inference time, by that of the control
          --max-p99-ms X                 the same, absolute
          --min-prediction-shift X       smallest shift of the predictions that counts, in nats
          --max-drift-share-increase X   more drifting windows than the control, 0 to 1
          --max-failed-installs N        devices that refuse or undo the package
        --watch goes on as 'edgectl rollout watch' does.
        """;

    public const string Example = "edgectl rollout start --package vitals@1.1.0 --canary 25 --soak-seconds 60 --watch";

    private static readonly string[] Valued =
    [
        "--fleet", "--package", "--canary", "--stages", "--canary-device", "--device", "--on-halt", "--min-samples",
        "--soak-seconds", "--timeout-seconds", "--max-error-share", "--max-p99-ratio", "--max-p99-ms",
        "--min-prediction-shift", "--max-drift-share-increase", "--max-failed-installs",
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, Valued, ["--watch", "--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        StartRollout order = Order(read);
        read.RequiredFiles();
        read.Check();

        FleetAnswer answer = await fleet.PostAsync("api/rollouts", order, FleetJson.Default.StartRollout, stop);
        Rollout rollout = answer.As(FleetJson.Default.Rollout);
        if (read.Has("--json"))
        {
            answer.Print(around);
        }
        else
        {
            string what = Table.Plain($"{rollout.Id} started: {rollout.Model} {rollout.Package?.Version}");
            around.Output.WriteLine($"{what} to {rollout.Targets} devices in {rollout.Stages?.Count ?? 0} stages");
        }

        if (read.Has("--watch"))
        {
            return await new RolloutWatch(fleet, rollout.Id ?? "", around).RunAsync(stop);
        }

        if (!read.Has("--json"))
        {
            around.Output.WriteLine($"next     edgectl rollout watch {Table.Plain(rollout.Id)}");
        }

        return ExitCode.Done;
    }

    private static StartRollout Order(Words read)
    {
        string? onHalt = read.Text("--on-halt");
        if (onHalt is not (null or "revert" or "hold"))
        {
            read.Mistakes.Add($"--on-halt {onHalt}: is neither revert nor hold");
        }

        foreach (string id in read.All("--device").Concat(read.All("--canary-device")))
        {
            if (!DeviceId.TryParse(id, out _))
            {
                read.Mistakes.Add($"'{id}' is not a device id: use 1 to {DeviceId.MaxLength} of a-z, 0-9 and '-'");
            }
        }

        return new StartRollout
        {
            Package = read.Required("--package"),
            Stages = Stages(read),
            Canary = read.All("--canary-device") is { Count: > 0 } canary ? canary : null,
            Devices = read.All("--device") is { Count: > 0 } devices ? devices : null,
            OnHalt = onHalt,
            Gate = Gate(read),
        };
    }

    private static GateOrder? Gate(Words read)
    {
        GateOrder gate = new()
        {
            MinSamples = AtLeastZero(read, "--min-samples"),
            MinSoakSeconds = AtLeastZero(read, "--soak-seconds"),
            TimeoutSeconds = AtLeastZero(read, "--timeout-seconds"),
            MaxErrorShare = AtLeastZero(read, "--max-error-share"),
            MaxP99Ratio = AtLeastZero(read, "--max-p99-ratio"),
            MaxP99Ms = AtLeastZero(read, "--max-p99-ms"),
            MinPredictionShift = AtLeastZero(read, "--min-prediction-shift"),
            MaxDriftShareIncrease = AtLeastZero(read, "--max-drift-share-increase"),
            MaxFailedInstalls = AtLeastZero(read, "--max-failed-installs"),
        };
        return gate == new GateOrder() ? null : gate;
    }

    private static double? AtLeastZero(Words read, string name)
    {
        double? value = read.Number(name, (double?)null);
        if (value < 0)
        {
            read.Mistakes.Add($"{name} {value}: is below 0");
        }

        return value;
    }

    private static List<StageOrder>? Stages(Words read)
    {
        if (read.Has("--canary") && read.Has("--stages"))
        {
            read.Mistakes.Add("--canary and --stages exclude each other");
            return null;
        }

        if (read.Has("--canary"))
        {
            double percent = read.Number("--canary", 25);
            if (!(percent > 0 && percent <= 100))
            {
                read.Mistakes.Add($"--canary {percent}: is outside 0 (exclusive) to 100");
            }

            StageOrder all = new("all", 100);
            return percent == 100 ? [all] : [new StageOrder("canary", percent), all];
        }

        if (read.Text("--stages") is not string text)
        {
            return null;
        }

        List<StageOrder> stages = [];
        string[] parts = text.Split(',');
        foreach (string part in parts)
        {
            double last = stages.Count == 0 ? 0 : stages[^1].Percent;
            if (!double.TryParse(part, System.Globalization.CultureInfo.InvariantCulture, out double percent)
                || !(percent > last && percent <= 100))
            {
                read.Mistakes.Add($"--stages {text}: '{part}' is not a percentage above {last}, at most 100");
                return null;
            }

            string name = percent == 100 ? "all" : stages.Count == 0 ? "canary" : $"stage-{stages.Count + 1}";
            stages.Add(new StageOrder(name, percent));
        }

        if (stages[^1].Percent < 100)
        {
            read.Mistakes.Add($"--stages {text}: the last one must be 100");
        }

        return stages;
    }
}
