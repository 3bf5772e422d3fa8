using EdgeRuntime.Device.Serving;
using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Runs a model once on files, or over a recording, and prints JSON.</summary>
internal static class InferVerb
{
    // What ONNX Runtime 1.30 puts into the C library's heap until a small model has run, measured.
    private const int LibraryHeap = 6 * 1024 * 1024;

    public static int Run(string[] words)
    {
        _ = ProcessMemory.TakeAhead(LibraryHeap);
        using Stream output = Console.OpenStandardOutput();
        int code = InferCommand.Run(words, output, Console.Error, TimeProvider.System, AudioRow.Read);
        output.Flush();

        // All is said; the library's own cleaning up would take a tenth of the whole run.
        OnnxEnvironment.EndProcess(code);
        return code;
    }
}
