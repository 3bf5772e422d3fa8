using System.Diagnostics;
using EdgeRuntime.Bench;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>The device's own program, replaced over the broker: the published binary under other versions, and programs that are none.</summary>
public sealed class RuntimeTests
{
    [NativeFact]
    public void A_signed_runtime_takes_the_process_over_and_is_trusted_and_undone_on_request()
    {
        using Scratch scratch = new();
        using TrialStage stage = Open(scratch);
        int process = stage.ProcessId;
        byte[] archive = RuntimeArchive.Of(Programs.Device, 2, soakSeconds: 1, stage.Release);

        UpdateMessage end = stage.Manager.EndOf(stage.Manager.Order(archive), 60);
        string executes = stage.Executes;
        stage.Manager.ForgetPredictions();
        stage.Manager.WaitUntil(() => stage.Manager.Predictions.Count > 0, 30, "the new program predicts");

        Assert.Equal((UpdateState.Committed, null), (end.State, end.Reason));
        Assert.StartsWith(scratch["state/runtime/"], executes, StringComparison.Ordinal);
        Assert.Equal((process, false), (stage.ProcessId, stage.HasEnded));
        ReportedModel line = Assert.Single(stage.Manager.Reported!.Models, model => model.Name == RuntimeArchive.Name);
        Assert.Equal("2.0.0", line.Active!.Version);
    }

    [NativeFact]
    public void A_runtime_killed_in_its_trial_is_left_for_the_program_before()
    {
        using Scratch scratch = new();
        using TrialStage stage = Open(scratch);
        string deployment = stage.Manager.Order(RuntimeArchive.Of(Programs.Device, 2, soakSeconds: 600, stage.Release));
        stage.WaitUntilSays($"update {deployment} soaking", 60);
        Assert.StartsWith(scratch["state/runtime/"], stage.Executes, StringComparison.Ordinal);

        stage.Kill();
        stage.Start();
        UpdateMessage end = stage.Manager.EndOf(deployment, 60);

        Assert.Equal(Programs.Device, stage.Executes);
        Assert.Equal(UpdateState.Undone, end.State);
        Assert.EndsWith("the process ended during its trial", end.Reason, StringComparison.Ordinal);
    }

    [NativeTheory]
    [InlineData("exit 3", null)]
    [InlineData("kill -SEGV $$", null)]
    [InlineData("exec sleep 600", "ABRT")]
    public void A_runtime_that_ends_crashes_or_hangs_instead_of_serving_is_undone_without_a_broker(string serve, string? watchdog)
    {
        using Scratch scratch = new();
        using TrialStage stage = Open(scratch);
        string deployment = stage.Manager.Order(RuntimeArchive.Script(serve, 2, stage.Release));
        stage.Manager.WaitUntil(
            () => stage.Manager.Steps.Any(step => step.Deployment == deployment && step.State == UpdateState.Verifying), 60, "it is verified");
        stage.Broker.Stop();
        if (watchdog is not null)
        {
            // As systemd does with a service that does not feed its watchdog.
            stage.Manager.WaitUntil(() => stage.Executes.EndsWith("/sleep", StringComparison.Ordinal), 60, "it hangs");
            Process.Start("kill", [$"-{watchdog}", $"{stage.ProcessId}"]).WaitForExit();
        }

        stage.Manager.WaitUntil(() => stage.HasEnded, 60, "it ends");
        stage.Start();
        stage.WaitUntilSays($"update {deployment} undone", 60);
        stage.Broker.Start();
        UpdateMessage end = stage.Manager.EndOf(deployment, 60);

        Assert.Equal(Programs.Device, stage.Executes);
        Assert.Contains("it did not come to serve: the process ended within", end.Reason, StringComparison.Ordinal);
        Assert.Single(stage.Manager.Steps, step => step.Deployment == deployment && step.State == UpdateState.Undone);
    }

    [NativeTheory]
    [InlineData("#!/bin/nowhere\n", "or the loader that it names, is not there")]
    [InlineData("no program", "is not a program for this processor")]
    [InlineData("#!/bin/sh\necho 'libone.so: cannot open shared object file'\nexit 127\n", "libone.so: cannot open shared object file")]
    public void A_program_that_does_not_start_on_this_machine_is_refused_with_that_reason_before_it_serves(string program, string reason)
    {
        using Scratch scratch = new();
        using TrialStage stage = Open(scratch);

        UpdateMessage end = stage.Manager.EndOf(stage.Manager.Order(RuntimeArchive.Program(program, 2, stage.Release)), 60);

        Assert.Equal(UpdateState.Rejected, end.State);
        Assert.Contains(reason, end.Reason, StringComparison.Ordinal);
        Assert.Equal(Programs.Device, stage.Executes);
    }

    private static TrialStage Open(Scratch scratch) =>
        new TrialStage(Programs.Device, scratch.Root, new TrialPackage(), members: RuntimeArchive.Members).Serve();
}
