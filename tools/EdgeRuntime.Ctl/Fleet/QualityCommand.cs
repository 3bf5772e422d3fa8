using System.Globalization;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>The verb <c>quality</c>: how right a model is in the field, and whether it treats groups alike.</summary>
internal static class QualityCommand
{
    public const string Usage = """
        usage: edgectl quality PACKAGE|DEVICE [--device ID] [--hours N] [--fleet URL] [--json]

        Shows how right a package's model is, added up over all devices or of one: what labels said ('edgectl label'), with
        intervals of 95 %; beside it what was expected without labels, with the band that chance keeps it in and how far off
        it was where labels came; and how groups of the manifest fare. An estimate alone decides nothing.
          PACKAGE    NAME (the newest), NAME@VERSION, or a digest or its beginning
          DEVICE     all models that it runs
          --device   of this device alone
          --hours    windows of so many hours (default: 24; 1 to 744)
        """;

    public const string Example = """
        edgectl quality occupancy
        edgectl quality pump-7 --hours 168
        """;

    private const int ShortestDigest = 6;
    private const int MostHours = 744;

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet", "--device", "--hours"], ["--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        string what = read.RequiredFiles("PACKAGE|DEVICE")[0];
        ulong hours = read.Whole("--hours", 24);
        if (hours is 0 or > MostHours)
        {
            read.Mistakes.Add($"--hours {hours}: is outside 1 to {MostHours}");
        }

        read.Check();
        bool first = true;
        foreach ((string digest, string? device) in await FindAsync(fleet, what, read.Text("--device"), stop))
        {
            string of = device is null ? "" : $"&device={Uri.EscapeDataString(device)}";
            FleetAnswer answer = await fleet.GetAsync($"api/packages/{digest}/quality?points=1&hours={hours}{of}", stop);
            if (read.Has("--json"))
            {
                answer.Print(around);
                continue;
            }

            if (!first)
            {
                around.Output.WriteLine();
            }

            first = false;
            Print(answer.As(QualityJson.Default.FleetQuality), device, around);
        }

        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<(string Digest, string? Device)>> FindAsync(
        FleetClient fleet, string what, string? device, CancellationToken stop)
    {
        FleetAnswer listed = await fleet.GetAsync("api/packages", stop);
        IReadOnlyList<FleetPackage> packages = listed.As(FleetJson.Default.PackageList).Packages ?? [];
        FleetPackage[] found =
        [
            .. packages.Where(package => package.Digest is not null && (package.Name == what || $"{package.Name}@{package.Version}" == what
                || (what.Length >= ShortestDigest && package.Digest.StartsWith(what, StringComparison.Ordinal)))),
        ];
        if (found.Length > 0)
        {
            return [(found.OrderByDescending(package => package.ReleaseCounter).First().Digest!, device)];
        }

        FleetAnswer devices = await fleet.GetAsync("api/devices", stop);
        Device[] known = [.. devices.As(FleetJson.Default.DeviceList).Devices ?? []];
        Device named = known.FirstOrDefault(each => each.Id == what) ?? throw new CommandException(
            ExitCode.Data,
            $"the fleet has neither a package nor a device '{Table.Plain(what)}'"
                + Spelling.Hint(what, packages.Select(package => package.Name ?? "").Concat(known.Select(each => each.Id ?? ""))));
        (string, string?)[] models = [.. (named.Models ?? []).Select(model => model.Active?.Digest).OfType<string>().Select(digest => (digest, named.Id))];
        return models.Length > 0 ? models : throw new CommandException(ExitCode.Data, $"'{Table.Plain(what)}' runs no model that the fleet knows of");
    }

