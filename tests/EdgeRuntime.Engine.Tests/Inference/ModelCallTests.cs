using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Tests.Inference;

public sealed class ModelCallTests
{
    private static readonly ModelSpec Plain = new() { File = "m.onnx", Input = "x", Output = "y" };

    // Values that every type but bool holds exactly.
    [Theory]
    [InlineData(TensorElement.Float32)]
    [InlineData(TensorElement.Float64)]
    [InlineData(TensorElement.Float16)]
    [InlineData(TensorElement.BFloat16)]
    [InlineData(TensorElement.Int8)]
    [InlineData(TensorElement.UInt8)]
    [InlineData(TensorElement.Int16)]
    [InlineData(TensorElement.UInt16)]
    [InlineData(TensorElement.Int32)]
    [InlineData(TensorElement.UInt32)]
    [InlineData(TensorElement.Int64)]
    [InlineData(TensorElement.UInt64)]
    [InlineData(TensorElement.Float8E4M3FN)]
    [InlineData(TensorElement.Float8E4M3FNUZ)]
    [InlineData(TensorElement.Float8E5M2)]
    [InlineData(TensorElement.Float8E5M2FNUZ)]
    [InlineData(TensorElement.UInt4)]
    [InlineData(TensorElement.Int4)]
    [InlineData(TensorElement.Float4E2M1)]
    public void Every_element_type_carries_small_whole_numbers_there_and_back(TensorElement element)
    {
        using ModelCall call = Bind(Plain, FunctionModel.Echo(element, 1, 5));

        call.Run([0, 1, 2, 3, 4]);

        Assert.Equal([0f, 1, 2, 3, 4], call.Output.ToArray());
    }

    [Theory]
    [InlineData(TensorElement.Int2, new[] { -2f, -1, 0, 1, 1 })]
    [InlineData(TensorElement.UInt2, new[] { 0f, 0, 0, 1, 3 })]
    [InlineData(TensorElement.Float8E8M0, new[] { 5.8774717541114375E-39f, 5.8774717541114375E-39f, 5.8774717541114375E-39f, 1, 4 })]
    public void The_narrowest_types_saturate(TensorElement element, float[] expected)
    {
        using ModelCall call = Bind(Plain, FunctionModel.Echo(element, 5));

        call.Run([-9, -1, 0, 1, 4]);

        Assert.Equal(expected, call.Output.ToArray());
    }

    [Theory]
    [InlineData(TensorElement.BFloat16)]
    [InlineData(TensorElement.Float8E5M2)]
    public void A_state_of_short_floats_starts_afresh_when_it_is_no_longer_finite(TensorElement element)
    {
        ModelSpec spec = new()
        {
            File = "m.onnx",
            Input = "x",
            Output = "y",
            State = [new StateSpec { Input = "memory", Output = "next", Initial = [1] }],
        };
        FunctionModel model = new(
            [new TensorInfo("x", TensorElement.Float32, [1]), new TensorInfo("memory", element, [1])],
            [new TensorInfo("y", TensorElement.Float32, [1]), new TensorInfo("next", element, [1])],
            self => self.Answer(1).Fill(0xFF));
        using ModelCall call = Bind(spec, model);
        byte[] initial = model.Input(1).ToArray();

        call.Run([0]);

        Assert.Equal(1, call.SpoiltStates);
        Assert.Equal(initial, model.Input(1).ToArray());
    }

    [Fact]
    public void Bool_is_true_for_everything_but_zero()
    {
        using ModelCall call = Bind(Plain, FunctionModel.Echo(TensorElement.Bool, 3));

        call.Run([0, -0.5f, 7]);

        Assert.Equal([0f, 1, 1], call.Output.ToArray());
    }

