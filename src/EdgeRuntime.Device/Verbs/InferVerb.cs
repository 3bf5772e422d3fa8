using EdgeRuntime.Onnx;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Runs a model once on files and prints one JSON object.</summary>
internal static class InferVerb
{
    public static int Run(string[] words)
    {
        using Stream output = Console.OpenStandardOutput();
        return InferCommand.Run(words, output, Console.Error, TimeProvider.System);
    }
}
