using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

/// <summary>
/// Reads the committed tensor files (written by NumPy and ONNX, see make.py beside them) and broken copies of them.
/// </summary>
internal static class TensorFixture
{
    public static readonly TensorInfo AnyFloats = new("x", TensorElement.Float32, [-1]);

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "tensors", name);

    public static Tensor Read(string name) => TensorFile.Read(PathOf(name), new RawFormat(), AnyFloats);

    /// <summary>Reads a file with this ending and content, and returns the sentence with which it is refused.</summary>
    public static string Refusal(string ending, byte[] content, RawFormat? raw = null, TensorInfo? declared = null)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}{ending}");
        File.WriteAllBytes(path, content);
        try
        {
            TensorFileException refused = Assert.Throws<TensorFileException>(
                () => TensorFile.Read(path, raw ?? new RawFormat(), declared ?? AnyFloats));
            Assert.StartsWith($"{path}: ", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
            return refused.Message[(path.Length + 2)..];
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static Tensor ReadContent(string ending, byte[] content, RawFormat? raw = null, TensorInfo? declared = null)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}{ending}");
        File.WriteAllBytes(path, content);
        try
        {
            return TensorFile.Read(path, raw ?? new RawFormat(), declared ?? AnyFloats);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static T[] Values<T>(Tensor tensor)
        where T : struct => MemoryMarshal.Cast<byte, T>(tensor.Bytes.Span).ToArray();

    public static Tensor Of<T>(TensorElement element, long[] shape, T[] values)
        where T : struct => new("", element, shape) { Bytes = MemoryMarshal.AsBytes<T>(values).ToArray() };
}
