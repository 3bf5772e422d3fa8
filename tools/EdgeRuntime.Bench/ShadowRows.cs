using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Bench;

/// <summary>Rows about a candidate beside the model that answers: what it finds out, and what that costs the one that answers.</summary>
internal static class ShadowRows
{
    private const string Found = "shadow: planted disagreement of 5 %, estimated on 5,000 live samples";
    private const string Slower = "shadow: p99 from frame to decision, beside a candidate / alone";
    private const string Cost = "shadow: processor time of the candidate";
    private const double Planted = 0.05;
    private const int Samples = 5000;
    private const int Rounds = 8;
    private const double MostPointsOff = 1;
    private const double MostSlower = 1.1;
    private const double MostCores = 0.2;

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options.Device is not string device || BenchBroker.Program is null)
        {
            const string Why = "no published edge-device, or no mosquitto";
            figures.Add(new Figure(Found, null, "points off", Why, MostPointsOff));
            figures.Add(new Figure(Slower, null, "x", Why, MostSlower));
            figures.Add(new Figure(Cost, null, "cores", Why, MostCores));
            return;
        }

        TrialPackage package = new();
        TrialPackage shadowed = new() { Shadow = new ShadowSpec { Samples = Samples, MinAgreement = 1 - (2 * Planted), MaxCpuShare = MostCores } };
        using TrialStage stage = new TrialStage(device, Directory.CreateDirectory(Path.Combine(scratch, "shadow")).FullName, package).Serve();
        byte[] champion = package.Pack(1, TrialModels.Good(), stage.Release);
        LatencyHistogram alone = new();
        LatencyHistogram beside = new();
        List<double> shares = [];
        List<double> cores = [];
        int committed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            stage.Manager.ForgetPredictions();
            stage.Manager.WaitUntil(() => stage.Manager.Windows.Count >= 2 + (int)(Samples / package.RateHz), 60, "the windows of a quiet time came");
            foreach (WindowMessage window in stage.Manager.Windows.Skip(1))
            {
                Add(alone, window);
            }

            string deployment = stage.Manager.Order(shadowed.Pack(2 + round, TrialModels.Disagreeing((float)Planted), stage.Release));
            UpdateMessage end = stage.Manager.EndOf(deployment, 120);
            committed += end.State == UpdateState.Committed ? 1 : 0;
            UpdateMessage told = stage.Manager.Steps.First(step => step.Deployment == deployment && step.Shadow is not null);
            ShadowCounts counts = told.Shadow!;
            shares.Add(1 - (counts.Agreed / (double)counts.Samples));

            // It began when the first of its samples came.
            double seconds = (counts.Samples + counts.Skipped + counts.Unpaired + counts.DroppedFrames) / package.RateHz;
            cores.Add(counts.CpuMicroseconds / 1e6 / seconds);
            foreach (WindowMessage window in stage.Manager.Windows.Where(
                window => window.StartUnixMs >= told.UnixMs - (1000 * seconds) && window.EndUnixMs <= told.UnixMs))
            {
                Add(beside, window);
            }

            stage.Manager.EndOf(stage.Manager.Order(champion, revert: true), 60);
        }

        double worst = shares.Max(share => Math.Abs(share - Planted));
        figures.Add(new Figure(
            Found, 100 * worst, "points off",
            $"{Rounds} candidates, the one farthest off; they found {string.Join(", ", shares.Select(share => $"{100 * share:0.0}"))} %; {committed} were committed", MostPointsOff));
        figures.Add(new Figure(
            Slower, (double)beside.Quantile(0.99) / alone.Quantile(0.99), "x",
            $"{beside.Quantile(0.99) / 1000.0:0} us over {beside.Count} samples beside one, {alone.Quantile(0.99) / 1000.0:0} us over {alone.Count} alone, in turns; medians {beside.Quantile(0.5) / 1000.0:0} and {alone.Quantile(0.5) / 1000.0:0} us",
            MostSlower));
        figures.Add(new Figure(Cost, cores.Max(), "cores", $"at {package.RateHz:0} samples/s, the most of {Rounds}; the manifest allows {MostCores}", MostCores));
    }

    private static void Add(LatencyHistogram sum, WindowMessage window) =>
        sum.AddSparse(window.Path.Buckets, window.Path.Counts, (long)(window.Path.MaxMicroseconds * 1000));
}
