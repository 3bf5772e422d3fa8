using System.Globalization;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>The verbs <c>device list</c> and <c>device show</c>.</summary>
internal static class DeviceCommands
{
    public const string ListUsage = """
        usage: edgectl device list [--fleet URL] [--json]

        Lists the devices the fleet knows, with what each model says now. 'drift' is the largest stability index of the
        newest window by its threshold: above 1 the input has drifted.
        """;

    public const string ListExample = "edgectl device list --fleet http://127.0.0.1:8080";

    public const string ShowUsage = """
        usage: edgectl device show ID [--fleet URL] [--json]

        Shows one device: hardware, models, newest events and updates.
        """;

    public const string ShowExample = "edgectl device show press-7";

    public static async Task<int> ListAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet"], ["--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        read.RequiredFiles();
        read.Check();

        FleetAnswer answer = await fleet.GetAsync("api/devices", stop);
        if (read.Has("--json"))
        {
            answer.Print(around);
            return ExitCode.Done;
        }

        Table table = new(
            "device", "state", "seen", "model", "version", "phase", "decision", "score", "drift", "samples", "failed");
        foreach (Device device in answer.As(FleetJson.Default.DeviceList).Devices ?? [])
        {
            Cell state = Shown.State(device.State, around);
            string seen = Shown.Age(device.LastSeenUnixMs, around.Time);
            foreach (DeviceModel model in device.Models is { Count: > 0 } models ? models : [new DeviceModel()])
            {
                table.Add(
                    device.Id,
                    state,
                    seen,
                    model.Name ?? "-",
                    Version(model),
                    Shown.State(model.Phase, around),
                    model.Latest?.Decision ?? "-",
                    Shown.Number(model.Latest?.Score, "0.000"),
                    Shown.Drift(model.Drift, model.Drifting, around),
                    Shown.Count(model.Samples),
                    new Cell(Shown.Count(model.Failed), model.Failed > 0 ? around.Red : null));
            }
        }

        table.Print(around);
        return ExitCode.Done;
    }

    public static async Task<int> ShowAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet"], ["--json"]);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        string id = read.RequiredFiles("ID")[0];
        read.Check();

        FleetAnswer answer = await fleet.GetAsync($"api/devices/{Uri.EscapeDataString(id)}?windows=1&events=10", stop);
        if (read.Has("--json"))
        {
            answer.Print(around);
            return ExitCode.Done;
        }

        Print(answer.As(FleetJson.Default.DeviceDetail), around);
        return ExitCode.Done;
    }

    private static void Print(DeviceDetail device, Surroundings around)
    {
        void Row(string name, string? value) =>
            around.Output.WriteLine($"  {around.Faint(name.PadRight(9))} {Table.Plain(value)}");

        Cell state = Shown.State(device.State, around);
        string seen = Shown.Age(device.LastSeenUnixMs, around.Time);
        around.Output.WriteLine($"{around.Bold(Table.Plain(device.Id))}  {state.Coloured}, seen {seen} ago");
        Row("runtime", $"{device.Runtime}, profile {device.Profile}");
        if (device.Hardware is { } hardware)
        {
            double gigabytes = hardware.MemoryBytes / 1e9;
            string memory = gigabytes.ToString("0.0", CultureInfo.InvariantCulture);
            Row("hardware", $"{hardware.Cpu}, {hardware.Architecture}, {hardware.Cores} cores, {memory} GB");
        }

        foreach ((string label, string value) in device.Labels ?? new Dictionary<string, string>())
        {
            Row("label", $"{label} = {value}");
        }

        foreach (DeviceModel model in device.Models ?? [])
        {
            Row("model", $"{model.Name} {Version(model)} ({Shown.Short(model.Active?.Digest)}), {model.Phase}: "
                + $"{model.Latest?.Decision ?? "nothing decided yet"} {Shown.Number(model.Latest?.Score, "0.000")}");
            Row("", $"{Shown.Count(model.Samples)} samples at {Shown.Number(model.RateHz, "0.0")} a second, "
                + $"{Shown.Count(model.Failed)} failed, p50 {Shown.Number(model.P50Ms, "0.000")} ms, "
                + $"p99 {Shown.Number(model.P99Ms, "0.000")} ms, drift {Shown.Number(model.Drift, "0.00")} of its threshold");
            if (!model.OnTarget && model.NotOnTarget is not null)
            {
                Row("", $"not on {model.Desired?.Version}: {model.NotOnTarget}");
            }
        }

        foreach (DeviceUpdate update in (device.Updates ?? []).Take(10))
        {
            string reason = update.Reason is null ? "" : $": {update.Reason}";
            Row("update", $"{Shown.Clock(update.T, around.Time)} {update.Deployment} {update.State}{reason}");
        }

        foreach (DeviceEvent happened in device.Events ?? [])
        {
            Row("event", $"{Shown.Clock(happened.T, around.Time)} {happened.Kind}: {happened.Detail}");
        }
    }

    private static string Version(DeviceModel model)
    {
        string active = model.Active?.Version ?? "-";
        return model.OnTarget || model.Desired is null ? active : $"{active} -> {model.Desired.Version}";
    }
}
