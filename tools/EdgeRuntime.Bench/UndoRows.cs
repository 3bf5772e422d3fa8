using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Bench;

/// <summary>Rows about undoing a bad model: by the device alone, without a broker, after a reboot, and out of a crash loop.</summary>
internal static class UndoRows
{
    private const string Alone = "broker down: from the sample that decides to the model before";
    private const string Told = "broker down: times that the undo was told later";
    private const string Rebooted = "killed in the trial without a broker: starts until the model before answers";
    private const string Loop = "killed in every start after a commit: starts until the last known good answers";
    private const int Rounds = 5;
    private const int MostStarts = 3;

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options.Device is not string device || BenchBroker.Program is null)
        {
            const string Why = "no published edge-device, or no mosquitto";
            figures.Add(new Figure(Alone, null, "ms", Why, 1000));
            figures.Add(new Figure(Told, null, "times", Why, 1));
            figures.Add(new Figure(Rebooted, null, "starts", Why, MostStarts));
            figures.Add(new Figure(Loop, null, "starts", Why, MostStarts));
            return;
        }

        AddAlone(device, figures, Directory.CreateDirectory(Path.Combine(scratch, "undo")).FullName);
        AddRebooted(device, figures, Directory.CreateDirectory(Path.Combine(scratch, "reboot")).FullName);
        AddLoop(device, figures, Directory.CreateDirectory(Path.Combine(scratch, "loop")).FullName);
    }

    // The order comes while there is a broker; before the candidate is switched to, there is none any more.
    private static void AddAlone(string device, Figures figures, string directory)
    {
        using TrialStage stage = new TrialStage(device, directory, new TrialPackage { Soak = new SoakSpec { Samples = 1_000_000, MaxP99Ms = 1000 } }).Serve();
        List<double> gaps = [];
        int told = 0;
        string reason = "";
        for (int round = 0; round < Rounds; round++)
        {
            stage.Manager.ForgetPredictions();
            string deployment = stage.Manager.Order(stage.Package.Pack(2 + round, TrialModels.Spoiling(), stage.Release));
            stage.Manager.WaitUntil(
                () => stage.Manager.Steps.Any(step => step.Deployment == deployment && step.State == UpdateState.Verifying), 30, "it is verified");
            stage.Broker.Stop();
            stage.WaitUntilSays($"update {deployment} undone", 30);
            stage.Broker.Start();
            UpdateMessage end = stage.Manager.EndOf(deployment, 60);
            reason = $"{end.State}: {end.Reason}";
            string bad = $"{2 + round}.0.0";
            stage.Manager.WaitUntil(() => Gap(stage.Manager, bad) is not null, 60, "the predictions of that time came");
            gaps.Add(Gap(stage.Manager, bad)!.Value);
            told += stage.Manager.Steps.Count(step => step.Deployment == deployment && step.State == end.State);
        }

        figures.Add(new Figure(
            Alone, gaps.Max(), "ms",
            $"{Rounds} rounds, the longest; from the last sample that the bad model answered to the first of the model before, by the samples' own times: {string.Join(", ", gaps)} ms; {reason}",
            1000));
        figures.Add(new Figure(Told, told / (double)Rounds, "times", "once for each, after the broker came back", 1, 1));
    }

    private static void AddRebooted(string device, Figures figures, string directory)
    {
        using TrialStage stage = new TrialStage(device, directory, new TrialPackage { Soak = new SoakSpec { Samples = 1_000_000, MaxP99Ms = 1000 } }).Serve();
        string deployment = stage.Manager.Order(stage.Package.Pack(2, TrialModels.Good(), stage.Release));
        stage.WaitUntilSays($"update {deployment} soaking", 60);
        stage.Broker.Stop();
        stage.Kill();
        int starts = 0;
        do
        {
            starts++;
            stage.Start();
            stage.WaitUntilSays(" serves from ", 30);
        }
        while (!stage.Said.Contains($"{TrialPackage.Name} 1.0.0 serves", StringComparison.Ordinal) && starts < 2 * MostStarts && Kill(stage));

        stage.Broker.Start();
        UpdateMessage end = stage.Manager.EndOf(deployment, 60);
        figures.Add(new Figure(Rebooted, starts, "starts", $"SIGKILL in the trial; {end.State}: {end.Reason}", MostStarts));
    }

    // The package is trusted already, so no trial is there to fall back from: only that the process never lives for long.
    private static void AddLoop(string device, Figures figures, string directory)
    {
        using TrialStage stage = new TrialStage(device, directory, new TrialPackage()).Serve();
        UpdateMessage committed = stage.Send(2, TrialModels.Good());
        stage.Kill();
        int starts = 0;
        string serving;
        do
        {
            starts++;
            stage.Start();
            stage.WaitUntilSays(" serves from ", 30);
            serving = stage.Said.Contains($"{TrialPackage.Name} 1.0.0 serves", StringComparison.Ordinal) ? "1.0.0" : "2.0.0";
            if (serving == "2.0.0")
            {
                stage.Kill();
            }
        }
        while (serving == "2.0.0" && starts < 2 * MostStarts);

        figures.Add(new Figure(
            Loop, serving == "1.0.0" ? starts : null, "starts",
            $"2.0.0 was {committed.State}, then SIGKILL as soon as it serves, again and again; {serving} serves in the last", MostStarts));
    }

    private static bool Kill(TrialStage stage)
    {
        stage.Kill();
        return true;
    }

    private static double? Gap(TrialManager manager, string bad)
    {
        Prediction? last = null;
        foreach (PredictionMessage batch in manager.Predictions.OrderBy(batch => batch.Predictions[0].N))
        {
            if (batch.Version == bad)
            {
                last = batch.Predictions[^1];
            }
            else if (last is not null)
            {
                return batch.Predictions[0].UnixMs - last.UnixMs;
            }
        }

        return null;
    }
}
