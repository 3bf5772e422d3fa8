namespace EdgeRuntime.Ctl.Fleet;

/// <summary>The verb <c>rollout watch</c>: prints what happens in a rollout, a line for each thing, until it ends.</summary>
/// <remarks>
/// Asks once a second and prints what is new since the answer before; what happened in between is in the rollout's own
/// history, so nothing is missed and a fleet that was restarted is simply asked again.
/// </remarks>
internal sealed class RolloutWatch(FleetClient fleet, string id, Surroundings around)
{
    public const string Usage = """
        usage: edgectl rollout watch ID [--fleet URL]

        Prints every step of a rollout, of its devices and of its gate until it ends.
        Exit code 0: completed. 3: halted, reverted or aborted.
        """;

    public const string Example = "edgectl rollout watch vitals-1-1-0-k3f9 && echo rolled out";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, string> _devices = new(StringComparer.Ordinal);
    private long _lastT = long.MinValue;
    private int _seenAtLastT;
    private string _gate = "";
    private bool _silent;

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, ["--fleet"], []);
        using FleetClient fleet = new(FleetAddress.Of(read, around));
        string id = read.RequiredFiles("ID")[0];
        read.Check();
        return await new RolloutWatch(fleet, id, around).RunAsync(stop);
    }

    /// <summary>Watches until the end.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">There is no such rollout, or the fleet does not answer the first question.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        bool answered = false;
        while (true)
        {
            if (await AskAsync(answered, stop) is { } rollout)
            {
                answered = true;
                PrintNews(rollout);
                if (Ended(rollout))
                {
                    return PrintEnd(rollout);
                }
            }

            await Task.Delay(Period, around.Time, stop);
        }
    }

    // Halted is the end only where the order was to hold there; otherwise the way back follows.
    private static bool Ended(Rollout rollout) =>
        !rollout.Active || (rollout.State == "halted" && rollout.OnHalt == "hold");

    private async Task<Rollout?> AskAsync(bool answered, CancellationToken stop)
    {
        try
        {
            FleetAnswer answer = await fleet.GetAsync($"api/rollouts/{Uri.EscapeDataString(id)}", stop);
            _silent = false;
            return answer.As(FleetJson.Default.Rollout);
        }
        catch (CommandException e) when (answered && e.ExitCode == ExitCode.Unavailable)
        {
            if (!_silent)
            {
                _silent = true;
                around.Errors.WriteLine($"watch: {e.Message}; asking again until it does");
            }

            return null;
        }
    }

    private void PrintNews(Rollout rollout)
    {
        int seen = 0;
        foreach (RolloutChange change in rollout.History ?? [])
        {
            // Several changes may carry one time; those already printed are counted off.
            seen = change.T == _lastT ? seen + 1 : seen;
            if (change.T < _lastT || (change.T == _lastT && seen <= _seenAtLastT))
            {
                continue;
            }

            _seenAtLastT = change.T == _lastT ? _seenAtLastT + 1 : 1;
            seen = _seenAtLastT;
            _lastT = change.T;
            Line(change.T, around.Bold(Table.Plain(change.To)), change.Detail ?? change.Cause);
        }

        long now = around.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (RolloutDevice device in (rollout.Stages ?? []).SelectMany(stage => stage.Devices ?? []))
        {
            PrintDevice(device, now);
        }

        if (rollout.Gate is { } gate && $"{gate.Verdict} {gate.Summary}" is string said && said != _gate)
        {
            _gate = said;
            Line(now, $"gate {Shown.State(gate.Verdict, around).Coloured}", gate.Summary);
        }
    }

    private void PrintDevice(RolloutDevice device, long now)
    {
        string name = device.Device ?? "";
        bool fetching = device.State == "downloading" && device.Percent is not null;
        string percent = fetching ? $" {Shown.Number(device.Percent, "0")} %" : "";
        string state = $"{device.State}{percent}";
        bool known = _devices.TryGetValue(name, out string? before);
        if (before == state || (!known && device.State == "waiting"))
        {
            _devices[name] = state;
            return;
        }

        _devices[name] = state;
        Cell shown = Shown.State(device.State, around) with { Text = state };
        Line(now, $"{Table.Plain(name)} {shown.Coloured}", device.Reason);
    }

    private int PrintEnd(Rollout rollout)
    {
        foreach (GateCriterion failed in (rollout.Gate?.Criteria ?? []).Where(criterion => criterion.Verdict == "fail"))
        {
            string value = Shown.Number(failed.Value, "G4");
            string limit = Shown.Number(failed.Limit, "G4");
            string control = failed.ControlValue is null ? "" : $", control {Shown.Number(failed.ControlValue, "G4")}";
            around.Output.WriteLine($"         {around.Red("failed")} {Table.Plain(failed.Title ?? failed.Name)}: "
                + $"{value} of at most {limit} {Table.Plain(failed.Unit)}{control}");
        }

        string state = Shown.State(rollout.State, around).Coloured;
        string reason = rollout.Reason is null ? "" : $": {Table.Plain(rollout.Reason)}";
        around.Output.WriteLine(
            $"{Table.Plain(rollout.Id)} {state} on {rollout.Exposed} of {rollout.Targets} devices{reason}");
        return rollout.State == "completed" ? ExitCode.Done : ExitCode.RolloutFailed;
    }

    private void Line(long unixMs, string what, string? detail)
    {
        string rest = string.IsNullOrEmpty(detail) ? "" : $"  {Table.Plain(detail)}";
        around.Output.WriteLine($"{around.Faint(Shown.Clock(unixMs, around.Time))} {what}{rest}");
    }
}
