using System.Runtime.InteropServices;

namespace EdgeRuntime.Bench;

/// <summary>
/// Rows about the whole step, frame in to decision: ours against a loop written by hand in C++, and against messages of JSON
/// in node.
/// </summary>
internal static class StepRows
{
    private const double MostP50 = 1.10;
    private const double MostP99 = 1.25;
    private const double MostOfJson = 0.5;

    public static void Add(SuiteOptions options, Figures figures, string scratch)
    {
        Of(StepPackage.Keywords, Keywords.ModelIn, KeywordFrames, ["1", "490"], 800, options, figures, scratch);
        Of(
            StepPackage.Autoencoder,
            material => Path.Combine(material, "anomaly_autoencoder", "ad_deep_autoencoder_int8_qdq.onnx"),
            _ => SoundFrames(), ["1", "640"], 2400, options, figures, scratch);
    }

    /// <summary>The inputs of the test material frame by frame, so that the windows run over real sounds.</summary>
    public static double[] KeywordFrames(string material) => [.. Keywords.AllIn(material).SelectMany(input => input)];

    private static void Of(
        StepPackage step,
        Func<string, string> modelIn,
        Func<string, double[]> framesIn,
        string[] shape,
        int calls,
        SuiteOptions options,
        Figures figures,
        string scratch)
    {
        if (options.Material is not { } material)
        {
            figures.Add(new Figure($"{step.Name} whole step p50, ours / C++ by hand", null, "x", "no material", MostP50));
            return;
        }

        string model = modelIn(material);
        string frames = Path.Combine(scratch, $"{step.Name}-frames.bin");
        File.WriteAllBytes(frames, MemoryMarshal.AsBytes<double>(framesIn(material)).ToArray());
        string[] size = [$"{step.Channels}", $"{step.WindowFrames}", step.Kind];
        using Competitor ours = Competitor.Start(
            "ours", Environment.ProcessPath!, ["step", step.Name, model, frames, options.Library]);
        string exact = ours.Greeting.EndsWith("exact=1", StringComparison.Ordinal) ? "1" : "0";
        using Competitor cpp = Competitor.Start(
            "C++ by hand", options.CppProgram("step"), [model, frames, options.Library, exact, .. size]);
        using Competitor node = Competitor.Start(
            "JSON in node", "node",
            [Path.Combine(options.NodeScripts, "step.js"), model, frames, exact, .. size, .. shape], options.NodePath);

        Competitor[] all = [ours, cpp, node];
        (double P50, double P99)[][] rounds = Turns.Take(all, options.Rounds, competitor => competitor.Calls(calls));
        string same = ours.Output() == cpp.Output().Split(' ')[0] ? "equal outputs" : "OUTPUTS DIFFER";
        string how = $"{calls} frames a round, one input of {step.Channels} x {step.WindowFrames} a frame; ours counts for "
            + $"telemetry as well; {same}";
        for (int i = 0; i < all.Length; i++)
        {
            figures.Add(Rows.Time($"{step.Name} whole step p50, {all[i].Name}", rounds[i].Select(round => round.P50), how));
            figures.Add(Rows.Time($"{step.Name} whole step p99, {all[i].Name}", rounds[i].Select(round => round.P99), how));
        }

        figures.Add(Rows.Ratio($"{step.Name} whole step p50, ours / C++ by hand", P50(rounds[0]), P50(rounds[1]), how, MostP50));
        figures.Add(Rows.Ratio($"{step.Name} whole step p99, ours / C++ by hand", P99(rounds[0]), P99(rounds[1]), how, MostP99));
        figures.Add(Rows.Ratio(
            $"{step.Name} whole step p50, ours / JSON in node", P50(rounds[0]), P50(rounds[2]),
            $"{how}; node is given the window as JSON and answers in JSON", MostOfJson));
        figures.Add(new Figure(
            $"{step.Name} managed memory over 100,000 steps, ours", ours.Allocated(100_000), "bytes",
            "the whole natively compiled process", 0));
    }

    private static double[] P50((double P50, double P99)[] rounds) => [.. rounds.Select(round => round.P50)];

    private static double[] P99((double P50, double P99)[] rounds) => [.. rounds.Select(round => round.P99)];

    // No recording of the machine is among the material; the range is that of its log-mel energies.
    private static double[] SoundFrames()
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, 200 * 128).Select(_ => (random.NextDouble() * 40) - 30)];
    }
}
