using System.Diagnostics;
using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>
/// Rows about the published device as a whole, serving the keyword model from a recording at 50 frames a second: processor
/// time against ONNX Runtime's own defaults, memory against a C++ program, the price of further models.
/// </summary>
internal static class DeviceRows
{
    private const int Seconds = 15;
    private const int Hertz = 50;
    private const int MostModels = 3;
    private const double MegabytesAboveCpp = 10;
    private const double MostOfDefault = 0.05;
    private const string Cpu = "processor time at 50 Hz, ours / ONNX Runtime's default with two threads";
    private const string Memory = "memory of the running device with MQTT connected, ours - C++";

    public static void Add(SuiteOptions options, Figures figures, string scratch)
    {
        if (options is not { Device: { } device, Port: { } port, Material: { } material })
        {
            const string Why = "no published edge-device, no broker, or no material";
            figures.Add(new Figure(Cpu, null, "x", Why, MostOfDefault));
            figures.Add(new Figure(Memory, null, "MB", Why, MegabytesAboveCpp));
            return;
        }

        string model = Keywords.ModelIn(material);
        double[] memory = new double[MostModels];
        double[] share = new double[MostModels];
        for (int models = 1; models <= MostModels; models++)
        {
            string configuration = Configure(options, port, material, Path.Combine(scratch, $"device-{models}"), models);
            Usage usage = Watch(
                device, ["run", "--config", configuration, "--plain"], options, _ => AwaitPredictions(port, models));
            memory[models - 1] = usage.Megabytes;
            share[models - 1] = usage.CpuShare;
        }

        Usage cpp = Watch(options.CppProgram("hold"), [model, options.Library, port], options, AwaitReady);
        Usage twoThreads = Watch(options.CppProgram("pace"), [model, options.Library, $"{Hertz}", "2"], options, AwaitReady);
        string how = $"edge-device run, kws from a recording at {Hertz} frames and inferences a second, MQTT connected, "
            + $"{Seconds} s";
        figures.Add(new Figure("processor time at 50 Hz, ours", share[0] * 100, "% of a core", how));
        figures.Add(new Figure(
            "processor time at 50 Hz, ONNX Runtime's default with two threads", twoThreads.CpuShare * 100, "% of a core",
            "a C++ loop over the same library, its threads spinning as they do when nobody says anything"));
        figures.Add(new Figure(Cpu, share[0] / twoThreads.CpuShare, "x", how, MostOfDefault));
        figures.Add(new Figure("memory of the running device, C++", cpp.Megabytes, "MB", "hold.cpp: the same model, libmosquitto"));
        figures.Add(new Figure(Memory, memory[0] - cpp.Megabytes, "MB", how, MegabytesAboveCpp));
        figures.Add(new Figure(
            "memory of each further small model", (memory[^1] - memory[0]) / (MostModels - 1), "MB",
            $"the same device with {MostModels} models of their own sensors and pipelines: {memory[^1]:F1} MB, "
                + $"{share[^1] * 100:F1} % of a core"));
    }

    // A directory with keys, packages, a recording and edge.json, as an operator would lay it out.
    private static string Configure(SuiteOptions options, string port, string material, string directory, int models)
    {
        Directory.CreateDirectory(directory);
        using SigningKey release = SigningKey.Create();
        File.WriteAllText(Path.Combine(directory, "release.pub.pem"), release.Public.ToPem());
        double[] frames = StepRows.KeywordFrames(material);
        File.WriteAllText(Path.Combine(directory, "frames.csv"), Csv(frames, StepPackage.Keywords.Channels));
        ModelLoader load = OnnxEnvironment.Open(options.Library).Load;
        byte[] model = File.ReadAllBytes(Keywords.ModelIn(material));
        List<string> entries = [];
        for (int i = 1; i <= models; i++)
        {
            StepPackage step = StepPackage.Keywords with { Name = $"kws-{i}" };
            File.WriteAllBytes(Path.Combine(directory, $"{step.Name}.edgepkg"), step.Pack(model, load, release));
            entries.Add($$"""
                { "name": "{{step.Name}}", "package": "{{step.Name}}.edgepkg",
                  "sensor": { "driver": "replay", "path": "frames.csv", "rate_hz": {{Hertz}}, "loop": true } }
                """);
        }

        string path = Path.Combine(directory, "edge.json");
        File.WriteAllText(path, $$"""
            {
              "device": "bench-{{models}}",
              "profile": "{{options.Profile}}",
              "state_dir": "state",
              "link": { "host": "127.0.0.1", "port": {{port}} },
              "trust": { "release_keys": ["release.pub.pem"], "deploy_keys": ["release.pub.pem"] },
              "models": [{{string.Join(",", entries)}}]
            }
            """);
        return path;
    }

    private static string Csv(double[] frames, int channels)
    {
        StringBuilder text = new();
        text.AppendJoin(',', Enumerable.Range(0, channels).Select(i => $"{StepPackage.Channel(i)}[1]")).Append('\n');
        for (int i = 0; i < frames.Length; i += channels)
        {
            text.AppendJoin(',', frames[i..(i + channels)].Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
            text.Append('\n');
        }

        return text.ToString();
    }

    private static Usage Watch(
        string program, IEnumerable<string> words, SuiteOptions options, Action<Process> whenReady)
    {
        (double[] megabytes, double cpu) = Programs.Usage(program, words, options, whenReady, Seconds);
        return new Usage(Spread.Of(megabytes).Median, cpu);
    }

    // Predictions at the broker are the proof that the device is connected and infers with every model.
    private static void AwaitPredictions(string port, int models)
    {
        for (int i = 1; i <= models; i++)
        {
            Broker.Await(port, $"edge/v1/bench-{models}/up/latest/kws-{i}", 3);
        }
    }

    private static void AwaitReady(Process process)
    {
        if (process.StandardOutput.ReadLine() != "ready")
        {
            throw new BenchException("a C++ program did not get ready; its last words stand above");
        }
    }

    private readonly record struct Usage(double Megabytes, double CpuShare);
}
