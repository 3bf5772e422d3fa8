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

    [Fact]
    public void A_number_that_a_shorter_float_would_make_infinite_is_refused_and_infinity_itself_is_not()
    {
        Tensor large = Of(TensorElement.Float64, [2], [1, 1e30]);
        Tensor endless = Of(TensorElement.Float64, [1], [double.NegativeInfinity]);

        Assert.Equal("value 1 is 1E+30, which float16 cannot hold", Refused(TensorElement.Float16, large));
        Assert.Equal("value 0 is 1E+300, which float32 cannot hold", Refused(TensorElement.Float32, Of(TensorElement.Float64, [1], [1e300])));
        Assert.Equal([Half.NegativeInfinity], Values<Half>(TensorCast.To(TensorElement.Float16, endless)));
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
    public void Text_is_not_converted()
    {
        Tensor text = new("", TensorElement.Text, [1]) { Strings = ["1"] };

        Assert.Equal("string values cannot become float32", Refused(TensorElement.Float32, text));
    }

    // Two or four to a byte, the first in the lowest bits (ONNX, onnx.proto3, TensorProto.raw_data).
    [Theory]
    [InlineData(TensorElement.Int4, -8, 7, 0x78, "value 0 is 8, which int4 cannot hold")]
    [InlineData(TensorElement.UInt4, 15, 1, 0x1F, "value 0 is 16, which uint4 cannot hold")]
    [InlineData(TensorElement.Int2, -2, 1, 0x06, "value 0 is 2, which int2 cannot hold")]
    [InlineData(TensorElement.UInt2, 3, 1, 0x07, "value 0 is 4, which uint2 cannot hold")]
    public void Whole_numbers_below_8_bits_are_packed_and_held_to_their_range(
        TensorElement wanted, int first, int second, int packed, string refusal)
    {
        Tensor given = Of(TensorElement.Float32, [2], [(float)first, second]);
        int tooLarge = (wanted is TensorElement.Int4 or TensorElement.Int2 ? second : first) + 1;

        Assert.Equal([(byte)packed], Values<byte>(TensorCast.To(wanted, given)));
        Assert.Equal(refusal, Refused(wanted, Of(TensorElement.Int32, [1], [tooLarge])));
    }

    // ONNX, "Float stored in 8 bits", Cast: 448 is the largest of E4M3FN, and what is above saturates.
    [Fact]
    public void Floats_of_8_bits_take_the_nearest_value_and_saturate()
    {
        Tensor given = Of(TensorElement.Float32, [4], [1f, -1.0625f, 1000, float.NaN]);

        Assert.Equal([0x38, 0xB8, 0x7E, 0x7F], Values<byte>(TensorCast.To(TensorElement.Float8E4M3FN, given)).Select(code => (int)code));
        Assert.Equal([0x72], Values<byte>(TensorCast.To(TensorElement.Float4E2M1, Of(TensorElement.Float64, [2], [1.0, 9]))).Select(code => (int)code));
    }

    private static string Refused(TensorElement wanted, Tensor given) =>
        Assert.Throws<TensorFileException>(() => TensorCast.To(wanted, given)).Message;
}