    // ONNX QuantizeLinear: saturate(round half to even(x / scale) + zero point).
    [Fact]
    public void Codes_are_rounded_half_to_even_and_saturate_and_nan_is_the_zero_point()
    {
        ModelSpec spec = Plain with
        {
            Quantization = new Dictionary<string, QuantizationSpec> { ["x"] = new(0.5, 3) },
        };
        FunctionModel model = FunctionModel.Echo(TensorElement.Int8, 6);
        using ModelCall call = Bind(spec, model);

        call.Run([0.25f, 0.75f, -100, 100, float.NaN, float.PositiveInfinity]);

        Assert.Equal([3, 5, -128, 127, 3, 127], MemoryMarshal.Cast<byte, sbyte>(model.Input(0)).ToArray().Select(code => (int)code));
    }

    [Fact]
    public void Codes_of_an_output_become_real_numbers_by_the_manifests_scale_before_the_models_own()
    {
        ModelSpec spec = Plain with
        {
            Quantization = new Dictionary<string, QuantizationSpec> { ["y"] = new(0.25, 128) },
        };
        FunctionModel model = new(
            [new TensorInfo("x", TensorElement.Float32, [1])],
            [new TensorInfo("y", TensorElement.UInt8, [2]) { Quantization = new QuantizationSpec(100, 0) }],
            self => { self.Answer(0)[0] = 130; self.Answer(0)[1] = 0; });
        using ModelCall call = Bind(spec, model);

        call.Run([0]);

        Assert.Equal([0.5f, -32], call.Output.ToArray());
    }

    [Fact]
    public void The_models_own_scale_holds_where_the_manifest_says_nothing()
    {
        FunctionModel model = new(
            [new TensorInfo("x", TensorElement.UInt8, [1]) { Quantization = new QuantizationSpec(0.1, 10) }],
            [new TensorInfo("y", TensorElement.Float32, [1])],
            _ => { });
        using ModelCall call = Bind(Plain, model);

        call.Run([2]);

        Assert.Equal(30, model.Input(0)[0]);
    }

    [Fact]
    public void Features_go_into_several_tensors_and_several_outputs_come_back_as_one_row()
    {
        ModelSpec spec = Plain with { Input = "a", Output = "sum", Outputs = ["sum", "b2"] };
        FunctionModel model = new(
            [new TensorInfo("b", TensorElement.Int32, [1, 2]), new TensorInfo("a", TensorElement.Float32, [])],
            [new TensorInfo("b2", TensorElement.Int32, [2]), new TensorInfo("sum", TensorElement.Float32, [])],
            self =>
            {
                Span<int> b = MemoryMarshal.Cast<byte, int>(self.Input(0));
                b.CopyTo(MemoryMarshal.Cast<byte, int>(self.Answer(0)));
                MemoryMarshal.Cast<byte, float>(self.Answer(1))[0] = MemoryMarshal.Cast<byte, float>(self.Input(1))[0] + b[0] + b[1];
            });
        using ModelCall call = ModelCall.Bind(spec, [new InputSlice("a", 0, 1), new InputSlice("b", 1, 2)], [model]);

        call.Run([0.5f, 20, 30]);

        Assert.Equal([50.5f, 20, 30], call.Output.ToArray());
        Assert.Equal([("sum", 0, 1), ("b2", 1, 2)], call.Outputs.Select(slice => (slice.Tensor, slice.Offset, slice.Length)));
    }

    [Fact]
    public void A_state_is_fed_back_after_every_run_and_starts_afresh_on_a_reset()
    {
        ModelSpec spec = Plain with
        {
            Constants = new Dictionary<string, IReadOnlyList<double>> { ["step"] = [10] },
            State = [new StateSpec { Input = "s", Output = "next", Initial = [100] }],
        };
        using ModelCall call = Bind(spec, Accumulator());

        float[] first = [Answer(call, 1), Answer(call, 2), Answer(call, 3)];
        call.Reset();
        float afterReset = Answer(call, 1);

        Assert.Equal([111f, 123, 136], first);
        Assert.Equal(111, afterReset);
    }

