using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Tests;

/// <summary>Kinds of models as people export them, through the seam that the sample path calls. Made by make_models.py.</summary>
public sealed class ModelKindTests
{
    // By hand from the leaves in make_models.py: the mean of the two trees' shares.
    [LibraryTheory]
    [InlineData("forest_int64_labels.onnx")]
    [InlineData("forest_string_labels.onnx")]
    public void A_forest_as_scikit_learn_exports_it_gives_its_probabilities_whatever_its_labels_are(string file)
    {
        using ModelCall call = Load(file, "X", "probabilities", 2);

        Assert.Equal([0.7f, 0.3f], Answer(call, 0, 0), new Within(1e-6));
        Assert.Equal([0.45f, 0.55f], Answer(call, 1, 2), new Within(1e-6));
        Assert.Equal([0.1f, 0.9f], Answer(call, 1, 3), new Within(1e-6));
    }

    [LibraryFact]
    public void A_forest_of_three_classes_gives_label_and_probabilities_as_one_row()
    {
        byte[] model = File.ReadAllBytes(Fixture("forest_three_classes.onnx"));
        using ModelCall call = ModelCall.Load(
            new ModelSpec { File = "m.onnx", Input = "X", Output = "label", Outputs = ["label", "probabilities"] },
            [new InputSlice("X", 0, 2)],
            (_, options) => Surroundings.Environment.Load(model, options),
            new RunnerOptions());

        Assert.Equal([10, 0.7f, 0.3f, 0], Answer(call, 0, 0), new Within(1e-6));
        Assert.Equal([30, 0.1f, 0.3f, 0.6f], Answer(call, 1, 3), new Within(1e-6));
    }

    [LibraryFact]
    public void Probabilities_behind_a_zipmap_are_refused_with_how_to_export_them_without()
    {
        string refusal = Assert.Throws<ModelLoadException>(
            () => Load("forest_zipmap.onnx", "X", "output_probability", 2)).Message;

        Assert.Equal(
            "m.onnx: output 'output_probability' is a sequence; only models whose inputs and outputs are tensors can be run; "
                + "export it without ZipMap: options={'zipmap': False} in skl2onnx, zipmap=False in onnxmltools",
            refusal);
    }

    [LibraryFact]
    public void The_label_alone_of_a_forest_with_zipmap_can_be_read()
    {
        using ModelCall call = Load("forest_zipmap.onnx", "X", "label", 2);

        Assert.Equal(0, Answer(call, 0, 0)[0]);
        Assert.Equal(1, Answer(call, 1, 3)[0]);
    }

    [LibraryFact]
    public void Labels_that_are_text_are_refused_as_the_output_of_the_sample_path()
    {
        string refusal = Assert.ThrowsAny<Exception>(() => Load("forest_string_labels.onnx", "X", "label", 2)).Message;

        Assert.Equal(
            "m.onnx: output 'label' is string; a model on the sample path takes and gives numbers only", refusal);
    }

    // Logistic function of the sum of leaves: 1 / (1 + e^2), 1 / (1 + e^-0.5), 1 / (1 + e^-3).
    [LibraryFact]
    public void A_classifier_as_lightgbm_exports_it_gives_both_probabilities()
    {
        using ModelCall call = Load("lightgbm_binary.onnx", "input", "probabilities", 2);

        Assert.Equal([0.880797f, 0.119203f], Answer(call, 0, 0), new Within(1e-5));
        Assert.Equal([0.377541f, 0.622459f], Answer(call, 1, 2), new Within(1e-5));
        Assert.Equal([0.047426f, 0.952574f], Answer(call, 1, 3), new Within(1e-5));
    }

    [LibraryFact]
    public void A_regressor_as_lightgbm_exports_it_adds_its_leaves()
    {
        using ModelCall call = Load("lightgbm_regressor.onnx", "input", "variable", 2);

        Assert.Equal([11f], Answer(call, 0, 0));
        Assert.Equal([33f], Answer(call, 1, 3));
    }

