using System.Globalization;
using System.Text.Json;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>
/// Rows about models and reference answers of others: a stateful model over a whole recording, models with awkward
/// interfaces, and ONNX's own tests of its quantized operators.
/// </summary>
internal static class MaterialRows
{
    private const string Silero = "silero_vad, largest deviation from its reference";
    private const string Interfaces = "interface models that neither run nor are refused in one sentence";
    private const string Nodes = "quantized node tests that neither pass nor are refused with a reason";
    private const int BadData = 65; // EX_DATAERR, how infer refuses a model

    public static void Add(SuiteOptions options, Figures figures)
    {
        if (options.Material is not { } material)
        {
            figures.Add(new Figure(Silero, null, "", "no material", 1e-4));
            figures.Add(new Figure(Interfaces, null, "models", "no material", 0));
            figures.Add(new Figure(Nodes, null, "tests", "no material", 0));
            return;
        }

        AddSilero(options, figures, Path.Combine(material, "silero_vad"));
        AddInterfaces(options, figures, Path.Combine(material, "interface_models"));
        AddNodes(options, figures, Path.Combine(material, "onnx_quant_node_tests"));
    }

    private static void AddSilero(SuiteOptions options, Figures figures, string folder)
    {
        if (options.Device is not { } device)
        {
            figures.Add(new Figure(Silero, null, "", "no published edge-device", 1e-4));
            return;
        }

        double[] wanted =
        [
            .. File.ReadLines(Directory.GetFiles(folder, "*_probs.csv").Single()).Skip(1)
                .Select(row => double.Parse(row.Split(',')[^1], CultureInfo.InvariantCulture)),
        ];
        (int code, string said, string complaint) = Programs.Words(
            device,
            [
                "infer", Path.Combine(folder, "silero_vad_16k_op15.onnx"), "--library", options.Library,
                "--input", $"input={Path.Combine(folder, "test.wav")}", "--chunk", "512", "--context", "64",
                "--state", "state=stateN", "--set", "sr=16000",
            ]);
        double[] answers = code != 0 ? [] : [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Values(line, 0)[0])];
        string how = $"edge-device infer over the whole wav, {answers.Length} chunks, {wanted.Length} in the reference {complaint}".TrimEnd();
        double worst = answers.Length < wanted.Length
            ? double.PositiveInfinity
            : wanted.Zip(answers, (right, answer) => Math.Abs(right - answer)).Max();
        figures.Add(new Figure(Silero, worst, "", how, 1e-4));
    }

    private static void AddInterfaces(SuiteOptions options, Figures figures, string folder)
    {
        OnnxEnvironment environment = OnnxEnvironment.Open(options.Library);
        string[] models = Directory.GetFiles(folder, "*.onnx", SearchOption.AllDirectories);
        List<string> refused = [];
        int unclear = 0;
        foreach (string path in models)
        {
            try
            {
                using OnnxModel model = environment.Read(File.ReadAllBytes(path), new RunnerOptions());
                model.Run([.. model.Inputs.Select(Ones)]);
            }
            catch (Exception e) when (e is ModelLoadException or InferenceException)
            {
                refused.Add($"{Path.GetFileName(path)}: {e.Message}");
                unclear += e.Message.Contains('\n', StringComparison.Ordinal) ? 1 : 0;
            }
        }

        figures.Add(new Figure(
            Interfaces, unclear, "models",
            $"{models.Length - refused.Count} of {models.Length} run; refused: {Listed(refused)}", 0));
    }

    private static void AddNodes(SuiteOptions options, Figures figures, string folder)
    {
        string program = options.Device ?? Environment.ProcessPath!;
        string[] tests = Directory.GetDirectories(folder);
        List<string> refused = [];
        List<string> wrong = [];
        foreach (string test in tests.Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(test);
            string data = Path.Combine(test, "test_data_set_0");
            string[] inputs = [.. Numbered(data, "input").Select(file => Path.Combine(data, file))];
            (int code, string said, string complaint) = Programs.Words(
                program, ["infer", Path.Combine(test, "model.onnx"), "--library", options.Library, "--input", .. inputs]);
            if (code == BadData && complaint.Trim() is { Length: > 0 } reason && !reason.Contains('\n', StringComparison.Ordinal))
            {
                refused.Add($"{name}: {reason}");
            }
            else if (code != 0 || !Numbered(data, "output").Select((file, i) => Same(name, Path.Combine(data, file), Values(said, i))).All(same => same))
            {
                wrong.Add(name);
            }
        }

        string failed = wrong.Count == 0 ? "" : $"; WRONG: {Listed(wrong)}";
        figures.Add(new Figure(
            Nodes, wrong.Count, "tests",
            $"{tests.Length - refused.Count - wrong.Count} of {tests.Length} pass{failed}; refused: {Listed(refused)}", 0));
    }

    private static IEnumerable<string> Numbered(string data, string kind) =>
        Enumerable.Range(0, Directory.GetFiles(data, $"{kind}_*.pb").Length).Select(i => $"{kind}_{i}.pb");

    // The tolerance of ONNX's own runner of these tests. QLinearMatMul saturates by its definition; the int8 data of
    // ONNX 1.19 was made by a conversion that wraps, so -140 stands there as 116 where -128 is right.
    private static bool Same(string test, string expected, double[] actual)
    {
        Tensor tensor = TensorFile.Read(expected, new RawFormat(), new TensorInfo("", TensorElement.Float32, []));
        using MemoryStream json = new();
        new InferenceResult([tensor], 0).WriteJson(json);
        double[] wanted = Values(System.Text.Encoding.UTF8.GetString(json.ToArray()), 0);
        bool wraps = test.Contains("qlinearmatmul", StringComparison.Ordinal);
        return wanted.Length == actual.Length && wanted.Zip(actual).All(pair =>
            pair.First.Equals(pair.Second)
            || Math.Abs(pair.First - pair.Second) <= 1e-7 + (1e-3 * Math.Abs(pair.First))
            || (wraps && pair.Second == sbyte.MinValue && pair.First > 0));
    }

    private static double[] Values(string line, int output)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return
        [
            .. document.RootElement.GetProperty("outputs")[output].GetProperty("values").EnumerateArray().Select(value => value.ValueKind switch
            {
                JsonValueKind.Number => value.GetDouble(),
                JsonValueKind.True => 1,
                JsonValueKind.False => 0,
                _ => value.GetString() switch
                {
                    "Infinity" => double.PositiveInfinity,
                    "-Infinity" => double.NegativeInfinity,
                    _ => double.NaN,
                },
            }),
        ];
    }

    private static Tensor Ones(TensorInfo input)
    {
        long[] shape = [.. input.Shape.Select(size => size < 0 ? 1 : size)];
        int count = (int)Tensor.CountOf(shape);
        return input.Element == TensorElement.Text
            ? new Tensor(input.Name, TensorElement.Text, shape) { Strings = [.. Enumerable.Repeat("1", count)] }
            : TensorFit.To(input, new Tensor("", TensorElement.UInt8, shape) { Bytes = Enumerable.Repeat((byte)1, count).ToArray() });
    }

    private static string Listed(List<string> sentences) => sentences.Count == 0 ? "none" : string.Join("; ", sentences);
}
