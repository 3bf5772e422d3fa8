using System.Text;
using EdgeRuntime.Engine.Inference;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

// The fixtures were written by NumPy 1.24 (Fixtures/tensors/make.py); the expected values are what was put in there.
public sealed class NpyFileTests
{
    [Fact]
    public void Floats_are_read_with_their_shape()
    {
        Tensor tensor = Read("float32_2x3.npy");

        Assert.Equal(TensorElement.Float32, tensor.Element);
        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal([1.5f, -2, float.NaN, float.PositiveInfinity, 0, 3], Values<float>(tensor));
    }

    [Fact]
    public void Column_major_arrays_become_row_major()
    {
        Tensor tensor = Read("float64_fortran_2x3x4.npy");

        Assert.Equal([2, 3, 4], tensor.Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (double)i), Values<double>(tensor));
    }

    [Fact]
    public void Big_endian_elements_become_little_endian()
    {
        Tensor tensor = Read("int16_big_endian.npy");

        Assert.Equal([1, -2, 300], Values<short>(tensor));
    }

    [Fact]
    public void Every_plain_type_keeps_its_values()
    {
        Assert.Equal([0, ulong.MaxValue], Values<ulong>(Read("uint64.npy")));
        Assert.Equal([(Half)0.1, Half.MinValue], Values<Half>(Read("float16.npy")));
        Assert.Equal([1, 0, 1], Values<byte>(Read("bool.npy")));
        Assert.Equal(TensorElement.Bool, Read("bool.npy").Element);
    }

    [Fact]
    public void A_scalar_has_no_dimensions_and_an_empty_array_no_values()
    {
        Tensor scalar = Read("scalar.npy");
        Tensor empty = Read("empty_0x3.npy");

        Assert.Empty(scalar.Shape);
        Assert.Equal([7], Values<sbyte>(scalar));
        Assert.Equal([0, 3], empty.Shape);
        Assert.True(empty.Bytes.IsEmpty);
    }

    [Fact]
    public void Both_kinds_of_text_lose_their_padding_only()
    {
        Tensor wide = Read("text_2x2.npy");
        Tensor narrow = Read("bytes_text.npy");

        Assert.Equal(TensorElement.Text, wide.Element);
        Assert.Equal([2, 2], wide.Shape);
        Assert.Equal(["left", "né", "", "a b"], wide.Strings);
        Assert.Equal(["go", "stop"], narrow.Strings);
    }

    [Theory]
    [InlineData("version2.npy")]
    [InlineData("version3.npy")]
    public void Later_versions_of_the_format_are_read(string name)
    {
        Assert.Equal([4, 5], Values<int>(Read(name)));
    }

    [Theory]
    [InlineData("complex.npy", "offset 20: elements of type '<c16' are no tensor a model takes")]
    [InlineData("records.npy", "offset 20: the header should have a quoted word here")]
    public void Types_that_no_model_takes_are_refused(string name, string expected)
    {
        string refusal = Refusal(".npy", File.ReadAllBytes(PathOf(name)));

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_with_one_sentence()
    {
        byte[] whole = File.ReadAllBytes(PathOf("float32_2x3.npy"));

        for (int length = 0; length < whole.Length; length++)
        {
            string refusal = Refusal(".npy", whole[..length]);

            Assert.StartsWith("offset ", refusal, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 4), "
        + "}", "is too large to be read")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "a size of 0 or more")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } # tail", "goes on after its closing brace")]
    [InlineData("{'descr': '<f4', 'shape': (2,), }", "no 'fortran_order'")]
    [InlineData("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,), }", "True or False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'extra': 1}", "unknown entry 'extra'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "elements of type '|O'")]
    [InlineData("{'descr': '<U2147483647', 'fortran_order': False, 'shape': (2,), }", "elements of type "
        + "'<U2147483647'")]
    [InlineData("no literal at all", "should have '{'")]
    public void A_header_that_is_wrong_is_refused_by_what_is_wrong_in_it(string header, string expected)
    {
        byte[] text = Encoding.ASCII.GetBytes(header);
        byte[] content = [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, 0, 0, 0, 0];

        string refusal = Refusal(".npy", content);

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_of_the_future_is_refused_by_its_number()
    {
        byte[] content = [0x93, .. "NUMPY"u8, 4, 0, 0, 0];

        Assert.Equal("offset 6: .npy version 4 is not known here; 1 to 3 are", Refusal(".npy", content));
    }
}
