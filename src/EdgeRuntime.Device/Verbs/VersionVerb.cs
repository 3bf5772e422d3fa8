using System.Reflection;
using System.Runtime.CompilerServices;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Mqtt;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Versions of the program and its libraries.</summary>
internal static class VersionVerb
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Program { get; } =
        (typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
        .Split('+')[0];

    /// <summary>Version, framework and way of compilation, such as <c>0.1.0 net9.0 native</c>.</summary>
    public static string Runtime { get; } =
        $"{Program} net{Environment.Version.Major}.{Environment.Version.Minor} {(RuntimeFeature.IsDynamicCodeSupported ? "jit" : "native")}";

    public static int Run(string[] words)
    {
        if (Options.Parse(words, [], [], out string mistake) is not Options options)
        {
            return Usage.Wrong(mistake, "version");
        }

        if (options.Help)
        {
            return Usage.Of("version");
        }

        Console.WriteLine($"edge-device {Runtime}");
        Console.WriteLine($"bindings    {OnnxEnvironment.Binding}");
        Console.WriteLine($"onnxruntime {OrSentence(() => OnnxEnvironment.Open().Version)}");
        Console.WriteLine($"mqtt        {OrSentence(() => MqttLink.Library)}");
        return ExitCode.Done;
    }

    private static string OrSentence(Func<string> version)
    {
        try
        {
            return version();
        }
        catch (Exception e) when (e is ModelLoadException or LinkUnavailableException)
        {
            return e.Message;
        }
    }
}
