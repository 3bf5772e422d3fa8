using System.Text.Json;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class FleetVerbTests : IDisposable
{
    private const string Soaking = """
        {"id":"r1","model":"vitals","package":{"version":"1.2.0"},"state":"running","phase":"soaking","active":true,"stage":0,
         "on_halt":"revert","exposed":1,"targets":4,"created_unix_ms":1767323000000,
         "stages":[{"name":"canary","percent":25},{"name":"all","percent":100}],
         "gate":{"verdict":"waiting","summary":"Waits for 120 more samples."},
         "history":[{"t":1767323001000,"to":"running 0 installing","detail":"One device first."},
                    {"t":1767323001000,"to":"soaking","detail":"a is soaking.","device":"a"}]}
        """;

    private const string Completed = """
        {"id":"r1","model":"vitals","package":{"version":"1.2.0"},"state":"completed","active":false,"stage":1,
         "on_halt":"revert","exposed":4,"targets":4,
         "stages":[{},{}],"gate":{"verdict":"pass","summary":"All is well."},
         "history":[{"t":1767323001000,"to":"running 0 installing","detail":"One device first."},
                    {"t":1767323001000,"to":"soaking","detail":"a is soaking.","device":"a"},
                    {"t":1767323001000,"to":"undone","detail":"b had failed inferences.","device":"b"},
                    {"t":1767323009000,"to":"completed","detail":"All is well."}]}
        """;

    private const string Reverted = """
        {"id":"r1","model":"vitals","state":"reverted","active":false,"on_halt":"revert","exposed":1,"targets":4,
         "reason":"The predictions shifted.","stages":[],
         "gate":{"verdict":"fail","summary":"Shift of predictions: 1.9 of at most 0.25.","criteria":[
           {"name":"errors","title":"Error share","verdict":"pass","value":0,"limit":0.01},
           {"name":"predictions","title":"Shift of predictions","verdict":"fail","value":1.9,"limit":0.25,"unit":"nats","control_value":0.02}]},
         "history":[]}
        """;

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Devices_are_listed_with_what_their_models_say()
    {
        using FakeFleet fleet = new();

        Outcome list = _cli.Run("device", "list", "--fleet", fleet.Address);

        Assert.Equal(0, list.Code);
        string[] lines = list.Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal(
            ["press-7", "online", "3", "s", "vitals", "1.0.0", "->", "1.2.0", "soaking", "compute", "0.980", "1.40", "12345", "2"],
            lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_device_is_shown_and_what_it_calls_itself_cannot_steer_the_terminal()
    {
        using FakeFleet fleet = new();

        Outcome show = _cli.Run("device", "show", "press-7", "--fleet", fleet.Address);
        Outcome nobody = _cli.Run("device", "show", "press-8", "--fleet", fleet.Address);

        Assert.Equal(0, show.Code);
        Assert.Contains("not on 1.2.0: It soaks.", show.Output, StringComparison.Ordinal);
        Assert.Contains("drift: cpu_busy moved.", show.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(show.Output, c => char.IsControl(c) && c != '\n');
        Assert.Equal((ExitCode.Data, "device show: There is no such thing here."), (nobody.Code, nobody.ErrorLines[0]));
    }

    [Fact]
    public void Quality_is_shown_by_labels_beside_what_was_expected_without_and_groups_with_the_four_fifths_rule()
    {
        using FakeFleet fleet = new();

        Outcome shown = _cli.Run("quality", "press-7", "--fleet", fleet.Address);
        Outcome nobody = _cli.Run("quality", "pres-7", "--fleet", fleet.Address);

        Assert.True(shown.Code == 0, shown.Errors);
        string[] lines = shown.Output.TrimEnd().Split('\n');
        Assert.Equal("vitals 1.0.0 on press-7: 120 labelled answers in 12 windows", lines[0]);
        Assert.Contains("10 labels could not be joined: too_late", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            ["accuracy", "0.900", "0.830", "to", "0.940", "120", "0.500", "0.950", "0.930", "0.900", "to", "0.960", "+0.040"],
            lines[4].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["error", "-", "-", "-", "-", "-", "0.070", "-", "-"], lines[5].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("night is told compute 0.600 times as often as day (0.500 to 0.720): less than four fifths, by more than chance", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(shown.Output, c => char.IsControl(c) && c != '\n');
        Assert.Equal(ExitCode.Data, nobody.Code);
        Assert.Contains("did you mean 'press-7'?", nobody.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_comes_from_the_option_else_from_the_environment()
    {
        using FakeFleet fleet = new();
        _cli.Set("EDGE_FLEET", fleet.Address + "/");

        Assert.Equal(0, _cli.Run("device", "list").Code);
        Assert.Equal(ExitCode.Unavailable, _cli.Run("device", "list", "--fleet", FakeFleet.AddressOfNobody).Code);
        Assert.Equal(ExitCode.Usage, _cli.Run("device", "list", "--fleet", "ftp://x").Code);
    }

    [Fact]
    public void JSON_is_the_fleets_own_answer()
    {
        using FakeFleet fleet = new();

        using JsonDocument devices = JsonDocument.Parse(_cli.Run("device", "list", "--json", "--fleet", fleet.Address).Output);

        Assert.Equal("press-7", devices.RootElement.GetProperty("devices")[0].GetProperty("id").GetString());
    }

    [Fact]
    public void A_fleet_that_is_not_there_and_one_that_is_no_fleet_are_sentences()
    {
        using FakeFleet stranger = new() { Stranger = "<html>It works!</html>" };

        Outcome nobody = _cli.Run("package", "list", "--fleet", FakeFleet.AddressOfNobody);
        Outcome other = _cli.Run("package", "list", "--fleet", stranger.Address);

        Assert.Equal((ExitCode.Unavailable, ExitCode.Unavailable), (nobody.Code, other.Code));
        Assert.Contains("nothing listens there", Assert.Single(nobody.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("is that an edge-fleet?", Assert.Single(other.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_is_pushed_once_and_then_known()
    {
        using FakeFleet fleet = new();
        string package = Package(sign: true);

        Outcome first = _cli.Run("package", "push", package, "--fleet", fleet.Address);
        Outcome second = _cli.Run("package", "push", package, "--fleet", fleet.Address);
        Outcome list = _cli.Run("package", "list", "--fleet", fleet.Address);

        Assert.Contains("vitals 1.2.0 pushed", first.Output, StringComparison.Ordinal);
        Assert.Contains("vitals 1.2.0 was there already", second.Output, StringComparison.Ordinal);
        Assert.Contains("vitals   1.2.0", list.Output, StringComparison.Ordinal);
        Assert.Equal("application/octet-stream", fleet.Posted["/api/packages"]);
    }

    [Fact]
    public void What_the_fleet_refuses_is_said_in_its_words_and_what_is_broken_is_not_even_sent()
    {
        using FakeFleet fleet = new();
        string broken = _cli.Write("broken.edgepkg", "no package");

        Outcome unsigned = _cli.Run("package", "push", Package(sign: false), "--fleet", fleet.Address);
        Outcome refused = _cli.Run("package", "push", broken, "--fleet", FakeFleet.AddressOfNobody);

        Assert.Equal((ExitCode.Data, "package push: Nobody signed the manifest."), (unsigned.Code, Assert.Single(unsigned.ErrorLines)));
        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Contains("the archive ends after 10 bytes", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_is_ordered_with_what_was_said_and_nothing_else()
    {
        using FakeFleet fleet = new();
        _cli.Run("package", "push", Package(sign: true), "--fleet", fleet.Address);

        Outcome plain = _cli.Run("rollout", "start", "--package", "vitals@1.2.0", "--fleet", fleet.Address);
        string plainOrder = fleet.Posted["/api/rollouts"];
        Outcome full = _cli.Run(
            "rollout", "start", "--package", "vitals@1.2.0", "--fleet", fleet.Address, "--stages", "10,50,100",
            "--device", "a", "--device", "b", "--canary-device", "a", "--on-halt", "hold", "--soak-seconds", "5",
            "--min-samples", "50", "--max-p99-ms", "1.5");

        Assert.Equal((0, 0), (plain.Code, full.Code));
        Assert.Contains("r1 started: vitals 1.2.0 to 4 devices in 2 stages", plain.Output, StringComparison.Ordinal);
        Assert.Equal("""{"package":"vitals@1.2.0"}""", plainOrder);
        Assert.Equal(
            """{"package":"vitals@1.2.0","stages":[{"name":"canary","percent":10},{"name":"stage-2","percent":50},{"name":"all","percent":100}],"canary":["a"],"devices":["a","b"],"on_halt":"hold","gate":{"min_samples":50,"min_soak_seconds":5,"max_p99_ms":1.5}}""",
            fleet.Posted["/api/rollouts"]);
    }

    [Fact]
    public void A_rollout_that_is_refused_says_everything_that_is_wrong()
    {
        using FakeFleet fleet = new();

        Outcome refused = _cli.Run("rollout", "start", "--package", "vitals@9", "--fleet", fleet.Address);

        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Equal(
            ["rollout start: No package 'vitals@9' is here.", "rollout start: Push it first."], refused.ErrorLines);
    }

    [Fact]
    public async Task Watching_prints_every_step_once_and_ends_well_with_a_completed_rollout()
    {
        string counting = Soaking.Replace("120", "80", StringComparison.Ordinal);
        using FakeFleet fleet = new() { Steps = [Soaking, counting, Completed] };

        Outcome watched = await _cli.RunAsync("rollout", "watch", "r1", "--fleet", fleet.Address);

        Assert.Equal(0, watched.Code);
        Assert.Equal(
            [
                "03:03:21 running 0 installing  One device first.",
                "03:03:21 a soaking",
                "03:04:05 gate waiting  Waits for 120 more samples.",
                "03:03:21 b undone  b had failed inferences.",
                "03:03:29 completed  All is well.",
                "r1 completed on 4 of 4 devices",
            ],
            watched.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Watching_ends_badly_with_a_reverted_rollout_and_names_what_failed()
    {
        using FakeFleet fleet = new() { Steps = [Soaking, Reverted] };

        Outcome watched = await _cli.RunAsync("rollout", "watch", "r1", "--fleet", fleet.Address);

        Assert.Equal(ExitCode.RolloutFailed, watched.Code);
        Assert.Contains(
            "failed Shift of predictions: 1.9 of at most 0.25 nats, control 0.02", watched.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "r1 reverted on 1 of 4 devices: The predictions shifted.", watched.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_halted_rollout_is_the_end_only_where_it_holds()
    {
        string halted = Soaking.Replace("\"running\",\"phase\":\"soaking\"", "\"halted\"", StringComparison.Ordinal);
        using FakeFleet reverting = new() { Steps = [halted, Reverted] };
        using FakeFleet holding = new() { Steps = [halted.Replace("\"revert\"", "\"hold\"", StringComparison.Ordinal)] };

        Outcome reverted = await _cli.RunAsync("rollout", "watch", "r1", "--fleet", reverting.Address);
        Outcome held = await _cli.RunAsync("rollout", "watch", "r1", "--fleet", holding.Address);

        Assert.Contains("r1 reverted", reverted.Output, StringComparison.Ordinal);
        Assert.Contains("r1 halted", held.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.RolloutFailed, ExitCode.RolloutFailed), (reverted.Code, held.Code));
    }

    [Fact]
    public async Task Watching_outlives_a_fleet_that_is_away_for_a_while()
    {
        using FakeFleet fleet = new() { Steps = [Soaking, Completed], Outage = 3 };

        Outcome watched = await _cli.RunAsync("rollout", "watch", "r1", "--fleet", fleet.Address);

        Assert.Equal(0, watched.Code);
        Assert.Equal("watch: asking again until the fleet answers: The database is busy.", Assert.Single(watched.ErrorLines));
    }

    [Fact]
    public void Aborting_says_which_way_and_rollouts_are_listed()
    {
        using FakeFleet fleet = new() { Steps = [Soaking] };

        Outcome keep = _cli.Run("rollout", "abort", "r1", "--keep", "--fleet", fleet.Address);
        string said = fleet.Posted["/api/rollouts/r1/abort"];
        _cli.Run("rollout", "abort", "r1", "--fleet", fleet.Address);
        Outcome both = _cli.Run("rollout", "abort", "r1", "--keep", "--revert", "--fleet", fleet.Address);
        Outcome list = _cli.Run("rollout", "list", "--fleet", fleet.Address);

        Assert.Equal((0, "r1 aborted\n", """{"mode":"keep"}"""), (keep.Code, keep.Output, said));
        Assert.Equal("""{"mode":"revert"}""", fleet.Posted["/api/rollouts/r1/abort"]);
        Assert.Equal(ExitCode.Usage, both.Code);
        Assert.Contains("r1       vitals  1.2.0    running  1 of 2  1 of 4", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_are_there_only_when_asked_for()
    {
        using FakeFleet fleet = new();
        using Cli colourful = new() { Colours = true };

        Assert.DoesNotContain('\e', _cli.Run("device", "list", "--fleet", fleet.Address).Output);
        Assert.Contains("\e[32monline\e[0m", colourful.Run("device", "list", "--fleet", fleet.Address).Output, StringComparison.Ordinal);
    }

    private string Package(bool sign)
    {
        string name = sign ? "signed.edgepkg" : "unsigned.edgepkg";
        _cli.Run("keygen", "--name", "release", "--output", _cli["keys"]);
        string[] key = sign ? ["--key", _cli["keys/release.key.pem"]] : [];
        _cli.Run(["pack", _cli.PackageSource(), "--output", _cli[name], "--no-run", .. key]);
        return _cli[name];
    }
}
