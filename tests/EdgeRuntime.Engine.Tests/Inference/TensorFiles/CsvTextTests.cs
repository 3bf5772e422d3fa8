using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

public sealed class CsvTextTests
{
    private static readonly TensorInfo Words = new("x", TensorElement.Text, [-1, -1]);

    // RFC 4180, section 2.
    [Fact]
    public void Fields_may_be_quoted_and_then_hold_commas_quotes_and_line_feeds()
    {
        Tensor tensor = Read("left,\"a, b\"\r\n\"say \"\"né\"\"\",\"two\nlines\"\n");

        Assert.Equal([2L, 2], tensor.Shape);
        Assert.Equal(["left", "a, b", "say \"né\"", "two\nlines"], tensor.Strings);
        Assert.False(tensor.ShapeIsStated);
    }

    [Fact]
    public void Empty_fields_are_empty_words_and_empty_lines_are_passed_over()
    {
        Assert.Equal(["", "b", "1.5", ""], Read("\n,b\n\n1.5,\n").Strings);
    }

    [Theory]
    [InlineData("a,b\nc\n", "line 2: has 1 fields, the lines before it have 2")]
    [InlineData("a\n\"b\nc", "line 2: a quote is opened and not closed")]
    [InlineData("\"a\"b", "line 1: a quoted field goes on after its closing quote")]
    [InlineData("\n\n", "line 1: there are no words in this file")]
    public void What_is_no_table_is_refused_with_its_line(string text, string reason)
    {
        string message = Assert.Throws<TensorFileException>(() => Read(text)).Message;

        Assert.EndsWith(reason, message, StringComparison.Ordinal);
    }

    private static Tensor Read(string text) =>
        ReadContent(".csv", System.Text.Encoding.UTF8.GetBytes(text), declared: Words);
}