    [Fact]
    public void A_state_that_is_no_longer_finite_starts_afresh_and_is_counted()
    {
        ModelSpec spec = Plain with
        {
            Constants = new Dictionary<string, IReadOnlyList<double>> { ["step"] = [0] },
            State = [new StateSpec { Input = "s", Output = "next" }],
        };
        using ModelCall call = Bind(spec, Accumulator());

        float spoilt = Answer(call, float.NaN);
        float next = Answer(call, 4);

        Assert.True(float.IsNaN(spoilt));
        Assert.Equal(4, next);
        Assert.Equal(1, call.SpoiltStates);
    }

    // Members answer 1, 2, 6 times the input.
    [Theory]
    [InlineData("mean", new double[] { 1, 1, 1 }, new float[] { 9, -3 })]
    [InlineData("weighted_mean", new double[] { 3, 1, 1 }, new float[] { 6.6f, -2.2f })]
    [InlineData("max", new double[] { 1, 1, 1 }, new float[] { 18, -1 })]
    [InlineData("median", new double[] { 1, 1, 1 }, new float[] { 6, -2 })]
    public void Members_answer_together_element_by_element(string combine, double[] weights, float[] expected)
    {
        using ModelCall call = Ensemble(combine, weights, x => x, x => 2 * x, x => 6 * x);

        call.Run([3, -1]);

        Assert.Equal(expected, call.Output.ToArray(), (left, right) => Math.Abs(left - right) < 1e-6);
    }

    [Fact]
    public void The_median_of_an_even_number_of_members_is_the_mean_of_the_middle_two()
    {
        using ModelCall call = Ensemble("median", [1, 1, 1, 1], x => 10 * x, x => x, x => 2 * x, x => 4 * x);

        call.Run([1, -1]);

        Assert.Equal([3f, -3], call.Output.ToArray());
    }

