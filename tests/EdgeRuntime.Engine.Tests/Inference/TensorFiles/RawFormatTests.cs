using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using static EdgeRuntime.Engine.Tests.Inference.TensorFiles.TensorFixture;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

public sealed class RawFormatTests
{
    [Fact]
    public void A_scale_and_a_zero_point_make_real_numbers_of_stored_steps()
    {
        RawFormat raw = new() { Element = TensorElement.Int8, Shape = [1, 3], Scale = 0.5, ZeroPoint = 83 };

        Tensor tensor = ReadContent(".bin", [83, 127, 0x80], raw);

        Assert.Equal(TensorElement.Float32, tensor.Element);
        Assert.Equal([1, 3], tensor.Shape);
        Assert.Equal([0, 22, -105.5f], Values<float>(tensor));
    }

    [Fact]
    public void What_is_not_said_is_taken_from_the_model()
    {
        TensorInfo declared = new("x", TensorElement.Int16, [1, 2]);

        Tensor tensor = ReadContent(".bin", [1, 0, 0xFF, 0xFF], declared: declared);

        Assert.Equal(TensorElement.Int16, tensor.Element);
        Assert.Equal([1, -1], Values<short>(tensor));
        Assert.False(tensor.ShapeIsStated);
    }

    [Fact]
    public void Too_many_or_too_few_bytes_are_refused_with_both_counts()
    {
        RawFormat raw = new() { Element = TensorElement.Float32, Shape = [1, 490] };

        Assert.Equal(
            "offset 8: shape [1, 490] of float32 takes 1960 bytes, 8 are there", Refusal(".bin", new byte[8], raw));
        Assert.Equal(
            "offset 4: the file's 6 bytes are no whole number of float32 elements (4 bytes each)",
            Refusal(".bin", new byte[6]));
    }

    [Fact]
    public void Text_cannot_stand_in_a_raw_file()
    {
        TensorInfo declared = new("x", TensorElement.Text, [1]);

        string refusal = Refusal(".bin", [65], declared: declared);

        Assert.Equal("a raw file cannot hold string elements; give a .pb or .npy file", refusal);
    }

    [Fact]
    public void An_unknown_ending_a_missing_file_and_a_directory_are_refused()
    {
        TensorFileException missing = Assert.Throws<TensorFileException>(() => Read("no-such-file.npy"));
        string directory = Directory.CreateTempSubdirectory().FullName;
        TensorFileException folder = Assert.Throws<TensorFileException>(
            () => TensorFile.Read(directory, new RawFormat(), AnyFloats));
        Directory.Delete(directory);

        Assert.Equal($"{PathOf("no-such-file.npy")}: there is no such file", missing.Message);
        Assert.Equal($"{directory}: is a directory, not a file", folder.Message);
        Assert.Equal(
            "is not a kind of tensor file that is known here; give .npy, .pb, .csv or .bin", Refusal(".wav", [1]));
    }
}
