using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Tests;

public sealed class OnnxRunnerTests
{
    [LibraryFact]
    public void What_is_written_to_the_input_is_answered_in_the_output()
    {
        using IModelRunner runner = Load(ModelBytes.Relu(4));

        Floats(runner.Input(0), 1, -2, 3, float.NegativeZero);
        runner.Run();

        Assert.Equal([1f, 0, 3, 0], MemoryMarshal.Cast<byte, float>(runner.Output(0)).ToArray());
    }

    [LibraryFact]
    public void Inputs_and_outputs_are_described_as_the_model_declares_them()
    {
        using IModelRunner runner = Load(ModelBytes.Relu(4));

        TensorInfo input = Assert.Single(runner.Inputs);
        Assert.Equal(("x", TensorElement.Float32), (input.Name, input.Element));
        Assert.Equal([1, 4], input.Shape);
        Assert.Equal("y", Assert.Single(runner.Outputs).Name);
    }

    // Of an exponent alone, Identity has no kernel.
    public static TheoryData<TensorElement> WholeBytes =>
        [.. Enum.GetValues<TensorElement>().Where(element => element.Bits() >= 8 && element != TensorElement.Float8E8M0)];

    [LibraryTheory]
    [MemberData(nameof(WholeBytes))]
    public void Elements_of_every_type_pass_unchanged_without_managed_memory(TensorElement element)
    {
        byte[] model = new ModelBytes()
            .Node("Identity", ["x"], ["y"])
            .Input("x", element, 6)
            .Output("y", element, 6)
            .Build(irVersion: 9, opset: 19);
        using IModelRunner runner = Load(model);
        byte[] given = [.. Enumerable.Range(0, (int)element.Bytes(6)).Select(i => (byte)(element == TensorElement.Bool ? i % 2 : i * 37))];
        given.CopyTo(runner.Input(0));
        runner.Run();

        Assert.Equal(0, Allocated.By(() => runner.Run()));
        Assert.Equal(given, runner.Output(0).ToArray());
    }

    // 0x2F holds -1 or 15 and 2, 0x87 holds 7 and -8 or 8; steps of 0.5. Identity has no kernel for them.
    [LibraryTheory]
    [InlineData(TensorElement.Int4, new[] { -0.5f, 1, 3.5f, -4 })]
    [InlineData(TensorElement.UInt4, new[] { 7.5f, 1, 3.5f, 4 })]
    public void Elements_of_4_bits_are_read_and_written_two_to_a_byte(TensorElement element, float[] numbers)
    {
        byte[] packed = [0x2F, 0x87];
        using IModelRunner read = Load(new ModelBytes()
            .Node("DequantizeLinear", ["x", "s"], ["y"])
            .Input("x", element, 4)
            .Floats("s", [], 0.5f)
            .Output("y", TensorElement.Float32, 4)
            .Build(irVersion: 10, opset: 21));
        using IModelRunner written = Load(new ModelBytes()
            .Node("QuantizeLinear", ["x", "s", "z"], ["y"])
            .Input("x", TensorElement.Float32, 4)
            .Floats("s", [], 0.5f)
            .Constant("z", element, [], [0])
            .Output("y", element, 4)
            .Build(irVersion: 10, opset: 21));

        packed.CopyTo(read.Input(0));
        read.Run();
        Floats(written.Input(0), numbers);
        written.Run();

        Assert.Equal(numbers, MemoryMarshal.Cast<byte, float>(read.Output(0)).ToArray());
        Assert.Equal(packed, written.Output(0).ToArray());
    }