    // x W with W = [[0.1, -0.2], [0.3, 0.4]]; steps of 0.05 in and 0.1 out.
    [LibraryTheory]
    [InlineData("qdq_int8.onnx")]
    [InlineData("qoperator_uint8.onnx")]
    public void A_quantized_model_takes_and_gives_real_numbers_by_its_own_scales(string file)
    {
        using ModelCall call = Load(file, "x", "y", 2);

        Assert.Equal([0.7f, 0.6f], Answer(call, 1, 2), new Within(1e-5));
        Assert.Equal([-0.5f, 1f], Answer(call, -5, 0), new Within(1e-5));
    }

    [LibraryFact]
    public void A_model_in_half_precision_takes_and_gives_float32()
    {
        using ModelCall call = Load("float16.onnx", "x", "y", 2);

        Assert.Equal([8.5f, 0f], Answer(call, 1, 4), new Within(1e-6));
        Assert.Equal([0.5f, 0f], Answer(call, 1, 0), new Within(1e-6));
    }

    // relu([1, 4] [[0.5, -1], [2, 0.25]]) = [8.5, 0]; an open batch dimension takes what the row holds.
    [LibraryFact]
    public void An_open_dimension_is_settled_by_the_number_of_features()
    {
        ModelSpec spec = new() { File = "m.onnx", Input = "x", Output = "y" };
        byte[] model = File.ReadAllBytes(Fixture("float16.onnx"));

        using ModelCall call = ModelCall.Load(
            spec, [new InputSlice("x", 0, 4)], (_, options) => Surroundings.Environment.Load(model, options), new RunnerOptions());

        Assert.Equal([2L, 2], call.Outputs[0].Shape);
        Assert.Equal([8.5f, 0, 0.5f, 0], Answer(call, 1, 4, 1, 0), new Within(1e-6));
    }

    [LibraryFact]
    public void A_stateful_model_runs_with_a_scalar_constant_and_its_state_fed_back()
    {
        ModelSpec spec = new()
        {
            File = "m.onnx",
            Input = "x",
            Output = "mean",
            Constants = new Dictionary<string, IReadOnlyList<double>> { ["gain"] = [2] },
            State = [new StateSpec { Input = "total", Output = "total_next", Initial = [10, 20] }],
        };
        byte[] model = File.ReadAllBytes(Fixture("accumulator.onnx"));
        using ModelCall call = ModelCall.Load(
            spec, [new InputSlice("x", 0, 2)], (_, options) => Surroundings.Environment.Load(model, options), new RunnerOptions());

        float[] first = [Answer(call, 1, 1)[0], Answer(call, 1, 1)[0]];
        call.Reset();

        Assert.Equal([17f, 19], first);
        Assert.Equal([17f], Answer(call, 1, 1));
    }

    [LibraryFact]
    public void Runs_of_a_stateful_model_allocate_nothing()
    {
        ModelSpec spec = new()
        {
            File = "m.onnx",
            Input = "x",
            Output = "mean",
            Constants = new Dictionary<string, IReadOnlyList<double>> { ["gain"] = [1] },
            State = [new StateSpec { Input = "total", Output = "total_next" }],
        };
        byte[] model = File.ReadAllBytes(Fixture("accumulator.onnx"));
        using ModelCall call = ModelCall.Load(
            spec, [new InputSlice("x", 0, 2)], (_, options) => Surroundings.Environment.Load(model, options), new RunnerOptions());
        float[] features = [1, 2];
        call.Run(features);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                call.Run(features);
            }
        }));
    }

    private static ModelCall Load(string file, string input, string output, int features)
    {
        byte[] model = File.ReadAllBytes(Fixture(file));
        return ModelCall.Load(
            new ModelSpec { File = "m.onnx", Input = input, Output = output },
            [new InputSlice(input, 0, features)],
            (_, options) => Surroundings.Environment.Load(model, options),
            new RunnerOptions());
    }

    private static float[] Answer(ModelCall call, params float[] features)
    {
        call.Run(features);
        return call.Output.ToArray();
    }

    private static string Fixture(string name) =>
        Path.Combine(Surroundings.Root, "tests", "EdgeRuntime.Onnx.Tests", "Fixtures", name);

    private sealed class Within(double tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float value) => 0;
    }
}
