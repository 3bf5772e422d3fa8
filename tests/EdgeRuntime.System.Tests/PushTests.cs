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
}