    private static void Print(FleetQuality quality, string? device, Surroundings around)
    {
        string where = device is null ? $"{quality.Devices} {(quality.Devices == 1 ? "device" : "devices")}" : device;
        around.Output.WriteLine(Table.Plain(string.Create(
            CultureInfo.InvariantCulture,
            $"{quality.Model} {quality.Version} on {where}: {quality.Joined} labelled answers in {quality.Windows} windows")));
        foreach ((string cause, long count) in quality.Unjoined ?? new Dictionary<string, long>())
        {
            around.Output.WriteLine($"  {around.Yellow("beware")} {count} labels could not be joined: {Table.Plain(cause)}");
        }

        foreach ((string reason, long count) in quality.Refused ?? new Dictionary<string, long>())
        {
            around.Output.WriteLine($"  {around.Yellow("beware")} {count} windows were left out: {Table.Plain(reason)}");
        }

        PrintMetrics(quality, around);
        foreach (QualityGroups groups in quality.Groups ?? [])
        {
            around.Output.WriteLine();
            PrintGroups(groups, quality.Positive ?? "", around);
        }
    }

    private static void PrintMetrics(FleetQuality quality, Surroundings around)
    {
        Table table = new("metric", "by labels", "95 %", "answers", "baseline", "reference", "expected", "band", "off by");
        string[] names = [.. (quality.Metrics ?? []).Select(metric => metric.Name).Concat((quality.Estimates ?? []).Select(each => each.Metric)).OfType<string>().Distinct()];
        foreach (string name in names)
        {
            QualityMetric? metric = quality.Metrics?.FirstOrDefault(each => each.Name == name);
            QualityExpected? expected = quality.Estimates?.FirstOrDefault(each => each.Metric == name);
            table.Add(
                name.Replace('_', ' '), Number(metric?.Value), Range(metric?.Low, metric?.High), metric is null ? "-" : Shown.Count(metric.Answers),
                Number(metric?.Baseline), Number(metric?.Reference), Number(expected?.Value), Range(expected?.Low, expected?.High),
                expected is { LabelledEstimated: double estimated, LabelledActual: double actual } ? Signed(estimated - actual) : "-");
        }

        if (names.Length == 0)
        {
            around.Output.WriteLine("  nothing is known yet: no labels came, and the package's reference does not say what its answers are worth");
            return;
        }

        table.Print(around);
    }

    private static void PrintGroups(QualityGroups groups, string positive, Surroundings around)
    {
        Table table = new($"group by {groups.Name}", $"told {positive}", "95 %", "answers", "right", "95 %", "labelled", "found", "wrongly");
        foreach (QualityGroup group in groups.Groups ?? [])
        {
            bool few = !(group.Selection?.Trials >= groups.LeastTrials);
            table.Add(
                new Cell(group.Name ?? "", few ? around.Faint : null), Number(group.Selection?.Value), Range(group.Selection?.Low, group.Selection?.High),
                Shown.Count(group.Selection?.Trials ?? 0), Number(group.Accuracy?.Value), Range(group.Accuracy?.Low, group.Accuracy?.High),
                Shown.Count(group.Accuracy?.Trials ?? 0), Number(group.TruePositiveRate?.Value), Number(group.FalsePositiveRate?.Value));
        }

        table.Print(around);
        around.Output.WriteLine(groups.Selection is { Ratio: double ratio } selection
            ? Table.Plain($"  {selection.Lowest} is told {positive} {Number(ratio)} times as often as {selection.Highest} ({Range(selection.RatioLow, selection.RatioHigh)}): "
                + Verdict(groups))
            : $"  groups are compared from {groups.LeastTrials} answers on");
    }

    private static string Verdict(QualityGroups groups) =>
        groups.KeepsFourFifths != false ? "four fifths are kept"
        : groups.BreaksFourFifthsCertainly ? "less than four fifths, by more than chance"
        : "less than four fifths, which chance may explain";

    private static string Number(double? value) => Shown.Number(value, "0.000");

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static string Range(double? low, double? high) =>
        low is null && high is null ? "-" : $"{Number(low)} to {(high is null ? "any" : Number(high))}";
}
