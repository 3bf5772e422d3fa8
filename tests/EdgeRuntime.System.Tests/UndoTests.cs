using EdgeRuntime.Bench;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>What is bad only on live input is undone by the device alone: no broker, no manager, and SIGKILL at the worst time.</summary>
public sealed class UndoTests
{
    private static readonly SoakSpec Long = new() { Samples = 1_000_000, MaxP99Ms = 1000 };

    [NativeFact]
    public void Without_a_broker_a_bad_model_is_undone_and_that_is_told_once_when_there_is_one_again()
    {
        using Scratch scratch = new();
        using TrialStage stage = new TrialStage(Programs.Device, scratch.Root, new TrialPackage { Soak = Long }).Serve();

        string deployment = stage.Manager.Order(stage.Package.Pack(2, TrialModels.Spoiling(), stage.Release));
        stage.Manager.WaitUntil(
            () => stage.Manager.Steps.Any(step => step.Deployment == deployment && step.State == UpdateState.Verifying), 30, "it is checked");
        stage.Broker.Stop();
        stage.WaitUntilSays($"update {deployment} undone", 30);
        stage.Broker.Start();
        UpdateMessage end = stage.Manager.EndOf(deployment, 60);
        stage.Manager.WaitUntil(
            () => stage.Manager.Predictions.Any(batch => batch.Version == "1.0.0" && batch.UnixMs > end.UnixMs), 30, "the model before answers");

        Assert.Equal(UpdateState.Undone, end.State);
        Assert.Contains("inferences failed", end.Reason, StringComparison.Ordinal);
        Assert.Single(stage.Manager.Steps, step => step.Deployment == deployment && step.State == UpdateState.Undone);

        // By number, not by arrival: some may have waited for the broker since the trial, and results are sent before them.
        Assert.Equal("1.0.0", stage.Manager.Predictions.MaxBy(batch => batch.Predictions[^1].N)!.Version);
    }

    [NativeFact]
    public void Killed_in_the_trial_a_device_starts_with_the_model_that_was_trusted()
    {
        using Scratch scratch = new();
        using TrialStage stage = new TrialStage(Programs.Device, scratch.Root, new TrialPackage { Soak = Long }).Serve();
        string deployment = stage.Manager.Order(stage.Package.Pack(2, TrialModels.Good(), stage.Release));
        stage.WaitUntilSays($"update {deployment} soaking", 60);

        stage.Kill();
        stage.Start();

        stage.WaitUntilSays("trial 1.0.0 serves", 30);
        Assert.DoesNotContain("trial 2.0.0 serves", stage.Said, StringComparison.Ordinal);
        Assert.Equal("the device restarted during the trial", stage.Manager.EndOf(deployment, 60).Reason);
    }

    [NativeFact]
    public void A_crash_loop_of_a_committed_model_ends_within_three_starts_on_the_one_before()
    {
        using Scratch scratch = new();
        using TrialStage stage = new TrialStage(Programs.Device, scratch.Root, new TrialPackage()).Serve();
        Assert.Equal(UpdateState.Committed, stage.Send(2, TrialModels.Good()).State);

        int starts = 0;
        do
        {
            stage.Kill();
            stage.Start();
            stage.WaitUntilSays(" serves from ", 30);
        }
        while (++starts < 3 && stage.Said.Contains("trial 2.0.0 serves", StringComparison.Ordinal));

        Assert.Contains("trial 1.0.0 serves", stage.Said, StringComparison.Ordinal);
        stage.Manager.WaitUntil(
            () => stage.Manager.Steps.Any(step => step.State == UpdateState.Undone
                && step.Reason?.Contains("times in a row", StringComparison.Ordinal) == true),
            30, "the crash loop is told");
    }

    [NativeFact]
    public void A_candidate_that_fails_beside_the_champion_never_answers_and_one_that_agrees_does()
    {
        using Scratch scratch = new();
        TrialPackage package = new() { Shadow = new ShadowSpec { Samples = 200, MaxCpuShare = 0.5 } };
        using TrialStage stage = new TrialStage(Programs.Device, scratch.Root, package).Serve();

        UpdateMessage bad = stage.Send(2, TrialModels.Spoiling());
        UpdateMessage good = stage.Send(3, TrialModels.Good());

        Assert.Equal(UpdateState.Rejected, bad.State);
        Assert.Contains("beside the model that answers", bad.Reason, StringComparison.Ordinal);
        Assert.Equal((UpdateState.Committed, null), (good.State, good.Reason));
        ShadowCounts counts = Assert.Single(stage.Manager.Steps, step => step.Deployment == good.Deployment && step.Shadow is not null).Shadow!;
        Assert.Equal((200, 200), (counts.Samples, counts.Agreed));
        Assert.DoesNotContain(stage.Manager.Predictions, batch => batch.Version == "2.0.0");
    }

    [NativeFact]
    public void On_trial_a_model_that_says_something_else_than_the_one_before_is_undone_and_one_that_agrees_is_trusted()
    {
        using Scratch scratch = new();
        TrialPackage package = new() { Soak = new SoakSpec { Samples = 2000, MaxP99Ms = 1000, MinAgreement = 0.98, MaxCpuShare = 0.5 } };
        using TrialStage stage = new TrialStage(Programs.Device, scratch.Root, package).Serve();

        UpdateMessage other = stage.Send(2, TrialModels.Disagreeing(0.05f));
        UpdateMessage same = stage.Send(3, TrialModels.Good());

        Assert.Equal(UpdateState.Undone, other.State);
        Assert.Contains("than the model before on 41 of", other.Reason, StringComparison.Ordinal);
        Assert.Equal((UpdateState.Committed, null), (same.State, same.Reason));
        UpdateMessage told = Assert.Single(stage.Manager.Steps, step => step.Deployment == same.Deployment && step.Shadow is not null);
        Assert.Equal(UpdateState.Soaking, told.State);
        Assert.InRange(told.Shadow!.Samples, SoakTrial.SmallestSample, 2000);
        Assert.Equal(told.Shadow.Samples, told.Shadow.Agreed);
    }
}
