using System.Text;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Tests;

public sealed class InferCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [LibraryFact]
    public void The_result_is_one_json_object_on_one_line()
    {
        string model = File("relu.onnx", ModelBytes.Relu(3));
        string input = Csv("x.csv", "1,-2,0.5");

        InferRun run = InferRun.Of(model, "--input", input);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.StartsWith(
            """{"outputs":[{"name":"y","type":"float32","shape":[1,3],"values":[1,0,0.5]}],"microseconds":""",
            run.Output,
            StringComparison.Ordinal);
        Assert.EndsWith("}\n", run.Output, StringComparison.Ordinal);
        Assert.True(run.Json.GetProperty("microseconds").GetDouble() >= 0);
    }

    [LibraryFact]
    public void Files_go_to_the_inputs_in_order_or_by_name()
    {
        string model = File("sub.onnx", Subtraction());
        string ten = Csv("ten.csv", "10");
        string one = Csv("one.csv", "1");

        Assert.Equal([9], InferRun.Of(model, "--input", ten, one).Values());
        Assert.Equal([9], InferRun.Of(model, "--input", ten, "--input", one).Values());
        Assert.Equal([9], InferRun.Of(model, $"--input=b={one}", $"--input=a={ten}").Values());
        Assert.Equal([-9], InferRun.Of(model, "--input", $"b={ten}", one).Values());
    }

    [LibraryFact]
    public void Raw_bytes_become_floats_by_scale_and_zero_point()
    {
        string model = File("relu.onnx", ModelBytes.Relu(3));
        string input = File("x.bin", [83, 85, 82]);

        InferRun run = InferRun.Of(
            model, "--input", input, "--dtype", "int8", "--shape", "1,3", "--scale", "0.25", "--zero-point", "83");

        Assert.Equal([0, 0.5, 0], run.Values());
    }

    [LibraryFact]
    public void Repeated_runs_answer_the_same_once()
    {
        string model = File("relu.onnx", ModelBytes.Relu(1));

        InferRun run = InferRun.Of(model, "--input", Csv("x.csv", "4"), "--repeat", "5");

        Assert.Equal([4], run.Values());
    }

    [LibraryFact]
    public void Inputs_that_are_missing_or_too_many_are_named_with_what_the_model_takes()
    {
        string model = File("sub.onnx", Subtraction());
        string one = Csv("one.csv", "1");
        const string Takes = "the model takes 'a' float32 [1], 'b' float32 [1]";

        Assert.Equal($"no file is given for input 'a'; {Takes}", InferRun.Of(model).Refused(65));
        Assert.Equal($"no file is given for input 'b'; {Takes}", InferRun.Of(model, "--input", one).Refused(65));
        Assert.Equal(
            $"{one}: is one input file too many; {Takes}", InferRun.Of(model, "--input", one, one, one).Refused(65));
        Assert.Equal(
            $"c={one}: the model has no input of that name; {Takes}",
            InferRun.Of(model, "--input", $"c={one}", one).Refused(65));
        Assert.Equal("input 'a' is given twice", InferRun.Of(model, "--input", $"a={one}", $"a={one}").Refused(65));
    }

    [LibraryFact]
    public void A_size_that_does_not_fit_names_both_shapes()
    {
        string model = File("relu.onnx", ModelBytes.Relu(3));
        string input = Csv("x.csv", "1,2");

        string sentence = InferRun.Of(model, "--input", input).Refused(65);

        Assert.Equal($"{input}: input 'x' expects float32 [1, 3], given is float64 [1, 2]", sentence);
    }

    [LibraryFact]
    public void A_file_that_is_no_model_is_refused_by_name()
    {
        string model = File("m.onnx", Encoding.ASCII.GetBytes("hello"));

        Assert.StartsWith($"{model}: ", InferRun.Of(model).Refused(65), StringComparison.Ordinal);
        Assert.Equal("no-such.onnx: there is no such file", InferRun.Of("no-such.onnx").Refused(65));
        Assert.Equal($"{_directory}: is a directory, not a model", InferRun.Of(_directory).Refused(65));
    }

    [LibraryFact]
    public void Values_that_a_model_keeps_in_a_file_beside_it_are_read_from_there()
    {
        byte[] bytes = new ModelBytes()
            .Node("Add", ["x", "w"], ["y"])
            .Input("x", TensorElement.Float32, 2)
            .External("w", [2], "w.data", offset: 4, length: 8)
            .Output("y", TensorElement.Float32, 2)
            .Build();
        string model = File("m.onnx", bytes);
        string input = Csv("x.csv", "1,2");

        Assert.Equal(
            $"{model}: the values of its tensor 'w' are kept in 'w.data', which is not beside the model; bring both files",
            InferRun.Of(model, "--input", input).Refused(65));
        File("w.data", [0, 0, 0, 0, .. BitConverter.GetBytes(10f), .. BitConverter.GetBytes(20f)]);
        Assert.Equal([11, 22], InferRun.Of(model, "--input", input).Values());
    }

    [LibraryFact]
    public void A_name_with_a_line_feed_in_it_does_not_break_the_sentence()
    {
        string model = File("odd.onnx", new ModelBytes()
            .Node("Relu", ["x\ny"], ["y"])
            .Input("x\ny", TensorElement.Float32, 1)
            .Output("y", TensorElement.Float32, 1)
            .Build());

        Assert.Equal(
            "no file is given for input 'x\uFFFDy'; the model takes 'x\uFFFDy' float32 [1]", InferRun.Of(model).Refused(65));
        Assert.Equal([3], InferRun.Of(model, "--input", Csv("x.csv", "3")).Values());
    }

    [LibraryFact]
    public void A_model_without_outputs_is_refused()
    {
        string model = File("none.onnx", new ModelBytes().Node("Relu", ["x"], ["y"]).Input("x", TensorElement.Float32, 1).Build());

        Assert.Equal(
            $"{model}: the model has no outputs, so there is nothing to compute",
            InferRun.Of(model, "--input", Csv("x.csv", "3")).Refused(65));
    }

    [Theory]
    [InlineData("no model is given", "--input", "x.npy")]
    [InlineData("one model is run, but 2 files stand before --input: a.onnx, b.onnx", "a.onnx", "b.onnx")]
    [InlineData("--colour is not an option of infer", "a.onnx", "--colour")]
    [InlineData("--dtype needs a value after it", "a.onnx", "--dtype")]
    [InlineData("--dtype int7: is not a type", "a.onnx", "--dtype", "int7")]
    [InlineData("--dtype string: is not a type", "a.onnx", "--dtype", "string")]
    [InlineData("--shape 1,x: give sizes", "a.onnx", "--shape", "1,x")]
    [InlineData("--shape 70000,70000: give sizes", "a.onnx", "--shape", "70000,70000")]
    [InlineData("--scale fast: is not a number", "a.onnx", "--scale", "fast")]
    [InlineData("--repeat 0: give a whole number from 1", "a.onnx", "--repeat", "0")]
    public void Wrong_words_end_with_the_usage_code_and_the_word_that_is_wrong(string expected, params string[] words)
    {
        Assert.Contains(expected, InferRun.Of(words).Refused(64), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_is_no_error()
    {
        using MemoryStream output = new();
        using StringWriter errors = new();

        int code = InferCommand.Run(["--help"], output, errors, TimeProvider.System);

        Assert.Equal(0, code);
        Assert.StartsWith("usage: infer MODEL", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    private static byte[] Subtraction() => new ModelBytes()
        .Node("Sub", ["a", "b"], ["c"])
        .Input("a", TensorElement.Float32, 1)
        .Input("b", TensorElement.Float32, 1)
        .Output("c", TensorElement.Float32, 1)
        .Build();

    private string Csv(string name, string text) => File(name, Encoding.ASCII.GetBytes(text));

    private string File(string name, byte[] content)
    {
        string path = Path.Combine(_directory, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    // 1 + 2, then 3 + 4 with the total before, then 5 and a zero: means over both elements with gain 10.
    [LibraryFact]
    public void A_recording_is_fed_chunk_by_chunk_with_its_state_and_one_line_is_printed_for_each()
    {
        string recording = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.csv");
        System.IO.File.WriteAllText(recording, "1,2,3,4,5\n");
        string model = Path.Combine(Surroundings.Root, "tests", "EdgeRuntime.Onnx.Tests", "Fixtures", "accumulator.onnx");

        InferRun run = InferRun.Of(
            model, "--input", recording, "--chunk", "2", "--state", "total=total_next", "--set", "gain=10");
        System.IO.File.Delete(recording);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        double[] means =
        [
            .. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => new InferRun(0, line, "").Values()[0]),
        ];
        Assert.Equal([15, 50, 75], means);
    }

    [LibraryFact]
    public void A_recording_for_a_model_with_inputs_left_over_is_refused_with_their_names()
    {
        string model = Path.Combine(Surroundings.Root, "tests", "EdgeRuntime.Onnx.Tests", "Fixtures", "accumulator.onnx");

        InferRun run = InferRun.Of(model, "--input", "none.csv", "--chunk", "2", "--set", "gain=10");

        Assert.Equal(
            $"{model}: the inputs 'x', 'total' are left; give the recording as name=FILE, the others with --set or --state",
            run.Refused(65));
    }

    [Theory]
    [InlineData("--chunk 0: give a whole number", "--chunk", "0")]
    [InlineData("--context 5: give a whole number from 0 to 4", "--chunk", "4", "--context", "5")]
    [InlineData("--state s: give the input and the output", "--chunk", "4", "--state", "s")]
    [InlineData("--set sr=fast: give an input and numbers", "--chunk", "4", "--set", "sr=fast")]
    [InlineData("--context, --state and --set are for recordings; give --chunk too", "--set", "sr=1")]
    public void Wrong_words_about_a_recording_end_with_the_usage_code(string expected, params string[] words)
    {
        InferRun run = InferRun.Of(["m.onnx", "--input", "r.csv", .. words]);

        Assert.StartsWith(expected, run.Refused(64), StringComparison.Ordinal);
    }
}
