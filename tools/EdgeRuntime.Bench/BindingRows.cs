using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>
/// The binding over the package against the one of our own: the same program compiled with either, over the same library.
/// </summary>
internal static class BindingRows
{
    private const int FloorCalls = 1_000;
    private const int FloorRounds = 12;
    private const int KeywordCalls = 1_000;
    private const int ColdRounds = 15;
    private const int AllocationCalls = 1_000_000;

    public static void Add(SuiteOptions options, Figures figures, string scratch)
    {
        if (options.OtherBench is not { } other)
        {
            figures.Add(new Figure(
                "call floor, nuget / native", null, "x",
                $"only the binding {OnnxEnvironment.Binding} can be built here: the feed does not have the named packages"));
            return;
        }

        string self = Environment.ProcessPath!;
        (string native, string nuget) = OnnxEnvironment.Binding == "native" ? (self, other) : (other, self);
        string floor = Path.Combine(scratch, "binding.onnx");
        string floorInput = Path.Combine(scratch, "binding.bin");
        File.WriteAllBytes(floor, OneOperator.Build());
        File.WriteAllBytes(floorInput, new byte[OneOperator.Width * sizeof(float)]);
        CallFloor(options, figures, (native, nuget), floor, floorInput);
        if (options.Material is not { } material)
        {
            figures.Add(new Figure("kws p50, nuget / native", null, "x", "no material"));
            ColdStart(options, figures, (native, nuget), floor, floorInput);
            return;
        }

        string input = Path.Combine(scratch, "binding-kws.bin");
        File.WriteAllBytes(input, Keywords.SampleIn(material));
        string model = Keywords.ModelIn(material);
        KeywordModel(options, figures, (native, nuget), model, input);
        ColdStart(options, figures, (native, nuget), model, input);
    }

    private static void CallFloor(
        SuiteOptions options, Figures figures, (string Native, string Nuget) programs, string model, string input)
    {
        using Pair pair = new(options, programs, model, input);
        double[][] rounds = Turns.Take(pair.All, FloorRounds * options.Rounds, one => one.Batch(FloorCalls));
        string how = $"1-op graph, {FloorCalls} calls a round, 1 thread, {pair.Verdict}";
        figures.Add(Rows.Time("call floor, native", rounds[0], how));
        figures.Add(Rows.Time("call floor, nuget", rounds[1], how));
        figures.Add(Rows.Ratio("call floor, nuget / native", rounds[1], rounds[0], how));
        figures.Add(new Figure(
            "managed memory over 1,000,000 runs, nuget", pair.All[1].Allocated(AllocationCalls), "bytes",
            "the whole natively compiled process: input written, model run, output read", 0));
    }

    private static void KeywordModel(
        SuiteOptions options, Figures figures, (string Native, string Nuget) programs, string model, string input)
    {
        using Pair pair = new(options, programs, model, input);
        (double P50, double P99)[][] rounds = Turns.Take(pair.All, options.Rounds, one => one.Calls(KeywordCalls));
        string how = $"{Path.GetFileName(model)}, {KeywordCalls} calls a round, 1 thread, {pair.Verdict}";
        double[][] p50 = [.. rounds.Select(side => side.Select(round => round.P50).ToArray())];
        double[][] p99 = [.. rounds.Select(side => side.Select(round => round.P99).ToArray())];
        figures.Add(Rows.Time("kws p50, native", p50[0], how));
        figures.Add(Rows.Time("kws p50, nuget", p50[1], how));
        figures.Add(Rows.Ratio("kws p50, nuget / native", p50[1], p50[0], how));
        figures.Add(Rows.Ratio("kws p99, nuget / native", p99[1], p99[0], how));

        const string Where = "resident memory (VmRSS) of the program that has just run these calls";
        double[] megabytes = [.. pair.All.Select(one => one.Megabytes())];
        figures.Add(new Figure("memory with one model, native", megabytes[0], "MB", Where));
        figures.Add(new Figure("memory with one model, nuget", megabytes[1], "MB", Where));
        figures.Add(new Figure("memory with one model, nuget - native", megabytes[1] - megabytes[0], "MB", Where));
    }

    private static void ColdStart(
        SuiteOptions options, Figures figures, (string Native, string Nuget) programs, string model, string input)
    {
        string[] words = ["infer", model, "--input", input, "--library", options.Library];
        double[] native = new double[ColdRounds];
        double[] nuget = new double[ColdRounds];
        for (int round = -1; round < ColdRounds; round++)
        {
            double first = Programs.Milliseconds(programs.Native, words, options.NodePath);
            double second = Programs.Milliseconds(programs.Nuget, words, options.NodePath);
            if (round >= 0)
            {
                (native[round], nuget[round]) = (first, second);
            }
        }

        string how = $"edge-bench infer {Path.GetFileName(model)}, from start to end of the process";
        figures.Add(Rows.InUnit("cold start to first result, native", native, "ms", how));
        figures.Add(Rows.InUnit("cold start to first result, nuget", nuget, "ms", how));
        figures.Add(Rows.Ratio("cold start to first result, nuget / native", nuget, native, how));
    }

    /// <summary>Native, then nuget, with one model.</summary>
    private sealed class Pair(
        SuiteOptions options, (string Native, string Nuget) programs, string model, string input) : IDisposable
    {
        public Competitor[] All { get; } =
        [
            Competitor.Start("native", programs.Native, ["worker", model, input, options.Library]),
            Competitor.Start("nuget", programs.Nuget, ["worker", model, input, options.Library]),
        ];

        public string Verdict => All[0].Output() == All[1].Output() ? "equal outputs" : "OUTPUTS DIFFER";

        public void Dispose()
        {
            foreach (Competitor one in All)
            {
                one.Dispose();
            }
        }
    }
}
