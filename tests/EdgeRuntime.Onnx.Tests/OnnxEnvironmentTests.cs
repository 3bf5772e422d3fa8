using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Tests;

public sealed class OnnxEnvironmentTests
{
    [LibraryFact]
    public void The_library_states_its_version_and_its_place()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", Surroundings.Environment.Version);
        Assert.Equal(Surroundings.Library, Surroundings.Environment.LibraryPath);
        Assert.Contains(OnnxEnvironment.Binding, (string[])["native", "nuget"]);
    }

    // Where telemetry is on, ONNX Runtime 1.29 and newer keep the database of what they have yet to upload open.
    [LibraryFact]
    public void The_library_collects_nothing_about_its_use()
    {
        _ = Surroundings.Environment.Version;

        string[] open = [.. Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget ?? "")];

        Assert.DoesNotContain(open, path => path.Contains("onnxruntime.db", StringComparison.Ordinal));
    }

    [LibraryFact]
    public void A_second_library_beside_the_first_is_refused()
    {
        _ = Surroundings.Environment;

        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => OnnxEnvironment.Open("/other/libonnxruntime.so.1"));

        Assert.Contains("runs in this process already", refused.Message, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void The_loading_method_is_what_the_engine_asks_for()
    {
        ModelLoader load = Surroundings.Environment.Load;

        using IModelRunner runner = load(ModelBytes.Relu(2), new RunnerOptions());

        Assert.Equal(2, runner.Inputs[0].Count);
    }

    [LibraryFact]
    public void The_bytes_may_be_reused_once_a_model_is_loaded()
    {
        byte[] model = new ModelBytes()
            .Node("Add", ["x", "w"], ["y"])
            .Input("x", TensorElement.Float32, 2)
            .Floats("w", [2], 10, 20)
            .Output("y", TensorElement.Float32, 2)
            .Build();
        using IModelRunner runner = Surroundings.Environment.Load(model, new RunnerOptions());

        Array.Fill(model, (byte)0xFF);
        runner.Run();

        Assert.Equal(10f, BitConverter.ToSingle(runner.Output(0)));
        Assert.Equal(20f, BitConverter.ToSingle(runner.Output(0)[4..]));
    }

    [LibraryTheory]
    [InlineData("not a model, but text")]
    [InlineData("\0\0\0\0")]
    [InlineData("")]
    public void What_is_no_model_is_refused_with_one_sentence(string content)
    {
        AssertRefused(System.Text.Encoding.ASCII.GetBytes(content));
    }

    [LibraryFact]
    public void A_model_cut_anywhere_is_refused_or_runs_but_never_crashes()
    {
        byte[] whole = new ModelBytes()
            .Node("Add", ["x", "w"], ["y"])
            .Input("x", TensorElement.Float32, 2)
            .Floats("w", [2], 10, 20)
            .Output("y", TensorElement.Float32, 2)
            .Build();

        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                Surroundings.Environment.Load(whole.AsMemory(0, length), new RunnerOptions()).Dispose();
            }
            catch (ModelLoadException e)
            {
                AssertOneSentence(e.Message);
            }
        }
    }

    [LibraryFact]
    public void A_model_of_the_future_is_refused_by_its_version()
    {
        string message = AssertRefused(new ModelBytes()
            .Node("Relu", ["x"], ["y"])
            .Input("x", TensorElement.Float32, 1)
            .Output("y", TensorElement.Float32, 1)
            .Build(irVersion: 99));

        Assert.Contains("written in version 99 of the ONNX format", message, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void A_custom_operator_is_refused_by_name()
    {
        string message = AssertRefused(new ModelBytes()
            .Node("Sharpen", ["x"], ["y"], domain: "com.example")
            .Input("x", TensorElement.Float32, 1)
            .Output("y", TensorElement.Float32, 1)
            .Build());

        Assert.Contains("com.example:Sharpen", message, StringComparison.Ordinal);
        Assert.EndsWith("custom operators are not supported", message, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void A_sequence_output_is_refused_by_name()
    {
        string message = AssertRefused(new ModelBytes()
            .Node("SequenceConstruct", ["x"], ["parts"])
            .Input("x", TensorElement.Float32, 2)
            .SequenceOutput("parts")
            .Build());

        Assert.Equal(
            "output 'parts' is a sequence; only models whose inputs and outputs are tensors can be run", message);
    }

    [LibraryFact]
    public void The_optimized_graph_shows_which_operators_became_quantized()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.onnx");

        Surroundings.Environment.WriteOptimizedGraph(QuantizedAdd(), path);

        // Names of operators stand in the file as plain text.
        string written = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path));
        File.Delete(path);
        Assert.Contains("QLinearAdd", written, StringComparison.Ordinal);
        Assert.DoesNotContain("DequantizeLinear", written, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void A_place_that_cannot_be_written_is_named()
    {
        ModelLoadException refused = Assert.Throws<ModelLoadException>(
            () => Surroundings.Environment.WriteOptimizedGraph(ModelBytes.Relu(2), "/no/such/place.onnx"));

        AssertOneSentence(refused.Message);
        Assert.Contains("/no/such/place.onnx", refused.Message, StringComparison.Ordinal);
    }

    // Two quantized inputs, an addition and a quantized output: what the optimizer fuses into one QLinearAdd.
    private static byte[] QuantizedAdd() => new ModelBytes()
        .Node("DequantizeLinear", ["a", "s", "z"], ["af"])
        .Node("DequantizeLinear", ["b", "s", "z"], ["bf"])
        .Node("Add", ["af", "bf"], ["cf"])
        .Node("QuantizeLinear", ["cf", "s", "z"], ["c"])
        .Input("a", TensorElement.UInt8, 1, 4)
        .Input("b", TensorElement.UInt8, 1, 4)
        .Floats("s", [], 0.5f)
        .Constant("z", TensorElement.UInt8, [], [128])
        .Output("c", TensorElement.UInt8, 1, 4)
        .Build();

    private static string AssertRefused(byte[] model)
    {
        string message = Assert.Throws<ModelLoadException>(
            () => Surroundings.Environment.Load(model, new RunnerOptions())).Message;
        AssertOneSentence(message);
        return message;
    }

    private static void AssertOneSentence(string message)
    {
        Assert.NotEmpty(message);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain(".cc:", message, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime::", message, StringComparison.Ordinal);
    }
}
