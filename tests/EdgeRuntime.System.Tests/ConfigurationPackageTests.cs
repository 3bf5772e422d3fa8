using System.Text;
using EdgeRuntime.Bench;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>Packages that change a published device's configuration, over a real broker.</summary>
public sealed class ConfigurationPackageTests
{
    [NativeFact]
    public void A_configuration_is_in_force_within_its_trial_and_after_a_restart_and_a_bad_one_is_undone_by_itself()
    {
        using Scratch scratch = new();
        TrialPackage model = new();
        string simulated = $$"""{ "driver": "simulated", "seed": 1, "rate_hz": {{model.RateHz:0}} }""";
        using TrialStage stage = new TrialStage(
            Programs.Device, scratch.Root, model, members: """ "updates": { "configuration": "settings" }, """).Serve();

        UpdateMessage good = Send(stage, 1, $$"""
            {
              "telemetry": { "window_s": 2, "latest_ms": 200, "predictions": "all" },
              "models": [{ "name": "trial", "package": "trial.edgepkg", "sensor": {{simulated}}, "overload": { "policy": "latest_only" } }]
            }
            """);
        UpdateMessage mistaken = Send(stage, 2, """{ "models": [{ "name": "trial", "sensor": { "driver": "replay", "path": "nowhere.csv" } }] }""");
        UpdateMessage unfit = Send(stage, 3, """{ "models": [{ "name": "trial", "sensor": { "driver": "vitals" } }] }""");
        stage.Manager.ForgetPredictions();
        stage.Manager.WaitUntil(() => stage.Manager.Windows.Count(window => window.EndUnixMs - window.StartUnixMs > 1500) > 1, 30, "windows are as long as the package says");
        stage.Kill();
        stage.Start();
        stage.Manager.ForgetPredictions();
        stage.Manager.WaitUntil(() => stage.Manager.Windows.Count(window => window.EndUnixMs - window.StartUnixMs > 1500) > 1, 30, "they are so after a restart");

        Assert.Equal((UpdateState.Committed, null), (good.State, good.Reason));
        Assert.Equal(UpdateState.Rejected, mistaken.State);
        Assert.Contains("nowhere.csv", mistaken.Reason, StringComparison.Ordinal);
        Assert.Equal(UpdateState.Undone, unfit.State);
        Assert.Contains("the model 'trial' 1.0.0 does not fit its sensor", unfit.Reason, StringComparison.Ordinal);
        ReportedModel settings = stage.Manager.Reported!.Models.Single(each => each.Kind == "config");
        Assert.Equal(("settings", "1.0.0"), (settings.Name, settings.Active?.Version));
        Assert.DoesNotContain("no model answers", stage.Said, StringComparison.Ordinal);
    }

    [NativeFact]
    public void Killed_in_the_trial_of_a_configuration_a_device_starts_with_its_own_file()
    {
        using Scratch scratch = new();
        using TrialStage stage = new TrialStage(
            Programs.Device, scratch.Root, new TrialPackage(), members: """ "updates": { "configuration": "settings" }, """).Serve();
        string deployment = stage.Manager.Order(Package(stage, 1, """{ "labels": { "site": "north" } }""", seconds: 600));
        stage.WaitUntilSays($"update {deployment} soaking", 60);

        stage.Kill();
        stage.Start();

        Assert.Equal("the device restarted during the trial", stage.Manager.EndOf(deployment, 60).Reason);
        Assert.Null(stage.Manager.Reported!.Models.Single(each => each.Kind == "config").Active);
    }

    private static UpdateMessage Send(TrialStage stage, long counter, string overlay) =>
        stage.Manager.EndOf(stage.Manager.Order(Package(stage, counter, overlay, seconds: 3)), 60);

    private static byte[] Package(TrialStage stage, long counter, string overlay, double seconds) => PackageWriter.Pack(
        new ConfigurationManifest
        {
            Schema = 1, Name = "settings", Version = $"{counter}.0.0", ReleaseCounter = counter, Description = "For the trial.",
            Kind = PackageManifest.ConfigurationKind, Soak = new ConfigurationSoakSpec { Seconds = seconds, MaxDroppedShare = 0.5 }, Files = [],
        },
        new Dictionary<string, byte[]> { [ConfigurationOverlay.FileName] = Encoding.UTF8.GetBytes(overlay) },
        stage.Release);
}
