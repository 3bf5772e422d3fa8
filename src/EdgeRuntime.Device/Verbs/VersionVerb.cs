using System.Reflection;
using System.Runtime.CompilerServices;
using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Mqtt;
using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Storage;

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
        if (Options.Parse(words, ["--config"], [], out string mistake) is not Options options)
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
        if (options["--config"] is string path)
        {
            Console.WriteLine($"serves      {OrSentence(() => Serving(path))}");
        }

        return ExitCode.Done;
    }

    // Which program a device with this configuration runs: this one, or one that a package brought.
    private static string Serving(string path) => BootFile.Read(path, out _) is BootFile file && Directory.Exists(file.StateDirectory)
        ? RuntimePointer.Tell(
            RuntimePointer.Read(DeviceStorage.ToRead(new FileDisk(file.StateDirectory), file.DeviceKeyFile), file.Runtime, out _), Program)
        : RuntimePointer.Tell(null, Program);

    private static string OrSentence(Func<string> version)
    {
        try
        {
            return version();
        }
        catch (Exception e) when (e is ModelLoadException or LinkUnavailableException or IOException)
        {
            return e.Message;
        }
    }
}
