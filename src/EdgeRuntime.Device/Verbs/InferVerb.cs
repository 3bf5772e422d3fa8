using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Runs a model once on files, or over a recording, and prints JSON.</summary>
internal static class InferVerb
{
    public static int Run(string[] words)
    {
        using Stream output = Console.OpenStandardOutput();
        int code = InferCommand.Run(words, output, Console.Error, TimeProvider.System, AudioRow.Read);
        output.Flush();

        // All is said; the library's own cleaning up would take a tenth of the whole run.
        OnnxEnvironment.EndProcess(code);
        return code;
    }
}
