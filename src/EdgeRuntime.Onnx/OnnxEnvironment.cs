using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

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

    /// <summary>Execution providers that the library was built with, by its names; the processor's own comes last.</summary>
    /// <exception cref="ModelLoadException">The library does not tell.</exception>
    public IReadOnlyList<string> Providers => _runtime.Providers;

    /// <summary>Where graphs are kept as the library optimized them; null for no such place. (default: null)</summary>
    /// <remarks>To be set before the first model is loaded.</remarks>
    public GraphCache? Cache { get; set; }

    /// <summary>Loads a model for the sample path: its memory bound once, 0 managed bytes a run.</summary>
    /// <exception cref="ModelLoadException">The bytes are not a model this device can run.</exception>
    public IModelRunner Load(ReadOnlyMemory<byte> model, RunnerOptions options)
    {
        long start = _time.GetTimestamp();
        SessionLoad loaded = LoadWith(Cache, model, options);
        RunnerReport report = new(
            loaded.Providers, loaded.Fallbacks, _time.GetElapsedTime(start).TotalMilliseconds, loaded.FromCache);
        try
        {
            return new OnnxRunner(loaded.Session, options, GraphQuantization.Read(model), report);
        }
        catch (ModelLoadException refused)
        {
            throw new ModelLoadException(SessionLoader.WithHint(refused.Message, model), refused);
        }
    }

    /// <summary>As <see cref="Load"/>, with a cache of its own and nothing bound.</summary>
    internal SessionLoad LoadWith(GraphCache? cache, ReadOnlyMemory<byte> model, RunnerOptions options) =>
        new SessionLoader(_runtime, cache, _time).Load(model, options);

    /// <summary>Loads a model for single runs on any shapes.</summary>
    /// <exception cref="ModelLoadException">The bytes are not a model this device can run.</exception>
    public OnnxModel Read(ReadOnlyMemory<byte> model, RunnerOptions options)
    {
        OnnxSession session = new SessionLoader(_runtime, cache: null, _time).Load(model, options).Session;
        if (session.Unusable.Count > 0)
        {
            session.Dispose();
            throw new ModelLoadException(SessionLoader.WithHint(session.Unusable.Values.First(), model));
        }

        return new OnnxModel(session);
    }

    /// <summary>
    /// Writes the graph as this library optimizes it on this processor, to check which operators became quantized ones.
    /// </summary>
    /// <remarks>To look at, not to deploy: the layout of the weights may suit only this kind of processor.</remarks>
    /// <exception cref="ModelLoadException">The bytes are not a model, or the file cannot be written.</exception>
    public void WriteOptimizedGraph(ReadOnlyMemory<byte> model, string path)
    {
        SessionSettings settings = SessionSettings.For(new RunnerOptions()) with
        {
            Optimizations = GraphOptimizations.Portable,
            OptimizedGraph = path,
        };
        new SessionLoader(_runtime, cache: null, _time).Create(model, settings).Dispose();
    }
}
