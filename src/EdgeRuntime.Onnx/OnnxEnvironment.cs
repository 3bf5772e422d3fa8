using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx;

/// <summary>ONNX Runtime in this process: the one place from which models are loaded.</summary>
/// <remarks>
/// <c>OnnxEnvironment.Open(profile.Library).Load</c> is a <see cref="ModelLoader"/>. Thread-safe; the runners are not.
/// </remarks>
public sealed class OnnxEnvironment
{
    private static readonly Lock Gate = new();
    private static OnnxEnvironment? _opened;

    private readonly TimeProvider _time;
    private readonly OnnxSession.Runtime _runtime;
    private readonly string? _chosen;

    private OnnxEnvironment(string? library, TimeProvider time)
    {
        _time = time;
        _chosen = library;
        _runtime = OnnxSession.Start(library);
    }

    /// <summary>Which binding this program was built with: <c>native</c> or <c>nuget</c>.</summary>
    public static string Binding => OnnxSession.Binding;

    /// <summary>
    /// Whether exact int8 products are asked for on this processor, which costs speed: true on x64 without VNNI, where
    /// a quantized model would otherwise answer differently.
    /// </summary>
    public static bool ExactInt8Requested => Int8Precision.MustBeRequested();

    /// <summary>The library's version, such as <c>1.30.0</c>.</summary>
    public string Version => _runtime.Version;

    /// <summary>Where the library was found.</summary>
    public string LibraryPath => _runtime.Path;

    /// <summary>Finds the library and starts it, or returns what an earlier call started.</summary>
    /// <param name="library">
    /// The file to use. Null searches: EDGE_ONNXRUNTIME, then lib/libonnxruntime.so.1 and libonnxruntime.so.1 beside
    /// the program, then the system's own.
    /// </param>
    /// <param name="time">Measures single runs. (default: the system's)</param>
    /// <exception cref="ModelLoadException">
    /// There is no usable library, or another one runs in this process already.
    /// </exception>
    public static OnnxEnvironment Open(string? library = null, TimeProvider? time = null)
    {
        lock (Gate)
        {
            OnnxEnvironment environment = _opened ??= new OnnxEnvironment(library, time ?? TimeProvider.System);
            return library is null || library == environment._chosen || library == environment.LibraryPath
                ? environment
                : throw new ModelLoadException(
                    $"ONNX Runtime from {environment.LibraryPath} runs in this process already, {library} cannot be "
                        + "used beside it");
        }
    }

    /// <summary>
    /// Ends the process without the library's own cleaning up, which takes 5 to 7 ms and has crashed on some boards
    /// (ONNX Runtime issue 28301). For programs whose work is done and whose streams are flushed.
    /// </summary>
    public static void EndProcess(int code) => OnnxSession.EndProcess(code);

    /// <summary>Loads a model for the sample path: its memory bound once, 0 managed bytes a run.</summary>
    /// <exception cref="ModelLoadException">The bytes are not a model this device can run.</exception>
    public IModelRunner Load(ReadOnlyMemory<byte> model, RunnerOptions options) =>
        new OnnxRunner(Session(model, SessionSettings.For(options)), options);

    /// <summary>Loads a model for single runs on any shapes.</summary>
    /// <exception cref="ModelLoadException">The bytes are not a model this device can run.</exception>
    public OnnxModel Read(ReadOnlyMemory<byte> model, RunnerOptions options) =>
        new(Session(model, SessionSettings.For(options)));

    /// <summary>
    /// Writes the graph as this library optimizes it on this processor, to check which operators became quantized ones.
    /// </summary>
    /// <remarks>To look at, not to deploy: the layout of the weights may suit only this kind of processor.</remarks>
    /// <exception cref="ModelLoadException">The bytes are not a model, or the file cannot be written.</exception>
    public void WriteOptimizedGraph(ReadOnlyMemory<byte> model, string path)
    {
        SessionSettings settings = SessionSettings.For(new RunnerOptions()) with { OptimizedGraph = path };
        Session(model, settings).Dispose();
    }

    private OnnxSession Session(ReadOnlyMemory<byte> model, SessionSettings settings) =>
        model.IsEmpty
            ? throw new ModelLoadException("the model is empty")
            : new OnnxSession(_runtime, model.Span, settings, _time);
}
