using System.Text;
using EdgeRuntime.Engine.Inference;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference;

public sealed class InferenceResultTests
{
    [Fact]
    public void Outputs_stand_with_name_type_shape_and_values_on_one_line()
    {
        Tensor scores = Of(TensorElement.Float32, [1, 2], [0.1f, -2e20f]) with { Name = "scores" };
        Tensor words = new("word", TensorElement.Text, []) { Strings = ["né \"x\""] };

        string json = Json(new InferenceResult([scores, words], 12.3456));

        Assert.Equal(
            """{"outputs":[{"name":"scores","type":"float32","shape":[1,2],"values":[0.1,-2E+20]},"""
            + """{"name":"word","type":"string","shape":[],"values":["né \"x\""]}],"microseconds":12.346}"""
            + "\n",
            json);
    }

    [Fact]
    public void What_json_has_no_number_for_stands_as_text()
    {
        Tensor tensor = Of(TensorElement.Float64, [3], [double.NaN, double.PositiveInfinity, double.NegativeInfinity]);

        Assert.Contains("""["NaN","Infinity","-Infinity"]""", Json(new InferenceResult([tensor], 0)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_type_is_written_as_what_it_means()
    {
        AssertValues("[0.099975586,65504]", Of(TensorElement.Float16, [2], [(Half)0.1, Half.MaxValue]));
        AssertValues("[true,false]", Of(TensorElement.Bool, [2], [(byte)1, (byte)0]));
        AssertValues("[18446744073709551615]", Of(TensorElement.UInt64, [1], [ulong.MaxValue]));
        AssertValues("[-9223372036854775808]", Of(TensorElement.Int64, [1], [long.MinValue]));
        AssertValues("[0.1]", Of(TensorElement.Float64, [1], [0.1]));
        AssertValues("[1.5]", Of(TensorElement.BFloat16, [1], [(ushort)0x3FC0]));
        AssertValues("[1,15,3]", Of(TensorElement.UInt4, [3], [(byte)0xF1, (byte)0x03]));
        AssertValues("[1,-1,3]", Of(TensorElement.Int4, [3], [(byte)0xF1, (byte)0x03]));
        AssertValues("[2,1,0,3,1]", Of(TensorElement.UInt2, [5], [(byte)0xC6, (byte)0x01]));
        AssertValues("[-2,1,0,-1,1]", Of(TensorElement.Int2, [5], [(byte)0xC6, (byte)0x01]));
        AssertValues("[]", Of(TensorElement.Float32, [0, 3], Array.Empty<float>()));
    }

    // Largest, smallest and special values from ONNX, "Float stored in 8 bits" and "Float stored in 4 bits".
    [Fact]
    public void Floats_of_eight_and_four_bits_have_the_values_of_the_standard()
    {
        AssertValues("[448,0.001953125,\"NaN\"]", Of(TensorElement.Float8E4M3FN, [3], [(byte)0x7E, (byte)0x01, (byte)0xFF]));
        AssertValues("[240,\"NaN\"]", Of(TensorElement.Float8E4M3FNUZ, [2], [(byte)0x7F, (byte)0x80]));
        AssertValues(
            "[57344,\"Infinity\",\"NaN\",-0]",
            Of(TensorElement.Float8E5M2, [4], [(byte)0x7B, (byte)0x7C, (byte)0x7D, (byte)0x80]));
        AssertValues("[57344,\"NaN\"]", Of(TensorElement.Float8E5M2FNUZ, [2], [(byte)0x7F, (byte)0x80]));
        AssertValues("[0.5,-6]", Of(TensorElement.Float4E2M1, [2], [(byte)0xF1]));
        AssertValues("[1,0.5,\"NaN\"]", Of(TensorElement.Float8E8M0, [3], [(byte)127, (byte)126, (byte)255]));
    }

    private static void AssertValues(string expected, Tensor tensor) =>
        Assert.Contains($"\"values\":{expected}}}", Json(new InferenceResult([tensor], 1)), StringComparison.Ordinal);

    private static string Json(InferenceResult result)
    {
        using MemoryStream stream = new();
        result.WriteJson(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
