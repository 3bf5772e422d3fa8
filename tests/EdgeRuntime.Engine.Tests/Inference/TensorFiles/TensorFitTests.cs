using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

public sealed class TensorFitTests
{
    [Fact]
    public void Doubles_become_the_floats_that_the_model_declares()
    {
        TensorInfo declared = new("input", TensorElement.Float32, [1, 2]);

        Tensor fitted = TensorFit.To(declared, Of(TensorElement.Float64, [1, 2], [0.1, -2.0]));

        Assert.Equal("input", fitted.Name);
        Assert.Equal([0.1f, -2f], Values<float>(fitted));
    }

    [Theory]
    [InlineData(new long[] { 6 }, new long[] { 1, 6 }, new long[] { 1, 6 })]
    [InlineData(new long[] { 1, 6, 1 }, new long[] { 6 }, new long[] { 6 })]
    [InlineData(new long[] { 2, 3 }, new long[] { 1, 6 }, new long[] { 1, 6 })]
    [InlineData(new long[] { 6 }, new long[] { -1, -1 }, new long[] { 1, 6 })]
    [InlineData(new long[] { 6 }, new long[] { -1, 3 }, new long[] { 2, 3 })]
    [InlineData(new long[] { 6, 3 }, new long[] { -1, 3 }, new long[] { 6, 3 })]
    [InlineData(new long[] { 1 }, new long[] { }, new long[] { })]
    public void Shapes_that_keep_the_order_of_the_values_are_accepted(long[] given, long[] declared, long[] expected)
    {
        Tensor tensor = Of(TensorElement.Float32, given, new float[Tensor.CountOf(given)]);

        Tensor fitted = TensorFit.To(new TensorInfo("x", TensorElement.Float32, declared), tensor);

        Assert.Equal(expected, fitted.Shape);
    }

    [Theory]
    [InlineData(new long[] { 5 }, new long[] { 1, 6 }, "input 'x' expects float32 [1, 6], given is float32 [5]")]
    [InlineData(new long[] { 3, 2 }, new long[] { 2, 3 }, "input 'x' expects float32 [2, 3], given is float32 [3, 2]")]
    [InlineData(new long[] { 7 }, new long[] { -1, 3 }, "input 'x' expects float32 [?, 3], given is float32 [7]")]
    public void A_shape_that_does_not_fit_is_refused_with_both_shapes(long[] given, long[] declared, string expected)
    {
        Tensor tensor = Of(TensorElement.Float32, given, new float[Tensor.CountOf(given)]);

        TensorFileException refused = Assert.Throws<TensorFileException>(
            () => TensorFit.To(new TensorInfo("x", TensorElement.Float32, declared), tensor));

        Assert.Equal(expected, refused.Message);
    }

    [Fact]
    public void A_table_fits_any_shape_of_as_many_values()
    {
        Tensor table = Of(TensorElement.Float64, [4, 3], new double[12]) with { ShapeIsStated = false };

        Tensor fitted = TensorFit.To(new TensorInfo("x", TensorElement.Float32, [1, 2, 6]), table);

        Assert.Equal([1, 2, 6], fitted.Shape);
    }
}
