using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>A device and its operator, with a broker between them and nothing else.</summary>
public sealed class PushTests
{
    [NativeFact]
    public async Task A_package_is_pushed_to_its_verdict_and_undone_without_a_manager()
    {
        using Site site = await Site.Open();
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        await using Run one = Site.Start(site.Configure("dev-a", "../vitals-1.edgepkg", replay));
        await using Run two = Site.Start(site.Configure("dev-b", "../vitals-1.edgepkg", replay));
        await one.Says("vitals 1.");
        await two.Says("vitals 1.");
        string broker = $"127.0.0.1:{site.Broker.Port}";

        string pushed = await site.Ctl(
            "push", "dev-a", "dev-b", site["vitals-2.edgepkg"], "--from", site["vitals-1.edgepkg"], "--key", site["keys/deploy.key.pem"], "--broker", broker);
        (int forged, string refusal) = await Run.ToEnd(
            Programs.Ctl, site.Root, "push", "dev-a", site["vitals-3.edgepkg"], "--key", site["keys/release.key.pem"], "--broker", broker);
        string undone = await site.Ctl("undo", "dev-a", "--broker", broker);
        await one.Says("undone");

        Assert.Contains("dev-a  runs vitals", pushed, StringComparison.Ordinal);
        Assert.Contains("dev-b  runs vitals", pushed, StringComparison.Ordinal);
        Assert.Equal(3, forged);
        Assert.Contains("no deploy key that this device trusts signed it", refusal, StringComparison.Ordinal);
        Assert.Contains("returns to 1.", undone, StringComparison.Ordinal);
        Assert.False(one.HasExited || two.HasExited);
    }

    [NativeFact]
    public async Task An_encrypted_package_reaches_a_device_that_keeps_it_encrypted_and_serves_it_after_a_restart()
    {
        using Site site = await Site.Open();
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg", replay);
        string text = await File.ReadAllTextAsync(configuration);
        await File.WriteAllTextAsync(site["dev-a/device.key"], "a secret of 32 bytes or rather more");
        await File.WriteAllTextAsync(
            configuration, text.Replace("\"state_dir\"", "\"encrypt_at_rest\": true, \"device_key_file\": \"device.key\", \"state_dir\"", StringComparison.Ordinal));
        string broker = $"127.0.0.1:{site.Broker.Port}";
        string pins = string.Join(' ', (await Run.ToEnd(Programs.Device, site.Root, "check", "--config", configuration)).Text
            .Split('\n').Single(line => line.StartsWith("  key ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);
        await File.WriteAllTextAsync(site["pins"], pins);

        await using (Run first = Site.Start(configuration))
        {
            await first.Says("vitals 1.");
            string pushed = await site.Ctl(
                "push", "dev-a", site["vitals-2.edgepkg"], "--from", site["vitals-1.edgepkg"], "--encrypt", "--recipients", site["pins"],
                "--key", site["keys/deploy.key.pem"], "--broker", broker);
            Assert.Contains("dev-a  runs vitals", pushed, StringComparison.Ordinal);
        }

        byte[] model = await File.ReadAllBytesAsync(Path.Combine(Programs.Root, "tools/train/packages/vitals-2/model.onnx"));
        foreach (string file in Directory.EnumerateFiles(site["dev-a/state"], "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".sock", StringComparison.Ordinal)))
        {
            byte[] kept = await File.ReadAllBytesAsync(file);
            Assert.True(kept.AsSpan().IndexOf(model.AsSpan(model.Length / 2, 64)) < 0 && kept.AsSpan().IndexOf("manifest.json"u8) < 0, $"{file} tells of the model");
        }

        await using Run again = Site.Start(configuration);
        await again.Says("vitals 1.1.");
    }
}
