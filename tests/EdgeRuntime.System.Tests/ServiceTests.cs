using System.Text.Json.Nodes;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>The published binary under a supervisor that speaks as systemd does.</summary>
public sealed class ServiceTests
{
    [NativeFact]
    public async Task A_supervisor_hears_that_the_device_is_up_lives_and_stops()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();
        await using Run device = supervisor.Start(site.Configure("dev-a", "../vitals-1.edgepkg"));

        supervisor.Hears("READY=1\nSTATUS=");
        supervisor.Hears("STATUS=1 of 1 models answer, connected to");
        supervisor.Hears("WATCHDOG=1");
        supervisor.Hears("WATCHDOG=1");
        device.Terminate();

        supervisor.Hears("STOPPING=1");
        Assert.Equal(0, await device.Exit(TimeSpan.FromSeconds(10)));
    }

    [NativeFact]
    public async Task Top_shows_the_ledger_of_the_device_that_runs_and_says_when_none_does()
    {
        using Site site = await Site.Open();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg");
        (int code, string text) = await Run.ToEnd(Programs.Device, site.Root, "top", "--state", site["dev-a/state"], "--once");
        Assert.True(code == 69 && text.Contains("no device answers", StringComparison.Ordinal), text);

        using Supervisor supervisor = new();
        await using Run device = supervisor.Start(configuration);
        supervisor.Hears("STATUS=1 of 1 models answer");

        // It answers from now on; its first sample is due once the first window is full.
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            (code, text) = await Run.ToEnd(Programs.Device, site.Root, "top", "--state", site["dev-a/state"], "--once");
            Assert.True(code == 0, text);
            Assert.Contains("dev-a", text, StringComparison.Ordinal);
        }
        while (!text.Split('\n').Any(IsTimed));

        static bool IsTimed(string line) =>
            line.StartsWith("vitals ", StringComparison.Ordinal) && line.Contains("µs", StringComparison.Ordinal);
    }

    [NativeFact]
    public async Task Check_shows_a_boards_profile_on_any_machine_with_the_place_of_every_value()
    {
        using Scratch scratch = new();

        (int code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, "check", "--profile", "raspberry-pi-5");

        Assert.True(code == 0, text);
        Assert.Matches(@"(?m)^  raspberry-pi-5\.json:\d+ +realtime\.cores = \[3\]$", text);
        Assert.Matches(@"(?m)^  linux-arm64\.json:\d+ +architecture = arm64$", text);
        Assert.Matches(@"(?m)^  base-linux\.json:\d+ +inference\.spinning = false$", text);
        Assert.Contains("8-bit kernels: dot products", text, StringComparison.Ordinal);
    }

    [NativeFact]
    public async Task Doctor_names_a_setting_that_the_kernel_refuses_and_ends_with_70()
    {
        using Site site = await Site.Open();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg");
        await File.WriteAllTextAsync(
            configuration, (await File.ReadAllTextAsync(configuration)).Replace("linux-x64", "rt.json", StringComparison.Ordinal));
        string profile = Path.Combine(Path.GetDirectoryName(configuration)!, "rt.json");
        await File.WriteAllTextAsync(profile, """{ "inherits": "linux-x64", "name": "rt", "realtime": { "cores": [900] } }""");

        await using Run doctor = Run.Start(
            Programs.Device, Path.GetDirectoryName(configuration)!,
            new Dictionary<string, string> { ["EDGE_PROFILES"] = Path.Combine(Programs.Root, "device-profiles") },
            "doctor", "--config", configuration, "--json");
        int code = await doctor.Exit(TimeSpan.FromSeconds(30));

        Assert.Equal(70, code);
        JsonNode report = JsonNode.Parse(doctor.Text)!;
        Assert.Equal(1, (int)report["problems"]!);
        JsonNode problem = report["findings"]!.AsArray().Single(finding => (string)finding!["level"]! == "problem")!;
        Assert.Equal("realtime", (string)problem["area"]!);
        Assert.Contains("core 900", (string)problem["remedy"]!, StringComparison.Ordinal);
    }

    [NativeFact]
    public async Task Bench_prints_a_row_for_the_model_and_one_for_the_whole_step_without_garbage()
    {
        using Scratch scratch = new();

        (int code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, "bench", "--seconds", "0.3", "--json");

        Assert.True(code == 0, text);
        JsonArray rows = JsonNode.Parse(text)!["rows"]!.AsArray();
        Assert.Equal(["inference", "step"], rows.Select(row => (string)row!["kind"]!));
        Assert.All(rows, row => Assert.True((long)row!["runs"]! > 0 && (double)row["p50_us"]! <= (double)row["p99_us"]!));
        Assert.All(rows, row => Assert.Equal(0, (long)row!["managed_bytes"]! / (long)row["runs"]!));
    }

    [NativeFact]
    public async Task Bench_measures_what_can_run_and_names_what_cannot_with_the_reason()
    {
        using Scratch scratch = new();
        string bad = scratch.Write("note.onnx", "this is not a model");
        string good = Path.Combine(Programs.Root, "tools/train/packages/vitals-1/model.onnx");

        (int code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, "bench", bad, good, "--seconds", "0.05", "--json");

        Assert.Equal(65, code);
        JsonNode report = JsonNode.Parse(text)!;
        Assert.Equal("model.onnx", (string)Assert.Single(report["rows"]!.AsArray())!["name"]!);
        Assert.Equal("note.onnx", (string)Assert.Single(report["refused"]!.AsArray())!["name"]!);
    }

    [NativeFact]
    public async Task A_second_device_in_one_state_directory_ends_with_75_and_the_first_goes_on()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg");
        await using Run first = supervisor.Start(configuration);
        supervisor.Hears("READY=1");

        await using Run second = Site.Start(configuration);

        Assert.Equal(75, await second.Exit(TimeSpan.FromSeconds(10)));
        Assert.Contains("state_dir of its own", second.Text, StringComparison.Ordinal);
        supervisor.Hears("WATCHDOG=1");
    }

    [NativeFact]
    public async Task A_start_asks_for_more_time_before_each_step_that_may_be_long()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();

        await using Run device = supervisor.Start(site.Configure("dev-a", "../vitals-1.edgepkg"));

        Assert.Contains("EXTEND_TIMEOUT_USEC=", supervisor.Hears("STATUS=opening ONNX Runtime"), StringComparison.Ordinal);
        Assert.Contains("EXTEND_TIMEOUT_USEC=", supervisor.Hears("STATUS=opening the sensor vitals"), StringComparison.Ordinal);
        supervisor.Hears("READY=1");
    }

    [NativeFact]
    public async Task Top_ends_with_the_program_that_reads_it()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();
        await using Run device = supervisor.Start(site.Configure("dev-a", "../vitals-1.edgepkg"));
        supervisor.Hears("STATUS=1 of 1 models answer");

        (int code, string text) = await Run.ToEnd(
            "/bin/bash", site.Root, "-c", $"{Programs.Device} top --state {site["dev-a/state"]} --seconds 0.2 | head -n 1; exit ${{PIPESTATUS[0]}}");

        Assert.Equal(0, code);
        Assert.StartsWith("dev-a", text, StringComparison.Ordinal);
    }

    [StraceFact]
    public async Task A_sample_path_that_stands_still_starves_the_watchdog_until_it_moves_again()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();
        await using Run device = supervisor.Start(site.Configure("dev-a", "../vitals-1.edgepkg"));
        supervisor.Hears("WATCHDOG=1");
        string path = TaskOf(device.Id, "path vitals");

        // One thread alone is stopped, in its next wait; the agent and the link go on.
        await using (Run hold = Run.Start(
            "/usr/bin/strace", site.Root, "-p", path, "-e", "inject=clock_nanosleep:delay_enter=60s", "-o", site["held.txt"]))
        {
            await device.Says("the sample path of vitals stands still");
            supervisor.Forget();
            Assert.True(supervisor.MissesFor("WATCHDOG=1", seconds: 4));
            Assert.Contains("connected", device.Text, StringComparison.Ordinal);
        }

        await device.Says("every sample path moves again");
        supervisor.Hears("WATCHDOG=1");
    }

    [NativeFact]
    public async Task A_reload_with_mistakes_lists_them_all_and_changes_nothing()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg");
        await using Run device = supervisor.Start(configuration);
        supervisor.Hears("STATUS=1 of 1 models answer");
        await File.WriteAllTextAsync(
            configuration,
            (await File.ReadAllTextAsync(configuration)).Replace("\"window_s\": 2", "\"window_s\": -2", StringComparison.Ordinal)
                .Replace("\"driver\": \"vitals\"", "\"driver\": \"telepathy\"", StringComparison.Ordinal));

        device.Signal("HUP");

        Assert.Contains("MONOTONIC_USEC=", supervisor.Hears("RELOADING=1"), StringComparison.Ordinal);
        supervisor.Hears("READY=1\nSTATUS=1 of 1 models answer");
        await device.Says("not reloaded:");
        await device.Says("the old configuration goes on; correct 2 mistake(s)");
        Assert.Contains("telemetry.window_s", device.Text, StringComparison.Ordinal);
        Assert.Contains("telepathy", device.Text, StringComparison.Ordinal);
        supervisor.Hears("WATCHDOG=1");
    }

    [NativeFact]
    public async Task A_model_comes_and_goes_by_reload_while_the_other_goes_on()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg");
        string one = await File.ReadAllTextAsync(configuration);
        await using Run device = supervisor.Start(configuration);
        supervisor.Hears("STATUS=1 of 1 models answer");
        string path = TaskOf(device.Id, "path vitals");

        await File.WriteAllTextAsync(
            configuration,
            one.Replace("\"models\": [", "\"models\": [{ \"name\": \"spare\", \"sensor\": { \"driver\": \"simulated\" } }, ", StringComparison.Ordinal));
        device.Signal("HUP");
        await device.Says("reloaded: added spare");
        supervisor.Hears("READY=1\nSTATUS=1 of 2 models answer");
        Assert.NotEmpty(TaskOf(device.Id, "path spare"));
        supervisor.Hears("WATCHDOG=1");

        await File.WriteAllTextAsync(configuration, one.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal));
        device.Signal("HUP");
        await device.Says("link.host changed, and is only read at start: restart the service");
        await device.Says("reloaded: removed spare");
        supervisor.Hears("READY=1\nSTATUS=1 of 1 models answer");

        Assert.Equal(path, TaskOf(device.Id, "path vitals"));
    }

    [NativeFact]
    public async Task Real_time_settings_are_in_force_or_refused_with_their_remedy()
    {
        using Site site = await Site.Open();
        using Supervisor supervisor = new();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg");
        await File.WriteAllTextAsync(
            configuration, (await File.ReadAllTextAsync(configuration)).Replace("linux-x64", "rt.json", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(configuration)!, "rt.json"), """
            {
              "inherits": "linux-x64", "name": "rt",
              "realtime": { "scheduler": "fifo", "priority": 7, "cores": [0], "lock_memory": "touched", "isolate_loader": true }
            }
            """);

        await using (Run granted = supervisor.Start(configuration))
        {
            supervisor.Hears("READY=1");
            string said = await granted.Says("real time: scheduler:");
            string stat = await File.ReadAllTextAsync($"/proc/{granted.Id}/task/{TaskOf(granted.Id, "path vitals")}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

            // proc(5): rt_priority and policy are fields 40 and 41; the state, after the name, is field 3.
            bool inForce = (fields[37], fields[38]) == ("7", "1");
            Assert.True(inForce || said.Contains("LimitRTPRIO=7", StringComparison.Ordinal), said);
        }

        await using Run refused = supervisor.Start(
            configuration, "/usr/bin/setpriv", "--bounding-set=-sys_nice,-ipc_lock", "--inh-caps=-sys_nice,-ipc_lock",
            "/usr/bin/prlimit", "--rtprio=0", "--memlock=65536", Programs.Device);
        string objection = await refused.Says("real time: scheduler:");
        Assert.Contains("set LimitRTPRIO=7 in the unit", objection, StringComparison.Ordinal);
        Assert.Contains("LimitMEMLOCK=infinity", await refused.Says("real time: lock_memory:"), StringComparison.Ordinal);
        await refused.Says("vitals 1.");
    }

    private static string TaskOf(int process, string name) => Path.GetFileName(
        Directory.EnumerateDirectories($"/proc/{process}/task")
            .First(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == name));
}

/// <summary>A test that stops a single thread with strace, where it is installed and may attach.</summary>
public sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute()
    {
        Skip = Programs.Missing
            ?? (!File.Exists("/usr/bin/strace") ? "strace is not installed; tools/test does that"
            : !Environment.IsPrivilegedProcess ? "only root may attach to another process here"
            : null);
    }
}
