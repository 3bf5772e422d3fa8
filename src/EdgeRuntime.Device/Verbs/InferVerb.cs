using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Runs a model once on files, or over a recording, and prints JSON.</summary>
internal static class InferVerb
{
    public static int Run(string[] words)
    {
        using Stream output = Console.OpenStandardOutput();
        return InferCommand.Run(words, output, Console.Error, TimeProvider.System, AudioRow.Read);
    }
}
