using System.Diagnostics;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>Rows about models that must not serve: nine bad ones, sent to the published device while its own answers.</summary>
internal static class BadModelRows
{
    private const string Refused = "bad models refused before they serve";
    private const string Missed = "inferences of the champion missed meanwhile";

    // How much longer than the good model's median an inference may take by the manifest: the slow one takes ten times as long.
    private const double Promise = 3;

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        IReadOnlyList<BadModel> nine = TrialModels.Nine();
        if (options.Device is not string device || BenchBroker.Program is null)
        {
            const string Why = "no published edge-device, or no mosquitto";
            figures.Add(new Figure(Refused, null, "models", Why, Least: nine.Count));
            figures.Add(new Figure(Missed, null, "samples", Why, 0));
            return;
        }

        double median = MedianMs();
        TrialPackage package = new() { Soak = new SoakSpec { Samples = 50, MaxP99Ms = Promise * median } };
        using TrialStage stage = new TrialStage(device, Directory.CreateDirectory(Path.Combine(scratch, "bad")).FullName, package).Serve();
        List<string> reasons = [];
        int refused = 0;
        for (int i = 0; i < nine.Count; i++)
        {
            UpdateMessage end = stage.Send(10 + i, nine[i].Model);
            bool isRight = end.State == UpdateState.Rejected
                && end.Reason?.Contains(nine[i].Says, StringComparison.OrdinalIgnoreCase) == true;
            refused += isRight ? 1 : 0;
            reasons.Add($"{nine[i].Name}: {(isRight ? "" : $"{end.State}, ")}{end.Reason}");
        }

        // What the good one is for: that it is not the sandbox that refuses everything.
        UpdateMessage good = stage.Send(100, TrialModels.Good());
        SampleNumbers numbers = SampleNumbers.Of(stage.Manager.Predictions);
        WindowMessage[] windows = [.. stage.Manager.Windows];
        figures.Add(new Figure(
            Refused, refused, "models",
            $"real broker, published device, p99 limit {package.Soak.MaxP99Ms:0.###} ms ({Promise:0} times the good model's median); a good one sent after them was {good.State}. {string.Join(". ", reasons)}",
            Least: nine.Count));
        figures.Add(new Figure(
            Missed, numbers.Missing + numbers.Doubled + windows.Sum(window => window.Failed + window.Dropped.Values.Sum()), "samples",
            $"{numbers.Samples} samples at {package.RateHz:0} Hz, told one by one: {numbers.Missing} numbers missing, {numbers.Doubled} doubled",
            0));
    }

    private static double MedianMs()
    {
        using IModelRunner runner = OnnxEnvironment.Open().Load(TrialModels.Good(), new RunnerOptions());
        double[] times = new double[200];
        for (int i = 0; i < times.Length; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            runner.Run();
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }
}
