using System.Text;
using EdgeRuntime.Engine.Inference;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

public sealed class CsvFileTests
{
    [Theory]
    [InlineData("1,2,3\n4,5,6\n")]
    [InlineData("a,b,c\n1,2,3\n4,5,6")]
    [InlineData("\uFEFFa,b,c\r\n1, 2 ,3\r\n\r\n4,5,6\r\n")]
    public void Rows_and_columns_become_the_shape_with_a_header_or_without(string text)
    {
        Tensor tensor = ReadContent(".csv", Encoding.UTF8.GetBytes(text));

        Assert.Equal(TensorElement.Float64, tensor.Element);
        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], Values<double>(tensor));
        Assert.False(tensor.ShapeIsStated);
    }

    [Fact]
    public void What_is_not_finite_can_be_written_too()
    {
        Tensor tensor = ReadContent(".csv", "1e-3,nan,inf,-inf\n"u8.ToArray());

        Assert.Equal([1e-3, double.NaN, double.PositiveInfinity, double.NegativeInfinity], Values<double>(tensor));
    }

    [Theory]
    [InlineData("1,2\n3,x\n", "line 2, field 2: 'x' is not a number")]
    [InlineData("1,x\n3,4\n", "line 1, field 2: 'x' is not a number")]
    [InlineData("a,b\n1,2\n3\n", "line 3: has 1 fields, the lines before it have 2")]
    [InlineData("a,b,c\n1,2\n", "line 2: has 2 fields, the lines before it have 3")]
    [InlineData("1,,3\n", "line 1, field 2: '' is not a number")]
    [InlineData("a,b\n", "line 2: there are no numbers in this file")]
    [InlineData("", "line 1: there are no numbers in this file")]
    public void A_mistake_is_named_by_line_and_field(string text, string expected)
    {
        Assert.Equal(expected, Refusal(".csv", Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        Assert.Equal("line 1: this is not text", Refusal(".csv", [0xFF, 0xFE, 0x00]));
    }
}