    [LibraryFact]
    public void A_run_allocates_no_managed_memory()
    {
        using IModelRunner runner = Load(ModelBytes.Relu(4));
        runner.Run();

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                runner.Input(0)[0] = (byte)i;
                runner.Run();
                _ = runner.Output(0)[0];
            }
        }));
    }

    [LibraryFact]
    public void Memory_is_aligned_to_64_bytes()
    {
        using IModelRunner runner = Load(ModelBytes.Relu(4));

        Assert.Equal(0, AddressOf(runner.Input(0)) % 64);
        Assert.Equal(0, AddressOf(runner.Output(0)) % 64);
    }

    [LibraryFact]
    public void Open_dimensions_are_1_unless_the_options_say_otherwise()
    {
        byte[] model = new ModelBytes()
            .Node("Relu", ["x"], ["y"])
            .Input("x", TensorElement.Float32, -1, 3)
            .Output("y", TensorElement.Float32, -1, 3)
            .Build();

        using IModelRunner one = Load(model);
        using IModelRunner five = Load(model, new RunnerOptions
        {
            InputShapes = new Dictionary<string, IReadOnlyList<long>> { ["x"] = [5, 3] },
        });

        Assert.Equal([1, 3], Assert.Single(one.Inputs).Shape);
        Assert.Equal([1, 3], Assert.Single(one.Outputs).Shape);
        Assert.Equal([5, 3], Assert.Single(five.Outputs).Shape);
        Assert.Equal(60, five.Output(0).Length);
    }

    [LibraryFact]
    public void A_shape_that_contradicts_the_model_is_refused()
    {
        RunnerOptions other = new() { InputShapes = new Dictionary<string, IReadOnlyList<long>> { ["x"] = [1, 5] } };
        RunnerOptions unknown = new() { InputShapes = new Dictionary<string, IReadOnlyList<long>> { ["z"] = [1, 4] } };

        Assert.Equal(
            "input 'x' is [1, 4] in the model, it cannot be given the shape [1, "
                + "5]", Refusal(ModelBytes.Relu(4), other));
        Assert.Equal(
            "a shape is given for input 'z', which the model does not have; it has 'x'",
            Refusal(ModelBytes.Relu(4), unknown));
    }

    [LibraryFact]
    public void A_scalar_output_is_bound_as_one_element()
    {
        byte[] model = new ModelBytes()
            .Node("ReduceSum", ["x"], ["y"], "", ("keepdims", 0))
            .Input("x", TensorElement.Float32, 1, 3)
            .Output("y", TensorElement.Float32)
            .Build();
        using IModelRunner runner = Load(model);

        Floats(runner.Input(0), 1, 2, 3);
        runner.Run();

        Assert.Empty(Assert.Single(runner.Outputs).Shape);
        Assert.Equal([6f], MemoryMarshal.Cast<byte, float>(runner.Output(0)).ToArray());
    }

    [LibraryFact]
    public void A_model_with_text_is_refused_on_the_sample_path()
    {
        byte[] model = new ModelBytes()
            .Node("Identity", ["x"], ["y"])
            .Input("x", TensorElement.Text, 1)
            .Output("y", TensorElement.Text, 1)
            .Build();

        Assert.Equal("input 'x' is string; a model on the sample path takes and gives numbers only", Refusal(model));
    }

    [LibraryFact]
    public void Threads_outside_the_range_are_refused()
    {
        string refusal = Refusal(ModelBytes.Relu(4), new RunnerOptions { IntraOpThreads = 65 });

        Assert.Equal("65 threads were asked for; 1 to 64 can be used", refusal);
    }

    [LibraryFact]
    public void An_output_that_changes_its_size_fails_the_run_and_not_the_process()
    {
        // NonZero answers with as many columns as there are values other than 0.
        byte[] model = new ModelBytes()
            .Node("NonZero", ["x"], ["y"])
            .Input("x", TensorElement.Float32, 2)
            .Output("y", TensorElement.Int64, 1, 2)
            .Build();
        using IModelRunner runner = Load(model);

        Floats(runner.Input(0), 1, 1);
        runner.Run();
        Floats(runner.Input(0), 1, 0);
        InferenceException failure = Assert.Throws<InferenceException>(runner.Run);

        Assert.DoesNotContain('\n', failure.Message);
        Floats(runner.Input(0), 1, 1);
        runner.Run();
        Assert.Equal([0L, 1L], MemoryMarshal.Cast<byte, long>(runner.Output(0)).ToArray());
    }

    [LibraryFact]
    public void An_index_that_is_not_there_is_refused()
    {
        using IModelRunner runner = Load(ModelBytes.Relu(4));

        Assert.Throws<ArgumentOutOfRangeException>(() => _ = runner.Input(1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = runner.Output(-1).Length);
    }

    // 1e-39 is a denormal of float32. The thread's own arithmetic is as before.
    [LibraryTheory]
    [InlineData(false, 2e-39f)]
    [InlineData(true, 0f)]
    public void Denormals_count_as_zero_only_where_that_is_asked_for(bool asked, float expected)
    {
        byte[] model = new ModelBytes()
            .Node("Add", ["x", "x"], ["y"])
            .Input("x", TensorElement.Float32, 1)
            .Output("y", TensorElement.Float32, 1)
            .Build();
        using IModelRunner runner = Load(model, new RunnerOptions { DenormalsAsZero = asked });
        BitConverter.TryWriteBytes(runner.Input(0), 1e-39f);

        runner.Run();

        float half = BitConverter.ToSingle(runner.Input(0)) / 2;
        Assert.Equal(expected, BitConverter.ToSingle(runner.Output(0)));
        Assert.True(half > 0);
    }

    [LibraryFact]
    public void A_provider_that_the_library_does_not_have_is_told_and_the_processor_serves()
    {
        RunnerOptions options = new()
        {
            Providers = [new ProviderOptions("acl", new Dictionary<string, string>())],
        };

        using IModelRunner runner = Load(ModelBytes.Relu(4), options);

        Assert.Empty(runner.Report.Providers);
        Assert.StartsWith(
            $"execution provider 'acl' is not part of this ONNX Runtime {Surroundings.Environment.Version}, which has ",
            Assert.Single(runner.Report.Fallbacks),
            StringComparison.Ordinal);
        runner.Run();
    }

    // Built into the library of the native binding, but its part that talks to the card is another file, which is not here.
    [LibraryFact]
    public void A_provider_that_cannot_be_switched_on_is_told_in_one_sentence_and_the_processor_serves()
    {
        RunnerOptions options = new()
        {
            Providers = [new ProviderOptions("CUDAExecutionProvider", new Dictionary<string, string> { ["device_id"] = "0" })],
        };

        using IModelRunner runner = Load(ModelBytes.Relu(4), options);
        BitConverter.TryWriteBytes(runner.Input(0), 5f);
        runner.Run();

        string fallback = Assert.Single(runner.Report.Fallbacks);
        Assert.StartsWith("execution provider ", fallback, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fallback);
        Assert.DoesNotContain(".cc:", fallback, StringComparison.Ordinal);
        Assert.Empty(runner.Report.Providers);
        Assert.Equal(5, BitConverter.ToSingle(runner.Output(0)));
    }

    [LibraryFact]
    public void Each_provider_that_cannot_be_used_is_told_by_its_own_name()
    {
        ProviderOptions[] wanted = [new("cuda", new Dictionary<string, string>()), new("tensorrt", new Dictionary<string, string>())];

        using IModelRunner runner = Load(ModelBytes.Relu(4), new RunnerOptions { Providers = wanted });

        Assert.Equal(2, runner.Report.Fallbacks.Count);
        Assert.Contains("cuda", runner.Report.Fallbacks[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("tensorrt", runner.Report.Fallbacks[1], StringComparison.OrdinalIgnoreCase);
        Assert.Empty(runner.Report.Providers);
        runner.Run();
    }

    [LibraryFact]
    public void What_stands_behind_the_processor_is_never_asked()
    {
        RunnerOptions options = new()
        {
            Providers =
            [
                new ProviderOptions("cpu", new Dictionary<string, string>()),
                new ProviderOptions("no-such-thing", new Dictionary<string, string>()),
            ],
        };

        using IModelRunner runner = Load(ModelBytes.Relu(4), options);

        Assert.Empty(runner.Report.Fallbacks);
    }

    [LibraryFact]
    public void Outputs_that_nobody_asked_for_are_neither_bound_nor_refused()
    {
        byte[] model = new ModelBytes()
            .Node("Relu", ["x"], ["y"])
            .Node("SequenceConstruct", ["x"], ["many"])
            .Input("x", TensorElement.Float32, 1)
            .Output("y", TensorElement.Float32, 1)
            .SequenceOutput("many")
            .Build();

        using IModelRunner runner = Load(model, new RunnerOptions { Outputs = ["y"] });

        Assert.Equal(["y"], runner.Outputs.Select(output => output.Name));
        Assert.Equal("output 'many' is a sequence; only models whose inputs and outputs are tensors can be run", Refusal(model));
    }

    private static IModelRunner Load(byte[] model, RunnerOptions? options = null) =>
        Surroundings.Environment.Load(model, options ?? new RunnerOptions());

    private static string Refusal(byte[] model, RunnerOptions? options = null) =>
        Assert.Throws<ModelLoadException>(() => Load(model, options)).Message;

    private static void Floats(Span<byte> to, params float[] values) => MemoryMarshal.AsBytes<float>(values).CopyTo(to);

    // The memory is native and does not move, so its address means something.
    private static unsafe long AddressOf(ReadOnlySpan<byte> memory) =>
        (long)(nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
}
