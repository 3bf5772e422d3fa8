using System.Text.Json.Nodes;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>Real broker, real manager, real native devices, real packages.</summary>
public sealed class UpdateTests
{
    [NativeFact]
    public async Task A_signed_update_passes_its_canary_and_reaches_every_device_though_the_broker_dies()
    {
        using Site site = await Site.Open();
        string url = FleetRun.FreeUrl();
        await using Run fleet = await FleetRun.Start(site, url);
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        await using Run one = Site.Start(site.Configure("dev-a", "../vitals-1.edgepkg", replay));
        await using Run two = Site.Start(site.Configure("dev-b", "../vitals-1.edgepkg", replay));
        await one.Says("vitals 1.");
        await two.Says("vitals 1.");
        foreach (string package in (string[])["vitals-1.edgepkg", "vitals-2.edgepkg"])
        {
            await site.Ctl("package", "push", site[package], "--fleet", url);
        }

        await FleetRun.Until(async () => (await Devices(site, url)).Count(device => (string?)device!["state"] == "online") == 2);
        string version = (string)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Programs.Root, "tools/train/packages/vitals-2/manifest.json")))!["version"]!;
        JsonNode rollout = JsonNode.Parse(await site.Ctl(
            "rollout", "start", "--package", $"vitals@{version}", "--canary", "50", "--min-samples", "5", "--soak-seconds", "2",
            "--min-prediction-shift", "20", "--fleet", url, "--json"))!;

        site.Broker.Kill();
        site.Broker.Start();
        string watched = await site.Ctl("rollout", "watch", (string)rollout["id"]!, "--fleet", url);

        Assert.Contains("completed", watched, StringComparison.Ordinal);
        Assert.All(await Devices(site, url), device => Assert.Equal(version, (string?)device!["models"]![0]!["active"]!["version"]));
        Assert.False(one.HasExited || two.HasExited || fleet.HasExited);
    }

    [NativeFact]
    public async Task A_rollout_brings_a_delta_from_the_fleets_own_web_server_to_devices_that_may_fetch_no_more_than_that()
    {
        using Site site = await Site.Open();
        await RollOutByDelta(site);

        Assert.Single(Directory.GetFiles(site["fleet/packages/deltas"]));
    }

    [NativeFact]
    public async Task A_device_installs_the_encrypted_delta_of_a_manager_that_has_pinned_its_key()
    {
        using Site site = await Site.Open();
        const string Key = """ "device_key_file": "device.key", "state_dir" """;
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg");
        await File.WriteAllTextAsync(site["dev-a/device.key"], "a secret of 32 bytes or rather more");
        await File.WriteAllTextAsync(
            configuration, (await File.ReadAllTextAsync(configuration)).Replace("\"state_dir\"", Key, StringComparison.Ordinal));
        string pin = (await Run.ToEnd(Programs.Device, site.Root, "check", "--config", configuration)).Text
            .Split('\n').Single(line => line.StartsWith("  key ", StringComparison.Ordinal));
        await File.WriteAllTextAsync(site["pins"], string.Join(' ', pin.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]));
        await RollOutByDelta(site, """, "recipients": "pins" """, Key);

        // Both packages and the delta between them.
        Assert.Equal(3, Directory.GetFiles(site["fleet/packages/encrypted"], "*.encrypted").Length);
    }

    [NativeFact]
    public async Task A_device_with_a_TUF_root_takes_what_the_repository_lists_and_nothing_else()
    {
        using Site site = await Site.Open();
        foreach (string name in (string[])["root", "online"])
        {
            await site.Ctl("keygen", "--name", name, "--output", site["keys"], "--type", "ed25519");
        }

        await site.Ctl(
            "repo", "init", site["repo"], "--root", site["keys/root.pub.pem"], "--targets", site["keys/release.pub.pem"],
            "--online", site["keys/online.pub.pem"], "--deploy", site["keys/deploy.pub.pem"]);
        await site.Ctl("repo", "add", site["repo"], site["vitals-2.edgepkg"], "--hardware", "linux-x64");
        await site.Ctl("repo", "sign", site["repo"], "--key", site["keys/root.key.pem"], "--key", site["keys/release.key.pem"]);
        await site.Ctl("repo", "refresh", site["repo"], "--key", site["keys/online.key.pem"]);
        string url = FleetRun.FreeUrl();
        await using Run fleet = await FleetRun.Start(site, url, """, "metadata": "repo/metadata" """);
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        await using Run device = Site.Start(site.Configure(
            "dev-a", "../vitals-1.edgepkg", replay, trust: """, "root": "../repo/metadata/1.root.json" """));
        await device.Says("vitals 1.");
        foreach (int package in (int[])[1, 2, 3])
        {
            await site.Ctl("package", "push", site[$"vitals-{package}.edgepkg"], "--fleet", url);
        }

        await FleetRun.Until(async () => (await Devices(site, url)).Count(one => (string?)one!["state"] == "online") == 1);

        JsonNode unlisted = JsonNode.Parse(await site.Ctl(
            "rollout", "start", "--package", $"vitals@{Version(3)}", "--canary", "100", "--fleet", url, "--json"))!;
        string refused = await device.Says("waits: no role that is trusted with it vouches for a target");
        await site.Ctl("rollout", "abort", (string)unlisted["id"]!, "--fleet", url);
        await site.Ctl(
            "rollout", "start", "--package", $"vitals@{Version(2)}", "--canary", "100", "--min-samples", "5", "--soak-seconds", "2",
            "--fleet", url);
        await FleetRun.Until(async () => (string?)(await Devices(site, url))[0]!["models"]![0]!["active"]!["version"] == Version(2));

        Assert.Contains($"vitals-{Version(3)}.edgepkg", refused, StringComparison.Ordinal);
        Assert.False(device.HasExited || fleet.HasExited);
    }

    /// <param name="transfers">Further members of the manager's <c>transfers</c>, with a comma before the first.</param>
    /// <param name="member">What stands in the device's configuration in place of the name of <c>state_dir</c>.</param>
    private static async Task RollOutByDelta(Site site, string transfers = "", string member = "\"state_dir\"")
    {
        string url = FleetRun.FreeUrl();
        await using Run fleet = await FleetRun.Start(site, url, $$""", "transfers": { "carriers": ["mqtt", "{{url}}/packages"]{{transfers}} } """);
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg", replay);

        // Neither the broker nor the whole package is allowed.
        string transfer = $$"""
            "transfer": { "carriers": ["url"], "budget_bytes": {{new FileInfo(site["vitals-2.edgepkg"]).Length - 1}} }, {{member}}
            """;
        await File.WriteAllTextAsync(
            configuration, (await File.ReadAllTextAsync(configuration)).Replace("\"state_dir\"", transfer.Trim(), StringComparison.Ordinal));
        await using Run device = Site.Start(configuration);
        await device.Says("vitals 1.");
        foreach (string package in (string[])["vitals-1.edgepkg", "vitals-2.edgepkg"])
        {
            await site.Ctl("package", "push", site[package], "--fleet", url);
        }

        await FleetRun.Until(async () => (await Devices(site, url)).Count(each => (string?)each!["state"] == "online" && each["hardware"] is not null) == 1);
        await site.Ctl("rollout", "start", "--package", "vitals@1.1.0", "--fleet", url, "--json");
        await device.Says("vitals 1.1.");

        Assert.False(device.HasExited || fleet.HasExited);
    }

    private static string Version(int package) => (string)JsonNode.Parse(
        File.ReadAllText(Path.Combine(Programs.Root, $"tools/train/packages/vitals-{package}/manifest.json")))!["version"]!;

    private static async Task<JsonArray> Devices(Site site, string url) =>
        JsonNode.Parse(await site.Ctl("device", "list", "--fleet", url, "--json"))!["devices"]!.AsArray();
}
