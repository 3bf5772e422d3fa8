using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>
/// The suite <c>inference</c>: our binding against a C++ loop over the same library and against onnxruntime-node.
/// </summary>
internal static class InferenceSuite
{
    // Short turns and many of them: the clock of a virtual machine jumps between two speeds, and a turn of both
    // competitors should fall into the same one.
    private const int FloorCalls = 1_000;
    private const int FloorRounds = 12;

    private const int ColdRounds = 41;
    private const int MemorySeconds = 8;
    private const string NoMaterial = "no material";

    public static int Run(SuiteOptions options)
    {
        string scratch = Directory.CreateTempSubdirectory("edge-bench-").FullName;
        Figures figures = new();
        try
        {
            figures.Add(Machine(options.Commit));
            CallFloor(options, figures, scratch);
            BindingRows.Add(options, figures, scratch);
            Model(options, figures, scratch, "kws", KeywordModel(options, scratch), calls: 1000);
            Model(options, figures, scratch, "autoencoder", AutoencoderModel(options, scratch), calls: 3000);
            StepRows.Add(options, figures, scratch);
            OverloadRows.Add(options, figures, scratch);
            ExactProducts(options, figures, scratch);
            ColdStart(options, figures, scratch);
            Memory(options, figures);
            DeviceRows.Add(options, figures, scratch);
            RealTimeRows.Add(options, figures, scratch);
            KeywordAccuracy(options, figures);
            MaterialRows.Add(options, figures);
            PromiseRows.Add(options, figures);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        figures.Save(options.Output);
        figures.Summarize();
        Console.WriteLine($"written to {options.Output}");
        return 0;
    }

    /// <summary>Only the rows about 1 kHz under load, which take minutes.</summary>
    public static int RunRealTime(SuiteOptions options)
    {
        string scratch = Directory.CreateTempSubdirectory("edge-bench-").FullName;
        Figures figures = new();
        try
        {
            figures.Add(Machine(options.Commit));
            RealTimeRows.Add(options, figures, scratch);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        figures.Save(options.Output);
        figures.Summarize();
        return 0;
    }

    /// <summary>Where and when: the row that every suite begins with.</summary>
    internal static Figure Machine(string commit)
    {
        string cpu = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1].Trim() ?? "unknown processor";
        string when = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return new Figure(
            "machine", Environment.ProcessorCount, "cores",
            $"{cpu}, {RuntimeInformation.ProcessArchitecture}, Linux {Environment.OSVersion.Version}, commit "
                + $"{commit}, {when} UTC");
    }

    private static void CallFloor(SuiteOptions options, Figures figures, string scratch)
    {
        string model = Save(scratch, "relu.onnx", OneOperator.Build());
        string input = Save(scratch, "relu.bin", new byte[OneOperator.Width * sizeof(float)]);
        using Duel duel = new(options, model, input, ["1", $"{OneOperator.Width}"]);
        double[][] rounds = duel.Rounds(FloorRounds * options.Rounds, competitor => competitor.Batch(FloorCalls));
        string same = duel.Agree() ? "equal outputs" : "OUTPUTS DIFFER";
        string how = $"1-op graph, {FloorCalls} calls a round, 1 thread, {same}";

        figures.Add(Rows.Time("call floor, ours", rounds[0], how));
        figures.Add(Rows.Time("call floor, C++ RunWithBinding", rounds[1], how));
        figures.Add(Rows.Time("call floor, onnxruntime-node", rounds[2], $"{how}, {duel.Node.Greeting}"));
        figures.Add(Rows.Ratio("call floor, ours / C++ RunWithBinding", rounds[0], rounds[1], how, 1.05));
        figures.Add(Rows.Ratio("call floor, ours / onnxruntime-node", rounds[0], rounds[2], how, 0.15));

        const int AllocationCalls = 1_000_000;
        figures.Add(new Figure(
            "managed memory over 1,000,000 runs, ours", duel.Ours.Allocated(AllocationCalls), "bytes",
            "the whole natively compiled process: input written, model run, output read", 0));
    }

    private static void Model(
        SuiteOptions options,
        Figures figures,
        string scratch,
        string name,
        (string Model, byte[] Input, string[] Shape)? what,
        int calls)
    {
        if (what is not { } known)
        {
            foreach (string row in (string[])["p50, ours", "p50, ours / C++", "p50, ours / onnxruntime-node"])
            {
                figures.Add(new Figure($"{name} {row}", null, "", NoMaterial));
            }

            return;
        }

        using Duel duel = new(options, known.Model, Save(scratch, $"{name}.bin", known.Input), known.Shape);
        (double P50, double P99)[][] rounds = duel.Rounds(options.Rounds, competitor => competitor.Calls(calls));
        string same = duel.Agree() ? "equal outputs" : "OUTPUTS DIFFER";
        string how = $"{Path.GetFileName(known.Model)}, {calls} calls a round, 1 thread, {same}";
        string[] names = ["ours", "C++", "onnxruntime-node"];
        for (int i = 0; i < names.Length; i++)
        {
            figures.Add(Rows.Time($"{name} p50, {names[i]}", rounds[i].Select(round => round.P50), how));
            figures.Add(Rows.Time($"{name} p99, {names[i]}", rounds[i].Select(round => round.P99), how));
        }

        for (int i = 1; i < names.Length; i++)
        {
            figures.Add(Rows.Ratio($"{name} p50, ours / {names[i]}", P50(rounds[0]), P50(rounds[i]), how));
            figures.Add(Rows.Ratio($"{name} p99, ours / {names[i]}", P99(rounds[0]), P99(rounds[i]), how));
        }
    }

    private static double[] P50((double P50, double P99)[] rounds) => [.. rounds.Select(round => round.P50)];

    private static double[] P99((double P50, double P99)[] rounds) => [.. rounds.Select(round => round.P99)];

    // The price of session.x64quantprecision, which our binding sets on x64 without VNNI. Taken from the C++ loop, with
    // and without, so that it can be stated on a machine that does not need it.
    private static void ExactProducts(SuiteOptions options, Figures figures, string scratch)
    {
        const string Name = "kws p50, exact int8 products / as the processor does them";
        bool isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        if (!isX64 || KeywordModel(options, scratch) is not { } known)
        {
            figures.Add(new Figure(Name, null, "x", options.Material is null ? NoMaterial : "only x64 has this "
                + "choice"));
            return;
        }

        string input = Save(scratch, "exact.bin", known.Input);
        using Competitor exact = Competitor.Start("C++ exact", options.Cpp, [known.Model, input, options.Library, "1"]);
        using Competitor plain = Competitor.Start("C++ plain", options.Cpp, [known.Model, input, options.Library, "0"]);
        Spread spread = Spread.Of(
            Enumerable.Range(0, options.Rounds).Select(_ => exact.Calls(500).P50 / plain.Calls(500).P50));
        figures.Add(new Figure(
            Name, spread.Median, "x", $"{spread}; session.x64quantprecision=1 against unset, in the C++ loop on this "
                + "processor"));
    }

    private static void ColdStart(SuiteOptions options, Figures figures, string scratch)
    {
        (string model, byte[] content, string[] shape) = KeywordModel(options, scratch)
            ?? (Save(scratch, "cold.onnx", OneOperator.Build()),
                new byte[OneOperator.Width * sizeof(float)],
                ["1", $"{OneOperator.Width}"]);
        string input = Save(scratch, "cold.bin", content);
        string program = options.Device ?? Environment.ProcessPath!;
        string[] words = ["infer", model, "--input", input, "--library", options.Library];
        string[] node = [Path.Combine(options.NodeScripts, "infer.js"), model, input, .. shape];
        string[] cpp = [model, input, options.Library, OnnxEnvironment.ExactInt8Requested ? "1" : "0"];
        double[] ours = new double[ColdRounds];
        double[] byHand = new double[ColdRounds];
        double[] theirs = new double[ColdRounds];
        for (int round = -1; round < ColdRounds; round++)
        {
            double mine = Programs.Milliseconds(program, words, options.NodePath);
            double raw = Programs.Milliseconds(options.CppProgram("once"), cpp, options.NodePath);
            double other = Programs.Milliseconds("node", node, options.NodePath);
            if (round >= 0)
            {
                (ours[round], byHand[round], theirs[round]) = (mine, raw, other);
            }
        }

        string how = $"{Path.GetFileName(program)} infer {Path.GetFileName(model)}, from start to end of the process";
        figures.Add(Rows.InUnit("cold start to first result, ours", ours, "ms", how));
        figures.Add(Rows.InUnit("cold start to first result, C++", byHand, "ms", "once.cpp: the same library, model and input"));
        figures.Add(Rows.InUnit("cold start to first result, onnxruntime-node", theirs, "ms", how));
        figures.Add(Rows.Ratio("cold start to first result, ours / C++", ours, byHand, how, 1.10));
        figures.Add(Rows.Ratio("cold start to first result, ours / onnxruntime-node", ours, theirs, how, 0.40));
    }

    private static void Memory(SuiteOptions options, Figures figures)
    {
        const string Name = "memory of the running device with MQTT connected, ours / node";
        if (options is not { Device: { } device, DeviceConfiguration: { } configuration }
            || options is not { DeviceModel: { } model, Port: { } port })
        {
            figures.Add(new Figure(Name, null, "x", "no published edge-device, or no package to serve: run tools/demo "
                + "first", 0.55));
            return;
        }

        double[] ours = Programs.Megabytes(
            device, ["run", "--config", configuration, "--plain"], options, _ => Broker.Await(port, "edge/v1/bench-device/up/latest/#", 3), MemorySeconds);
        string[] hold = [Path.Combine(options.NodeScripts, "hold.js"), model, port];
        double[] theirs = Programs.Megabytes("node", hold, options, AwaitReady, MemorySeconds);

        const string How = "resident memory (VmRSS) over 8 s, edge-device run against a node program with the same "
            + "model and npm mqtt, "
            + "both connected to mosquitto and inferring";
        figures.Add(Rows.InUnit("memory of the running device, ours", ours, "MB", How));
        figures.Add(Rows.InUnit("memory of the running device, node", theirs, "MB", How));
        figures.Add(new Figure(Name, Spread.Of(ours).Median / Spread.Of(theirs).Median, "x", How, 0.55));
    }

    private static void AwaitReady(Process process)
    {
        if (process.StandardOutput.ReadLine() != "ready")
        {
            throw new BenchException("the node program did not get ready; its last words stand above");
        }
    }

    private static void KeywordAccuracy(SuiteOptions options, Figures figures)
    {
        const string Native = "kws right of 200, this processor";
        const string Haswell = "kws right of 200, Haswell without VNNI (qemu)";
        if (options.Material is not { } material)
        {
            figures.Add(new Figure(Native, null, "inputs", NoMaterial, Least: 182));
            figures.Add(new Figure(Haswell, null, "inputs", NoMaterial));
            return;
        }

        string[] words = ["keywords", material, options.Library];
        double native = RightCount(Environment.ProcessPath!, words);
        figures.Add(new Figure(Native, native, "inputs", "all labelled inputs of the material, our "
            + "binding", Least: 182));
        if (options.Qemu is not { } qemu)
        {
            figures.Add(new Figure(Haswell, null, "inputs", "no qemu-x86_64, or not an x64 machine", Least: native));
            return;
        }

        double emulated = RightCount(qemu, ["-cpu", "Haswell", Environment.ProcessPath!, .. words]);
        figures.Add(new Figure(
            Haswell, emulated, "inputs", "the same program under qemu-x86_64 -cpu Haswell, which asks for exact int8 "
                + "products", Least: native));
    }

    private static double RightCount(string program, string[] words)
    {
        // qemu warns of every processor feature that it does not emulate; none of them matters here.
        ProcessStartInfo start = new(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> warnings = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        warnings.Wait();
        return process.ExitCode == 0
            ? double.Parse(said.Split(' ')[0], CultureInfo.InvariantCulture)
            : throw new BenchException($"{program} ended with {process.ExitCode} while counting keywords");
    }

    private static (string Model, byte[] Input, string[] Shape)? KeywordModel(SuiteOptions options, string scratch) =>
        options.Material is { } material && Directory.Exists(scratch)
            ? (Keywords.ModelIn(material), Keywords.SampleIn(material), ["1", "490"])
            : null;

    private static (string Model, byte[] Input, string[] Shape)? AutoencoderModel(SuiteOptions options, string scratch)
    {
        if (options.Material is not { } material || !Directory.Exists(scratch))
        {
            return null;
        }

        Random random = new(1);
        float[] input = [.. Enumerable.Range(0, 640).Select(_ => (float)((random.NextDouble() * 40) - 30))];
        string model = Path.Combine(material, "anomaly_autoencoder", "ad_deep_autoencoder_int8_qdq.onnx");
        return (model, MemoryMarshal.AsBytes<float>(input).ToArray(), ["1", "640"]);
    }

    private static string Save(string scratch, string name, byte[] content)
    {
        string path = Path.Combine(scratch, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
