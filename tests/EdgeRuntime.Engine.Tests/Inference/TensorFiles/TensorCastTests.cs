using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

public sealed class TensorCastTests
{
    [Fact]
    public void Whole_numbers_keep_their_value_to_the_last_of_64_bits()
    {
        Tensor given = Of(TensorElement.UInt64, [2], [ulong.MaxValue, 1UL]);

        Tensor same = TensorCast.To(TensorElement.UInt64, given);
        TensorFileException refused = Assert.Throws<TensorFileException>(() => TensorCast.To(TensorElement.Int64, given));

        Assert.Same(given, same);
        Assert.Equal("value 0 is 18446744073709551615, which int64 cannot hold", refused.Message);
    }

    [Fact]
    public void Floats_become_whole_numbers_only_where_they_are_whole()
    {
        Tensor whole = Of(TensorElement.Float64, [3], [-128.0, 0, 127]);
        Tensor broken = Of(TensorElement.Float64, [2], [1, 0.5]);
        Tensor large = Of(TensorElement.Float64, [1], [128.0]);
        Tensor none = Of(TensorElement.Float32, [1], [float.NaN]);

        Assert.Equal([-128, 0, 127], Values<sbyte>(TensorCast.To(TensorElement.Int8, whole)));
        Assert.Equal("value 1 is 0.5, which int32 cannot hold", Refused(TensorElement.Int32, broken));
        Assert.Equal("value 0 is 128, which int8 cannot hold", Refused(TensorElement.Int8, large));
        Assert.Equal("value 0 is NaN, which uint8 cannot hold", Refused(TensorElement.UInt8, none));
    }

    // Patterns from the definition of bfloat16: the upper half of a float32, rounded to even.
    [Theory]
    [InlineData(1.0f, 0x3F80)]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    public void Brain_floats_round_to_even(float value, int pattern)
    {
        Tensor cast = TensorCast.To(TensorElement.BFloat16, Of(TensorElement.Float32, [1], [value]));

        Assert.Equal([(ushort)pattern], Values<ushort>(cast));
    }

    [Fact]
    public void Text_and_packed_types_are_not_converted()
    {
        Tensor text = new("", TensorElement.Text, [1]) { Strings = ["1"] };

        Assert.Equal("string values cannot become float32", Refused(TensorElement.Float32, text));
        Assert.Equal("float32 values cannot become "
            + "int4", Refused(TensorElement.Int4, Of(TensorElement.Float32, [1], [1f])));
    }

    private static string Refused(TensorElement wanted, Tensor given) =>
        Assert.Throws<TensorFileException>(() => TensorCast.To(wanted, given)).Message;
}
