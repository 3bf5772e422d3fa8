namespace EdgeRuntime.Ctl.Fleet;

/// <summary>The verb <c>rollout watch</c>: prints what happens in a rollout, one line each, until it ends.</summary>
/// <remarks>
/// Asks once a second and prints what is new since the answer before. What happened in between is in the rollout's own
/// history, so nothing is missed, and a fleet that was restarted is simply asked again.
/// </remarks>
internal sealed class RolloutWatch(FleetClient fleet, string id, Surroundings around)
{
    public const string Usage = """
        usage: edgectl rollout watch ID [--fleet URL]

        Prints every step of a rollout, of its devices and of its gate until it ends.
        Exit code 0: completed. 3: halted, reverted or aborted.
        """;

    public const string Example = "edgectl rollout watch vitals-1-1-0-k3f9 && echo rolled out";

    // A gate that counts down says the same in other numbers every second; this often is enough.
    private const long CountdownMs = 10_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private long _lastT = long.MinValue;
    private int _printedAtLastT;
    private string _gate = "";
    private long _gateSaidMs;
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
    /// <exception cref="CommandException">There is no such rollout, or the first question is not answered.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        bool answered = false;
        while (true)
        {
            if (await AskAsync(answered, stop) is { } rollout)
            {
                answered = true;
                PrintHistory(rollout.History ?? []);
                PrintGate(rollout.Gate);
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
                around.Errors.WriteLine($"watch: asking again until the fleet answers: {e.Message}");
            }

            return null;
        }
    }

    private void PrintHistory(IReadOnlyList<RolloutChange> history)
    {
        int seenAtLastT = 0;
        foreach (RolloutChange change in history)
        {
            // Several changes may carry one time; those already printed are counted off.
            seenAtLastT += change.T == _lastT ? 1 : 0;
            if (change.T < _lastT || (change.T == _lastT && seenAtLastT <= _printedAtLastT))
            {
                continue;
            }

            _printedAtLastT = change.T == _lastT ? _printedAtLastT + 1 : 1;
            seenAtLastT = _printedAtLastT;
            _lastT = change.T;
            Print(change);
        }
    }

    private void Print(RolloutChange change)
    {
        string detail = change.Detail ?? change.Cause ?? "";
        _said.Add(detail);
        string state = Shown.State(change.To, around).Coloured;
        if (change.Device is not string device)
        {
            Line(change.T, around.Bold(state), detail);
            return;
        }

        // "dev-a is soaking." behind "dev-a soaking" says nothing; a reason does.
        bool more = detail != $"{device} is {change.To}.";
        Line(change.T, $"{Table.Plain(device)} {state}", more ? detail : "");
    }

    private void PrintGate(Gate? gate)
    {
        string summary = gate?.Summary ?? "";
        if (gate is null || _said.Contains(summary))
        {
            return;
        }

        long now = around.Time.GetUtcNow().ToUnixTimeMilliseconds();
        string wording = $"{gate.Verdict} {string.Concat(summary.Where(c => !char.IsAsciiDigit(c)))}";
        if (wording == _gate && now - _gateSaidMs < CountdownMs)
        {
            return;
        }

        _gate = wording;
        _gateSaidMs = now;
        Line(now, $"gate {Shown.State(gate.Verdict, around).Coloured}", summary);
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
        string reason = rollout.Reason is null || _said.Contains(rollout.Reason) ? "" : $": {Table.Plain(rollout.Reason)}";
        around.Output.WriteLine(
            $"{Table.Plain(rollout.Id)} {state} on {rollout.Exposed} of {rollout.Targets} devices{reason}");
        return rollout.State == "completed" ? ExitCode.Done : ExitCode.RolloutFailed;
    }

    private void Line(long unixMs, string what, string detail)
    {
        string rest = detail.Length == 0 ? "" : $"  {Table.Plain(detail)}";
        around.Output.WriteLine($"{around.Faint(Shown.Clock(unixMs, around.Time))} {what}{rest}");
    }
}
