using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Tests;

public sealed class OnnxModelTests
{
    [LibraryFact]
    public void Shapes_may_differ_from_run_to_run()
    {
        using OnnxModel model = Read(new ModelBytes()
            .Node("Concat", ["a", "b"], ["c"], "", ("axis", 0))
            .Input("a", TensorElement.Int64, -1)
            .Input("b", TensorElement.Int64, -1)
            .Output("c", TensorElement.Int64, -1));

        Tensor first = Assert.Single(model.Run([Longs("a", 1), Longs("b", 2, 3)]).Outputs);
        Tensor second = Assert.Single(model.Run([Longs("b", 5), Longs("a", 7, 8, 9)]).Outputs);

        Assert.Equal([3], first.Shape);
        Assert.Equal([1, 2, 3], Values(first));
        Assert.Equal([7, 8, 9, 5], Values(second));
    }

    [LibraryFact]
    public void Text_goes_in_and_comes_out_unchanged()
    {
        using OnnxModel model = Read(new ModelBytes()
            .Node("Identity", ["x"], ["y"])
            .Input("x", TensorElement.Text, -1)
            .Output("y", TensorElement.Text, -1));
        string[] words = ["left", "", "né", "a b"];

        Tensor output = Assert.Single(model.Run([new Tensor("x", TensorElement.Text, [4]) { Strings = words }]).Outputs);

        Assert.Equal(words, output.Strings);
    }

    [LibraryFact]
    public void Text_with_a_zero_in_it_is_refused_rather_than_cut()
    {
        using OnnxModel model = Read(new ModelBytes()
            .Node("Identity", ["x"], ["y"])
            .Input("x", TensorElement.Text, 1)
            .Output("y", TensorElement.Text, 1));
        Tensor given = new("x", TensorElement.Text, [1]) { Strings = ["a\0b"] };

        InferenceException refused = Assert.Throws<InferenceException>(() => model.Run([given]));

        Assert.Contains("string 0 has a zero character", refused.Message, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void An_output_may_be_empty()
    {
        using OnnxModel model = Read(new ModelBytes()
            .Node("NonZero", ["x"], ["y"])
            .Input("x", TensorElement.Int64, 2)
            .Output("y", TensorElement.Int64, 1, -1));

        Tensor output = Assert.Single(model.Run([Longs("x", 0, 0)]).Outputs);

        Assert.Equal([1, 0], output.Shape);
        Assert.True(output.Bytes.IsEmpty);
    }

    [LibraryFact]
    public void Defaults_of_the_model_can_be_replaced_by_name()
    {
        using OnnxModel model = Read(new ModelBytes()
            .Node("Add", ["x", "w"], ["y"])
            .Input("x", TensorElement.Float32, 1)
            .Input("w", TensorElement.Float32, 1)
            .Floats("w", [1], 10)
            .Output("y", TensorElement.Float32, 1));
        Tensor one = new("x", TensorElement.Float32, [1]) { Bytes = BitConverter.GetBytes(1f) };

        Tensor usual = Assert.Single(model.Run([one]).Outputs);
        Tensor replaced = Assert.Single(model.Run([one, one with { Name = "w" }]).Outputs);

        Assert.Equal("w", Assert.Single(model.OptionalInputs).Name);
        Assert.Equal(11f, BitConverter.ToSingle(usual.Bytes.Span));
        Assert.Equal(2f, BitConverter.ToSingle(replaced.Bytes.Span));
    }

    [LibraryFact]
    public void Values_the_graph_cannot_take_fail_with_the_operator_and_its_reason()
    {
        using OnnxModel model = Read(new ModelBytes()
            .Node("Reshape", ["x", "s"], ["y"])
            .Input("x", TensorElement.Int64, -1)
            .Longs("s", 2, 2)
            .Output("y", TensorElement.Int64, 2, 2));

        InferenceException failure = Assert.Throws<InferenceException>(() => model.Run([Longs("x", 1, 2, 3)]));

        Assert.StartsWith("operator Reshape failed: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("{3}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    // Types that the package has no name for are carried all the same. Codes from ONNX, "Float stored in 8 bits",
    // "4 bit integer types" and "2 bit integer types".
    [LibraryTheory]
    [InlineData(TensorElement.Float8E4M3FN, 10, 19, 0x38, 0xC0)]
    [InlineData(TensorElement.Float8E5M2, 10, 19, 0x3C, 0xC0)]
    [InlineData(TensorElement.Int4, 10, 21, 0xE1)]
    [InlineData(TensorElement.UInt4, 10, 21, 0x01)]
    [InlineData(TensorElement.Int2, 13, 25, 0x09)]
    [InlineData(TensorElement.UInt2, 13, 25, 0x01)]
    public void The_shortest_types_go_in_and_come_out(TensorElement element, int irVersion, int opset, params int[] codes)
    {
        byte[] down = new ModelBytes()
            .Node("Cast", ["x"], ["y"], "", ("to", (long)element))
            .Input("x", TensorElement.Float32, 2)
            .Output("y", element, 2)
            .Build(irVersion, opset);
        byte[] up = new ModelBytes()
            .Node("Cast", ["x"], ["y"], "", ("to", (long)TensorElement.Float32))
            .Input("x", element, 2)
            .Output("y", TensorElement.Float32, 2)
            .Build(irVersion, opset);
        float second = element is TensorElement.UInt4 or TensorElement.UInt2 ? 0 : -2;

        using OnnxModel giving = Surroundings.Environment.Read(down, new RunnerOptions());
        using OnnxModel taking = Surroundings.Environment.Read(up, new RunnerOptions());
        using IModelRunner bound = Surroundings.Environment.Load(down, new RunnerOptions());
        byte[] real = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(second)];
        Tensor given = Assert.Single(giving.Run([new Tensor("x", TensorElement.Float32, [2]) { Bytes = real }]).Outputs);
        Tensor back = Assert.Single(taking.Run([given with { Name = "x" }]).Outputs);
        real.CopyTo(bound.Input(0));
        bound.Run();

        Assert.Equal(codes, given.Bytes.ToArray().Select(code => (int)code));
        Assert.Equal(codes, bound.Output(0).ToArray().Select(code => (int)code));
        Assert.Equal((element, element), (given.Element, bound.Outputs[0].Element));
        Assert.Equal(real, back.Bytes.ToArray());
    }

    private static OnnxModel Read(ModelBytes model) => Surroundings.Environment.Read(model.Build(), new RunnerOptions());

    private static Tensor Longs(string name, params long[] values) =>
        new(name, TensorElement.Int64, [values.Length]) { Bytes = MemoryMarshal.AsBytes<long>(values).ToArray() };

    private static long[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.Bytes.Span).ToArray();
}
