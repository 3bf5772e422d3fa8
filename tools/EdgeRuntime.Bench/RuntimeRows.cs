using System.Globalization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Bench;

/// <summary>Rows about the device's own program: what a switch to another costs the models, and what one that dies costs the device.</summary>
internal static class RuntimeRows
{
    private const string Switch = "runtime switch: gap of answers";
    private const string Undo = "runtime that dies at once: starts until the one before serves";
    private const int Rounds = 5;
    private const int MostStarts = 3;
    private const double SoakSeconds = 2;
    private const double GoalMs = 1000;

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options.Device is not string device || BenchBroker.Program is null)
        {
            const string Why = "no published edge-device, or no mosquitto";
            figures.Add(new Figure(Switch, null, "ms", Why, GoalMs));
            figures.Add(new Figure(Undo, null, "starts", Why, MostStarts));
            return;
        }

        using TrialStage stage = new TrialStage(
            device, Directory.CreateDirectory(Path.Combine(scratch, "runtime")).FullName, new TrialPackage(), members: RuntimeArchive.Members).Serve();
        AddSwitch(device, stage, figures);
        AddUndo(stage, figures);
    }

    private static void AddSwitch(string device, TrialStage stage, Figures figures)
    {
        List<double> gaps = [];
        string end = "";
        long bytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] archive = RuntimeArchive.Of(device, round + 1, SoakSeconds, stage.Release);
            bytes = archive.Length;
            stage.Manager.ForgetPredictions();
            UpdateMessage told = stage.Manager.EndOf(stage.Manager.Order(archive), 120);
            end = $"{told.State}{(told.Reason is null ? "" : $": {told.Reason}")}";
            stage.Manager.WaitUntil(() => Gap(stage.Manager) is not null, 30, "the predictions of both programs came");
            gaps.Add(Gap(stage.Manager)!.Value);
        }

        figures.Add(new Figure(
            Switch, gaps.Max(), "ms",
            string.Create(CultureInfo.InvariantCulture, $"{Rounds} rounds of a package of {bytes / 1e6:0.0} MB, the longest; from the last sample of one program to the first of the next, by the samples' own times: {string.Join(", ", gaps)} ms; {end}; goal of our own, no peer states one"),
            GoalMs));
    }

    private static void AddUndo(TrialStage stage, Figures figures)
    {
        string deployment = stage.Manager.Order(RuntimeArchive.Script("exit 3", Rounds + 1, stage.Release));
        int starts = 1; // by the switch itself
        stage.Manager.WaitUntil(() => stage.HasEnded, 60, "it dies");
        do
        {
            starts++;
            stage.Start();
            stage.Manager.ForgetPredictions();
            stage.Manager.WaitUntil(() => stage.HasEnded || stage.Manager.Predictions.Count > 0, 60, "it serves, or dies");
        }
        while (stage.HasEnded && starts < 2 * MostStarts);

        UpdateMessage end = stage.Manager.EndOf(deployment, 60);
        figures.Add(new Figure(Undo, stage.HasEnded ? null : starts, "starts", $"its own among them; {end.State}: {end.Reason}", MostStarts));
    }

    // The longest time between two samples, which is that of the switch: the sensor has a thousand a second.
    private static double? Gap(TrialManager manager)
    {
        long[] times = [.. manager.Predictions.SelectMany(batch => batch.Predictions).Select(prediction => prediction.UnixMs).Order()];
        return times.Length < 2 ? null : times.Zip(times.Skip(1), (before, after) => (double)(after - before)).Max();
    }
}
