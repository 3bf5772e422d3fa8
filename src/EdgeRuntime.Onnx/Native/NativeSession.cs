using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Native;

/// <summary>
/// One session of ONNX Runtime over our own binding of its C API. With <c>Bindings=native</c> every session is one; over
/// the NuGet package those are of which the package's C# cannot carry a tensor.
/// </summary>
internal sealed unsafe class NativeSession : IDisposable
{
    /// <summary>The name of this binding.</summary>
    public const string Binding = "native";

    private const int Sequential = 0;
    private const int FatalOnly = 4;
    private readonly OrtEnvironment _environment;
    private readonly OrtApi _api;
    private readonly TimeProvider _time;
    private readonly SessionValues _values;
    private readonly List<nint> _boundValues = [];
    private OrtSession* _session;
    private OrtRunOptions* _runOptions;
    private OrtIoBinding* _binding;

    /// <exception cref="ModelLoadException">The bytes are not a model this library can run.</exception>
    public NativeSession(Runtime runtime, ReadOnlyMemory<byte> model, SessionSettings settings, TimeProvider time)
    {
        _environment = runtime.Environment;
        _api = _environment.Library.Api;
        _time = time;
        try
        {
            _session = Create(model.Span, settings);
            OrtRunOptions* runOptions;
            _environment.CheckLoad(_api.CreateRunOptions(&runOptions));
            _runOptions = runOptions;
            _environment.CheckLoad(_api.RunOptionsSetRunLogSeverityLevel(runOptions, FatalOnly));
            _values = new SessionValues(_environment, _session);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The inputs that must be given; -1 for an open dimension.</summary>
    public IReadOnlyList<TensorInfo> Inputs => _values.Inputs;

    /// <summary>Inputs for which the model has values of its own.</summary>
    public IReadOnlyList<TensorInfo> OptionalInputs => _values.OptionalInputs;

    /// <summary>The outputs; -1 for an open dimension; of undefined type where <see cref="Unusable"/>.</summary>
    public IReadOnlyList<TensorInfo> Outputs => _values.Outputs;

    /// <summary>Why outputs cannot be read, by name, for those that cannot.</summary>
    public IReadOnlyDictionary<string, string> Unusable => _values.Unusable;

    /// <summary>Finds the library and starts its environment.</summary>
    /// <exception cref="ModelLoadException">There is no usable library.</exception>
    public static Runtime Start(string? library) => new(new OrtEnvironment(OrtLibrary.Load(library)));

    /// <summary>Ends the process without the library's own cleaning up.</summary>
    public static void EndProcess(int code) => CProcess.End(code);

    /// <summary>
    /// Lets every following <see cref="RunBound"/> read input <paramref name="index"/> from this memory.
    /// </summary>
    public void BindInput(int index, TensorInfo tensor, nint memory, int bytes) =>
        Bind(_api.BindInput, _values.InputNames[index], tensor, memory, bytes);

    /// <summary>
    /// Lets every following <see cref="RunBound"/> write output <paramref name="index"/> to this memory.
    /// </summary>
    public void BindOutput(int index, TensorInfo tensor, nint memory, int bytes) =>
        Bind(_api.BindOutput, _values.OutputNames[index], tensor, memory, bytes);

    /// <summary>Runs on what is bound. No managed allocation.</summary>
    /// <exception cref="InferenceException">The graph failed.</exception>
    public void RunBound()
    {
        // Not SuppressGCTransition, though it would save nanoseconds: a collection on another thread would then wait
        // for the whole inference.
        OrtStatus* status = _api.RunWithBinding(_session, _runOptions, _binding);
        if (status is not null)
        {
            _environment.CheckRun(status);
        }
    }

    /// <summary>Runs once on tensors of any shape, with memory of its own.</summary>
    /// <param name="outputs">Numbers of the outputs to compute.</param>
    /// <exception cref="InferenceException">The graph failed on these values.</exception>
    public InferenceResult Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<int> outputs)
    {
        using RunValues given = new(_environment, inputs);
        using RunValues answered = new(_environment, [.. outputs.Select(output => _values.OutputNames[output])]);
        long start = _time.GetTimestamp();
        _environment.CheckRun(_api.Run(
            _session,
            _runOptions,
            given.Names,
            given.Values,
            given.Count,
            answered.Names,
            answered.Count,
            answered.Values));
        TimeSpan elapsed = _time.GetElapsedTime(start);
        return new InferenceResult(answered.Read([.. outputs.Select(output => Outputs[output])]), elapsed.TotalMicroseconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_binding is not null)
        {
            _api.ReleaseIoBinding(_binding);
            _binding = null;
        }

        foreach (nint value in _boundValues)
        {
            _api.ReleaseValue((OrtValue*)value);
        }

        _boundValues.Clear();
        _values?.Dispose();
        if (_runOptions is not null)
        {
            _api.ReleaseRunOptions(_runOptions);
            _runOptions = null;
        }

        if (_session is not null)
        {
            _api.ReleaseSession(_session);
            _session = null;
        }
    }

    private OrtSession* Create(ReadOnlySpan<byte> model, SessionSettings settings)
    {
        OrtSessionOptions* options;
        _environment.CheckLoad(_api.CreateSessionOptions(&options));
        try
        {
            Apply(settings, options);
            OrtSession* session;
            fixed (byte* bytes = model)
            {
                _environment.CheckLoad(
                    _api.CreateSessionFromArray(_environment.Handle, bytes, (nuint)model.Length, options, &session));
            }

            return session;
        }
        finally
        {
            _api.ReleaseSessionOptions(options);
        }
    }

    private void Apply(SessionSettings settings, OrtSessionOptions* options)
    {
        _environment.CheckLoad(_api.SetSessionExecutionMode(options, Sequential));
        _environment.CheckLoad(_api.SetSessionLogSeverityLevel(options, FatalOnly));
        _environment.CheckLoad(_api.SetSessionGraphOptimizationLevel(
            options, LevelOf(settings.Optimizations)));
        _environment.CheckLoad(_api.SetIntraOpNumThreads(options, settings.IntraOpThreads));
        _environment.CheckLoad(_api.SetInterOpNumThreads(options, 1));
        if (!settings.Arena)
        {
            _environment.CheckLoad(_api.DisableCpuMemArena(options));
        }

        foreach (KeyValuePair<string, string> entry in settings.Entries)
        {
            using Utf8Text key = new(entry.Key);
            using Utf8Text value = new(entry.Value);
            _environment.CheckLoad(_api.AddSessionConfigEntry(options, key.Start, value.Start));
        }

        foreach (ProviderRegistration provider in settings.Providers)
        {
            Providers.Append(_environment, options, provider);
        }

        if (settings.OptimizedGraph is not null)
        {
            using Utf8Text path = new(settings.OptimizedGraph);
            _environment.CheckLoad(_api.SetOptimizedModelFilePath(options, path.Start));
        }
    }

    // As the C API numbers the levels.
    private static int LevelOf(GraphOptimizations level) => level switch
    {
        GraphOptimizations.None => 0,
        GraphOptimizations.Portable => 2,
        _ => 99,
    };

    private void Bind(
        delegate* unmanaged<OrtIoBinding*, byte*, OrtValue*, OrtStatus*> bind,
        Utf8Text name,
        TensorInfo tensor,
        nint memory,
        int bytes)
    {
        if (_binding is null)
        {
            OrtIoBinding* binding;
            _environment.CheckLoad(_api.CreateIoBinding(_session, &binding));
            _binding = binding;
        }

        long[] shape = [.. tensor.Shape];
        OrtValue* value;
        fixed (long* dimensions = shape)
        {
            _environment.CheckLoad(_api.CreateTensorWithDataAsOrtValue(
                _environment.Memory,
                (void*)memory,
                (nuint)bytes,
                dimensions,
                (nuint)shape.Length,
                (int)tensor.Element,
                &value));
        }

        _boundValues.Add((nint)value);
        _environment.CheckLoad(bind(_binding, name.Start, value));
    }

    /// <summary>The started library.</summary>
    internal sealed class Runtime(OrtEnvironment environment)
    {
        /// <summary>As the library states it.</summary>
        public string Version => Environment.Library.Version;

        /// <summary>Where it was found.</summary>
        public string Path => Environment.Library.Path;

        /// <summary>Execution providers of the library, by its names; the processor's own comes last.</summary>
        public IReadOnlyList<string> Providers => Native.Providers.Available(Environment);

        /// <summary>For this binding alone.</summary>
        public OrtEnvironment Environment { get; } = environment;
    }
}