    [Fact]
    public void A_vote_gives_each_members_weight_to_its_largest_element()
    {
        using ModelCall call = Ensemble("vote", [1, 1, 2], x => x, x => 5 * x, x => -x);

        call.Run([3, -1]);

        Assert.Equal([0.5f, 0.5f], call.Output.ToArray());
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("median")]
    [InlineData("max")]
    [InlineData("vote")]
    public void One_member_that_answers_nan_makes_the_answer_nan(string combine)
    {
        using ModelCall call = Ensemble(combine, [1, 1, 1], x => x, x => float.NaN, x => x);

        call.Run([3, -1]);

        Assert.All(call.Output.ToArray(), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Every_tensor_that_does_not_fit_is_named_at_once()
    {
        ModelSpec spec = Plain with
        {
            Outputs = ["y", "z"],
            Constants = new Dictionary<string, IReadOnlyList<double>> { ["step"] = [1, 2] },
            State = [new StateSpec { Input = "s", Output = "y64" }, new StateSpec { Input = "t", Output = "next" }],
        };
        FunctionModel model = new(
            [
                new TensorInfo("x", TensorElement.Float32, [1, 4]),
                new TensorInfo("step", TensorElement.Float32, [3]),
                new TensorInfo("s", TensorElement.Float32, [2]),
            ],
            [
                new TensorInfo("y", TensorElement.Text, [1]),
                new TensorInfo("next", TensorElement.Float32, [2]),
                new TensorInfo("y64", TensorElement.Float64, [2]),
            ],
            _ => { });

        ModelBindingException unfit = Assert.Throws<ModelBindingException>(
            () => ModelCall.Bind(spec, [new InputSlice("x", 0, 3)], [model]));

        Assert.Equal(
            [
                "model.input: 'x' has 4 elements and the pipeline makes 3",
                "model.constants[\"step\"]: has 2 values; 'step' float32 [3] takes 3, or 1 for all",
                "model.state[0].output: 'y64' is float64 [2] and 's' float32 [2]; a state goes back as it came, and open "
                    + "dimensions are settled by model.shapes",
                "model.state[1].input: the model has no 't'; it has 'x', 'step', 's'",
                "model.outputs: 'y' is string; a model on the sample path takes and gives numbers only",
                "model.outputs: the model has no 'z'; it has 'y', 'next', 'y64'",
            ],
            unfit.Mistakes);
    }

    [Fact]
    public void An_input_that_nothing_feeds_is_refused()
    {
        ModelBindingException unfit = Assert.Throws<ModelBindingException>(() => Bind(Plain, Accumulator()));

        Assert.Equal(
            [
                "model: its input 's' float32 [1] gets no values; name it in model.constants, in model.state, or let features go there",
                "model: its input 'step' float32 [] gets no values; name it in model.constants, in model.state, or let features go there",
            ],
            unfit.Mistakes);
    }

    [Fact]
    public void A_run_of_everything_at_once_allocates_nothing()
    {
        ModelSpec spec = Plain with
        {
            Constants = new Dictionary<string, IReadOnlyList<double>> { ["step"] = [1] },
            State = [new StateSpec { Input = "s", Output = "next" }],
            Members = [new MemberSpec { File = "a" }, new MemberSpec { File = "b" }],
            Combine = "median",
        };
        using ModelCall call = ModelCall.Bind(spec, [new InputSlice("x", 0, 1)], [Accumulator(), Accumulator()]);
        float[] features = [1];
        call.Run(features);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                call.Run(features);
            }
        }));
    }

    [Fact]
    public void Where_one_member_cannot_be_loaded_the_others_are_disposed_of_and_the_file_is_named()
    {
        ModelSpec spec = Plain with { Members = [new MemberSpec { File = "good" }, new MemberSpec { File = "bad" }] };
        FunctionModel good = FunctionModel.Echo(TensorElement.Float32, 1);

        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => ModelCall.Load(
            spec,
            [new InputSlice("x", 0, 1)],
            (file, _) => file == "good" ? good : throw new ModelLoadException("not a model"),
            new RunnerOptions()));

        Assert.Equal("bad: not a model", refused.Message);
        Assert.True(good.IsDisposed);
    }

    private static ModelCall Bind(ModelSpec spec, FunctionModel model) =>
        ModelCall.Bind(spec, [new InputSlice("x", 0, (int)model.Inputs[0].Count)], [model]);

    private static float Answer(ModelCall call, float x)
    {
        call.Run([x]);
        return call.Output[0];
    }

    // y = next = s + x + step
    private static FunctionModel Accumulator() => new(
        [
            new TensorInfo("x", TensorElement.Float32, [1]),
            new TensorInfo("s", TensorElement.Float32, [1]),
            new TensorInfo("step", TensorElement.Float32, []),
        ],
        [new TensorInfo("y", TensorElement.Float32, [1]), new TensorInfo("next", TensorElement.Float32, [1])],
        self =>
        {
            float sum = MemoryMarshal.Read<float>(self.Input(0)) + MemoryMarshal.Read<float>(self.Input(1))
                + MemoryMarshal.Read<float>(self.Input(2));
            MemoryMarshal.Write(self.Answer(0), sum);
            MemoryMarshal.Write(self.Answer(1), sum);
        });

    private static ModelCall Ensemble(string combine, double[] weights, params Func<float, float>[] members)
    {
        ModelSpec spec = Plain with
        {
            Members = [.. weights.Select((weight, i) => new MemberSpec { File = $"{i}", Weight = weight })],
            Combine = combine,
        };
        IModelRunner[] runners = [.. members.Select(member => new FunctionModel(
            [new TensorInfo("x", TensorElement.Float32, [2])],
            [new TensorInfo("y", TensorElement.Float32, [2])],
            self =>
            {
                Span<float> y = MemoryMarshal.Cast<byte, float>(self.Answer(0));
                MemoryMarshal.Cast<byte, float>(self.Input(0)).CopyTo(y);
                y[0] = member(y[0]);
                y[1] = member(y[1]);
            }))];
        return ModelCall.Bind(spec, [new InputSlice("x", 0, 2)], runners);
    }
}
