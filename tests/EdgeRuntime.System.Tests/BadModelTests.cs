using EdgeRuntime.Bench;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>Signed and ordered as it should be, and bad: the published device finds out before it serves.</summary>
public sealed class BadModelTests
{
    [NativeFact]
    public void Nine_bad_models_are_refused_with_their_reasons_and_the_champion_misses_no_sample()
    {
        using Scratch scratch = new();

        // Two milliseconds are plenty for the good model, and too little for the slow one, on any machine.
        TrialPackage package = new() { Soak = new SoakSpec { Samples = 50, MaxP99Ms = 2, MaxErrorShare = 1 } };
        using TrialStage stage = new TrialStage(Programs.Device, scratch.Root, package).Serve();
        int process = stage.ProcessId;
        long counter = 10;

        foreach (BadModel bad in TrialModels.Nine(slower: 400))
        {
            UpdateMessage end = stage.Send(counter++, bad.Model);

            Assert.Equal((bad.Name, UpdateState.Rejected), (bad.Name, end.State));
            Assert.Contains(bad.Says, end.Reason, StringComparison.OrdinalIgnoreCase);
        }

        // Samples go on after the last of them.
        long seen = stage.Manager.Predictions.Count;
        stage.Manager.WaitUntil(() => stage.Manager.Predictions.Count > seen + 3, 30, "the champion goes on");
        SampleNumbers numbers = SampleNumbers.Of(stage.Manager.Predictions);
        Assert.Equal((0, 0), (numbers.Missing, numbers.Doubled));
        Assert.All(stage.Manager.Predictions, batch => Assert.Equal("1.0.0", batch.Version));
        Assert.All(stage.Manager.Windows, window => Assert.Equal((0, 0), (window.Failed, window.Dropped.Values.Sum())));
        Assert.Equal(process, stage.ProcessId);
        Assert.False(stage.HasEnded);
    }
}
