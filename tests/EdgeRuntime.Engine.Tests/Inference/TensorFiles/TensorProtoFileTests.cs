using System.Text;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

// The fixtures were written by the onnx package 1.12 (Fixtures/tensors/make.py).
public sealed class TensorProtoFileTests
{
    [Fact]
    public void Raw_and_typed_floats_read_the_same()
    {
        Tensor typed = Read("float32_typed.pb");
        Tensor raw = Read("float32_raw.pb");

        Assert.Equal("x", typed.Name);
        Assert.Equal([3], typed.Shape);
        Assert.Equal([1, 3], raw.Shape);
        Assert.Equal([0.5f, -1, 2], Values<float>(typed));
        Assert.Equal([0.5f, -1, 2], Values<float>(raw));
    }

    [Fact]
    public void Every_typed_field_keeps_its_values()
    {
        Assert.Equal([0.1, -1e300], Values<double>(Read("float64_typed.pb")));
        Assert.Equal([-128, 0, 127], Values<sbyte>(Read("int8_typed.pb")));
        Assert.Equal([0, uint.MaxValue], Values<uint>(Read("uint32_typed.pb")));
        Assert.Equal([long.MinValue, long.MaxValue], Values<long>(Read("int64_typed.pb")));
        Assert.Equal([(Half)0.1, (Half)2], Values<Half>(Read("float16_typed.pb")));
        Assert.Equal([1, 0], Values<byte>(Read("bool_typed.pb")));
    }

    [Fact]
    public void Text_and_scalars_are_read()
    {
        Assert.Equal(["left", "né"], Read("text.pb").Strings);
        Assert.Empty(Read("scalar.pb").Shape);
        Assert.Equal([-5], Values<int>(Read("scalar.pb")));
    }

    // By the rule in onnx.proto3: two 4-bit values to an entry of int32_data, the first in the low half.
    [Fact]
    public void Four_bit_values_in_a_typed_field_are_packed_in_pairs()
    {
        byte[] content = [0x08, 3, 0x10, (byte)TensorElement.UInt4, 0x2A, 2, 0x21, 0x03];

        Tensor tensor = ReadContent(".pb", content);

        Assert.Equal([3], tensor.Shape);
        Assert.Equal([0x21, 0x03], tensor.Bytes.ToArray());
    }

    [Fact]
    public void Values_in_another_file_are_refused()
    {
        string refusal = Refusal(".pb", File.ReadAllBytes(PathOf("external.pb")));

        Assert.Contains("the values are kept outside this file", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("float32_raw.pb", "the values come last")]
    [InlineData("int64_typed.pb", "B\u0001x")]
    [InlineData("text.pb", "B\u0005words")]
    public void A_file_cut_inside_its_values_is_refused_with_one_sentence(string name, string lastField)
    {
        byte[] whole = File.ReadAllBytes(PathOf(name));

        // A name at the end may be missing, the file is whole without it; so cuts stop before it.
        int end = whole.AsSpan().IndexOf(Encoding.ASCII.GetBytes(lastField));
        for (int length = 0; length < (end < 0 ? whole.Length : end); length++)
        {
            Assert.NotEmpty(Refusal(".pb", whole[..length]));
        }
    }

    [Fact]
    public void Text_that_is_no_protobuf_is_refused()
    {
        string refusal = Refusal(".pb", "label,score\n"u8.ToArray());

        Assert.StartsWith("offset ", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 99 }, "data_type 99 is not one this program knows")]
    [InlineData(new byte[] { 0x08, 2 }, "no data_type is given")]
    [InlineData(new byte[] { 0x08, 5, 0x10, 1, 0x4A, 4, 0, 0, 0, 0 }, "dims [5] of float32 is 5 elements, the file "
        + "holds 4 bytes")]
    [InlineData(new byte[] { 0x08, 1, 0x10, 7, 0x2A, 1, 3 }, "stand in field 5 of TensorProto, its data_type demands "
        + "field 7")]
    public void Contradictions_are_refused_by_what_contradicts(byte[] content, string expected)
    {
        Assert.Contains(expected, Refusal(".pb", content), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_260_101)]
    public void No_bytes_whatever_lead_to_anything_but_a_tensor_or_a_sentence(int seed)
    {
        Random random = new(seed);
        byte[] whole = File.ReadAllBytes(PathOf("float32_typed.pb"));
        string path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.pb");
        for (int round = 0; round < 2000; round++)
        {
            byte[] broken = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, broken);
            Exception? thrown = Record.Exception(
                () => TensorFile.Read(path, new RawFormat(), AnyFloats));

            bool accepted = thrown is null or TensorFileException;
            Assert.True(accepted, $"seed {seed}, round {round}, {Convert.ToHexString(broken)}: {thrown}");
        }

        File.Delete(path);
    }
}
