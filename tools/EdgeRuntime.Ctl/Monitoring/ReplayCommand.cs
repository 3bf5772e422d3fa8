using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Fleet;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>The verb <c>replay</c>: judges stored windows again, through the device's own code, and says whether the same alarms come out.</summary>
internal static class ReplayCommand
{
    public const string Usage = """
        usage: edgectl replay PACKAGE FILE... [--json]
               edgectl replay PACKAGE --device DEVICE [--fleet URL] [--json]

        Judges the windows that devices sent under PACKAGE again, by its reference and through the device's own code: each
        verdict must be the one that was told, and each alarm that was told, of inputs or of answers, must be raised by the
        same windows.
          FILE       messages, one a line: what 'mosquitto_sub -v -t edge/v1/+/up/#' printed, or JSON alone
          --device   asks the fleet manager for its newest 10,000 windows of that device
          --json     prints one JSON object
        Exit code 65 when a verdict differs by more than 1e-12, or an alarm was told that the windows do not raise. That
        windows are missing is the usual reason: those that were still on their way, or older than what was written down.
        Windows that came as protobuf, which the fleet manager has, tell rounded figures and 64 bits of what they were.
        """;

    public const string Example = """
        mosquitto_sub -v -t 'edge/v1/+/up/#' > reports.txt     # for as long as you like
        edgectl replay vitals-2.edgepkg reports.txt
        """;

    // Verdicts are the same bits on one architecture; across architectures, logarithms may round otherwise.
    private const double Tolerance = 1e-12;
    private const long LargestFile = 1L << 30;

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--device", "--fleet"], ["--json"]);
        string? device = read.Text("--device");
        Uri fleet = FleetAddress.Of(read, around);
        if (read.Files.Count == 0)
        {
            read.Mistakes.Add("PACKAGE is missing");
        }
        else if (read.Files.Count == 1 && device is null)
        {
            read.Mistakes.Add("FILE is missing; or say --device for what the fleet manager has");
        }
        else if (read.Files.Count > 1 && device is not null)
        {
            read.Mistakes.Add($"'{read.Files[1]}' and --device are two sources; name one");
        }

        read.Check();
        ModelPackage package = Package(read.Files[0]);
        string model = package.Manifest.Name;
        StoredReports reports = new();
        List<string> mistakes = [];
        if (device is not null)
        {
            using FleetClient client = new(fleet);
            FleetAnswer answer = await client.GetAsync(
                $"api/devices/{Uri.EscapeDataString(device)}/windows?model={Uri.EscapeDataString(model)}", stop);
            reports.Read(answer.Body, model, $"{fleet}", mistakes);
        }

        foreach (string file in read.Files.Skip(1))
        {
            reports.Read(Files.Read(file, LargestFile), model, file, mistakes);
        }

        if (mistakes.Count > 0)
        {
            throw new CommandException(ExitCode.Data, [.. mistakes]);
        }

        if (!reports.Devices.Any())
        {
            throw new CommandException(ExitCode.Data, $"there is no window of the model {model} in it; {reports.Others} lines are of something else");
        }

        ReplayedReports replayed = Replay(reports, package);
        if (read.Has("--json"))
        {
            replayed.PrintJson(around);
        }
        else
        {
            new ReplaySheet(replayed, around).Print();
        }

        return replayed.IsSame(Tolerance) ? ExitCode.Done : ExitCode.Data;
    }

    private static ReplayedReports Replay(StoredReports reports, ModelPackage package)
    {
        ReplayedReports replayed = new(reports.Duplicates);
        foreach (string device in reports.Devices)
        {
            DriftReplay replay = new(package.Manifest, package.Id, package.Profile!);
            QualityReplay quality = new(package.Manifest, package.Profile!);
            IReadOnlyList<AlarmMessage> told = reports.AlarmsOf(device);
            foreach (WindowMessage window in reports.WindowsOf(device))
            {
                if (replay.Take(window, out string refusal) is ReplayedWindow again)
                {
                    replayed.Take(device, again);
                    replayed.Take(device, window, quality.Take(window), quality.Alarm);
                }
                else
                {
                    replayed.Refuse(device, window, refusal);
                }
            }

            foreach (AlarmMessage alarm in told.Where(alarm => alarm.Digest == package.Id))
            {
                replayed.Expect(device, alarm);
            }
        }

        return replayed;
    }

    private static ModelPackage Package(string path)
    {
        try
        {
            return PackageArchive.ReadUnverified(Files.Read(path, new PackageLimits().Bytes)) switch
            {
                ModelPackage { Profile: not null } model => model,
                ModelPackage => throw new CommandException(ExitCode.Data, $"{path}: has no {ReferenceProfile.FileName}, so nothing was compared with it"),
                _ => throw new CommandException(ExitCode.Data, $"{path}: holds no model"),
            };
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"{path}: {line}")]);
        }
    }
}
