using System.Globalization;
using EdgeRuntime.System.Tests.Stage;
using Xunit.Abstractions;

namespace EdgeRuntime.System.Tests;

/// <summary>
/// The published program and a real broker, with strace between program and kernel: killed at sampled writes, fsyncs, renames
/// and unlinks of an update, and told ENOSPC and EIO. tools/torture tries all points on a simulated disk; this shows that the
/// real one is no other.
/// </summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    private const string Device = "dev-a";
    private const string Calls = "pwrite64,fsync,rename,unlink,mkdir,fallocate";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, int> Accidents
    {
        get
        {
            // The calls of the thread that keeps the slots; the last lie behind the commit.
            TheoryData<string, int> accidents = [];
            foreach (int call in (int[])[3, 17, 31, 46])
            {
                accidents.Add($"inject={Calls}:signal=KILL:when={call}", call);
            }

            foreach (int call in (int[])[12, 41])
            {
                accidents.Add($"inject=pwrite64,fallocate:error=ENOSPC:when={call}", call);
                accidents.Add($"inject={Calls}:error=EIO:when={call}", call);
            }

            accidents.Add("inject=pwrite64,fallocate:error=ENOSPC:when=14+", 14);
            return accidents;
        }
    }

    [TortureTheory]
    [MemberData(nameof(Accidents))]
    public async Task Hurt_by_the_kernel_in_an_update_the_device_answers_again_and_takes_the_next_one(string accident, int call)
    {
        using Site site = await Site.Open();
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        string configuration = site.Configure(Device, "../vitals-1.edgepkg", replay);
        bool died;
        await using (Run hurt = Run.Start(
            "/usr/bin/strace", Path.GetDirectoryName(configuration)!, Environment(), "-f", "-qq", "-o", "/dev/null",
            "-e", $"trace={Calls}", "-e", accident, Programs.Device, "run", "--config", configuration, "--plain"))
        {
            await Push(site, 2, hurt);
            died = hurt.HasExited;

            // An error of the disk must never end the process: it answers from memory.
            Assert.True(!died || accident.Contains("signal=KILL", StringComparison.Ordinal), hurt.Text);
        }

        await using Run device = Site.Start(configuration);
        await device.Says(" serves from ");
        (int code, string told) = await Push(site, 3, device);

        Assert.True(code == 0, $"{accident}: edgectl push ended with {code}:\n{told}\n{device.Text}");
        Assert.False(device.HasExited);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{accident}: {(died ? "died" : "lived")} at call {call}, then took the next update"));
    }

    private static Dictionary<string, string> Environment() =>
        new() { ["EDGE_PROFILES"] = Path.Combine(Programs.Root, "device-profiles") };

    private static async Task<(int Code, string Text)> Push(Site site, int package, Run device)
    {
        await using Run push = Run.Start(
            Programs.Ctl, site.Root, "push", Device, site[$"vitals-{package}.edgepkg"], "--key", site["keys/deploy.key.pem"],
            "--broker", $"127.0.0.1:{site.Broker.Port}", "--wait");
        try
        {
            // There is nothing to wait for where the device is dead.
            Task<int> pushed = push.Exit(Patience);
            return await Task.WhenAny(pushed, device.Exit(Patience)) == pushed ? (await pushed, push.Text) : (-1, push.Text);
        }
        catch (TimeoutException)
        {
            return (-1, push.Text);
        }
    }
}

/// <summary>A theory that tools/test --torture runs, where strace may be used.</summary>
public sealed class TortureTheoryAttribute : TheoryAttribute
{
    public TortureTheoryAttribute()
    {
        Skip = Programs.Missing
            ?? (global::System.Environment.GetEnvironmentVariable("EDGE_TORTURE") is null ? "some minutes; tools/test --torture"
            : !File.Exists("/usr/bin/strace") ? "strace is not installed; tools/test does that"
            : !global::System.Environment.IsPrivilegedProcess ? "only root may attach to another process here"
            : null);
    }
}
