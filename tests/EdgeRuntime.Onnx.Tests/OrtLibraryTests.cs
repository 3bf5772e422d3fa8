using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx.Native;

namespace EdgeRuntime.Onnx.Tests;

public sealed class OrtLibraryTests
{
    [Fact]
    public void A_named_library_that_is_not_there_is_refused_and_no_other_is_taken()
    {
        Assert.Equal(
            "ONNX Runtime was to be loaded from /no/libonnxruntime.so.1, but there is no such file; ONNX Runtime's "
            + "libonnxruntime.so.1 is needed",
            Refusal("/no/libonnxruntime.so.1"));
    }

    [Fact]
    public void A_file_that_is_no_library_is_refused_with_the_loaders_reason()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "this is text, and long enough to be looked at for a header of a library");

        string refusal = Refusal(path);

        File.Delete(path);
        Assert.Equal(
            $"ONNX Runtime was to be loaded from {path}, which cannot be loaded: invalid ELF header", refusal);
    }

    [Fact]
    public void A_library_that_is_another_is_refused()
    {
        // Any library of the running program will do; this one is part of every .NET on Linux.
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string other = Path.Combine(runtime, "libSystem.Native.so");

        Assert.Equal($"{other} is a library, but not ONNX Runtime: it has no OrtGetApiBase", Refusal(other));
    }

    private static string Refusal(string path) =>
        Assert.Throws<ModelLoadException>(() => OrtLibrary.Load(path)).Message;
}
