using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;
using Microsoft.ML.OnnxRuntime;
using CProcess = EdgeRuntime.Onnx.Native.CProcess;
using NativeSession = EdgeRuntime.Onnx.Native.NativeSession;
using OrtEnvironment = EdgeRuntime.Onnx.Native.OrtEnvironment;
using OrtLibrary = EdgeRuntime.Onnx.Native.OrtLibrary;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace EdgeRuntime.Onnx;

/// <summary>
/// One session of ONNX Runtime over the NuGet package Microsoft.ML.OnnxRuntime. This file is the whole seam: the
/// property <c>Bindings</c> decides whether it or its sibling over our own binding is compiled, and nothing else changes.
/// </summary>
/// <remarks>
/// The package's C# knows neither 4-bit numbers nor 8-bit floats and refuses every model that takes or gives one. Such a
/// model runs over our own binding of the same library, so that no model depends on which binding a program was built with.
/// </remarks>
internal sealed class OnnxSession : IDisposable
{
    /// <summary>The name of this binding.</summary>
    public const string Binding = "nuget";

    // The package's C# asks an older library for functions that it does not have, and calls what it finds there.
    private static readonly uint PackageApi = (uint)(typeof(InferenceSession).Assembly.GetName().Version?.Minor ?? 0);

    private readonly Runtime _runtime;
    private readonly TimeProvider _time;
    private readonly List<OrtValue> _boundValues = [];
    private readonly Dictionary<string, string> _unusable = new(StringComparer.Ordinal);
    private readonly InferenceSession? _session;
    private readonly RunOptions? _runOptions;
    private readonly NativeSession? _own;
    private OrtIoBinding? _binding;

    /// <exception cref="ModelLoadException">The bytes are not a model this library can run.</exception>
    public OnnxSession(Runtime runtime, ReadOnlyMemory<byte> model, SessionSettings settings, TimeProvider time)
    {
        _runtime = runtime;
        _time = time;
        try
        {
            using SessionOptions options = Options(settings);
            _session = new InferenceSession(Whole(model), options);
            _runOptions = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            Inputs = Describe("input", _session.InputNames, _session.InputMetadata);
            Outputs = Describe("output", _session.OutputNames, _session.OutputMetadata);
            OptionalInputs = Describe(
                "input", _session.OverridableInitializerMetadata.Keys, _session.OverridableInitializerMetadata);
        }
        catch (Exception e)
        {
            Dispose();
            if (!IsOfLibrary(e))
            {
                throw;
            }

            if (!Runtime.IsUnknownElement(e))
            {
                throw new ModelLoadException(runtime.Sentence(e));
            }

            _own = new NativeSession(runtime.Own, model, settings, time);
            (Inputs, Outputs, OptionalInputs) = (_own.Inputs, _own.Outputs, _own.OptionalInputs);
        }
    }

    /// <summary>The inputs that must be given; -1 for an open dimension.</summary>
    public IReadOnlyList<TensorInfo> Inputs { get; }

    /// <summary>Inputs for which the model has values of its own.</summary>
    public IReadOnlyList<TensorInfo> OptionalInputs { get; }

    /// <summary>The outputs; -1 for an open dimension; of undefined type where <see cref="Unusable"/>.</summary>
    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>Why outputs cannot be read, by name, for those that cannot.</summary>
    public IReadOnlyDictionary<string, string> Unusable => _own?.Unusable ?? _unusable;

    /// <summary>Finds the library and starts its environment.</summary>
    /// <exception cref="ModelLoadException">There is no usable library.</exception>
    public static Runtime Start(string? library)
    {
        // The same search as the other binding's, ending with the library that the package brings.
        OrtLibrary found = OrtLibrary.Load(library, PackageApi, FromPackage);
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(
            typeof(InferenceSession).Assembly, (name, _, _) => name == "onnxruntime" ? found.Handle : 0);
        Runtime runtime = new(found);
        try
        {
            // Fatal only: what fails is thrown and becomes our own sentence; a second copy on stderr would help nobody.
            EnvironmentCreationOptions options = new()
            {
                logId = "edge",
                logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            _ = OrtEnv.CreateInstanceWithOptions(ref options);
        }
        catch (Exception e) when (IsOfLibrary(e))
        {
            throw new ModelLoadException(runtime.Sentence(e));
        }

        return runtime;
    }

    /// <summary>Ends the process without the library's own cleaning up.</summary>
    public static void EndProcess(int code) => CProcess.End(code);

    /// <summary>
    /// Lets every following <see cref="RunBound"/> read input <paramref name="index"/> from this memory.
    /// </summary>
    public void BindInput(int index, TensorInfo tensor, nint memory, int bytes)
    {
        if (_own is not null)
        {
            _own.BindInput(index, tensor, memory, bytes);
            return;
        }

        Bind(Inputs[index].Name, isInput: true, tensor, memory, bytes);
    }

    /// <summary>
    /// Lets every following <see cref="RunBound"/> write output <paramref name="index"/> to this memory.
    /// </summary>
    public void BindOutput(int index, TensorInfo tensor, nint memory, int bytes)
    {
        if (_own is not null)
        {
            _own.BindOutput(index, tensor, memory, bytes);
            return;
        }

        Bind(Outputs[index].Name, isInput: false, tensor, memory, bytes);
    }

    /// <summary>Runs on what is bound. No managed allocation.</summary>
    /// <exception cref="InferenceException">The graph failed.</exception>
    public void RunBound()
    {
        if (_own is not null)
        {
            _own.RunBound();
            return;
        }

        try
        {
            _session!.RunWithBinding(_runOptions, _binding);
        }
        catch (Exception e) when (IsOfLibrary(e))
        {
            throw new InferenceException(_runtime.Sentence(e));
        }
    }

    /// <summary>Runs once on tensors of any shape, with memory of its own.</summary>
    /// <param name="outputs">Numbers of the outputs to compute.</param>
    /// <exception cref="InferenceException">The graph failed on these values.</exception>
    public InferenceResult Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<int> outputs)
    {
        if (_own is not null)
        {
            return _own.Run(inputs, outputs);
        }

        List<IDisposable> owned = [];
        try
        {
            string[] names = [.. inputs.Select(input => input.Name)];
            OrtValue[] values = [.. inputs.Select(input => ValueOf(input, owned))];
            string[] wanted = [.. outputs.Select(output => Outputs[output].Name)];
            long start = _time.GetTimestamp();
            using IDisposableReadOnlyCollection<OrtValue> answers =
                _session!.Run(_runOptions, names, values, wanted);
            TimeSpan elapsed = _time.GetElapsedTime(start);
            return new InferenceResult(
                [.. answers.Select((answer, i) => Read(wanted[i], answer))], elapsed.TotalMicroseconds);
        }
        catch (Exception e) when (IsOfLibrary(e))
        {
            throw new InferenceException(_runtime.Sentence(e));
        }
        finally
        {
            foreach (IDisposable one in owned)
            {
                one.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding?.Dispose();
        _binding = null;
        foreach (OrtValue value in _boundValues)
        {
            value.Dispose();
        }

        _boundValues.Clear();
        _runOptions?.Dispose();
        _session?.Dispose();
        _own?.Dispose();
    }

    // The package throws KeyNotFoundException for a status newer than its own table of them.
    private static bool IsOfLibrary(Exception e) => e is OnnxRuntimeException or KeyNotFoundException;

    private static nint FromPackage() =>
        NativeLibrary.TryLoad("onnxruntime", typeof(InferenceSession).Assembly, null, out nint handle) ? handle : 0;

    private static SessionOptions Options(SessionSettings settings)
    {
        SessionOptions options = new()
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            GraphOptimizationLevel = settings.Optimizations switch
            {
                GraphOptimizations.None => GraphOptimizationLevel.ORT_DISABLE_ALL,
                GraphOptimizations.Portable => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                _ => GraphOptimizationLevel.ORT_ENABLE_ALL,
            },
            IntraOpNumThreads = settings.IntraOpThreads,
            InterOpNumThreads = 1,
            EnableCpuMemArena = settings.Arena,
        };
        foreach (KeyValuePair<string, string> entry in settings.Entries)
        {
            options.AddSessionConfigEntry(entry.Key, entry.Value);
        }

        foreach (ProviderRegistration provider in settings.Providers)
        {
            Append(options, provider);
        }

        if (settings.OptimizedGraph is not null)
        {
            options.OptimizedModelFilePath = settings.OptimizedGraph;
        }

        return options;
    }

    private static void Append(SessionOptions options, ProviderRegistration provider)
    {
        Dictionary<string, string> settings = new(provider.Settings, StringComparer.Ordinal);
        if (provider.Kind == ProviderKind.Cuda)
        {
            using OrtCUDAProviderOptions cuda = new();
            cuda.UpdateOptions(settings);
            options.AppendExecutionProvider_CUDA(cuda);
        }
        else if (provider.Kind == ProviderKind.TensorRt)
        {
            using OrtTensorRTProviderOptions tensorRt = new();
            tensorRt.UpdateOptions(settings);
            options.AppendExecutionProvider_Tensorrt(tensorRt);
        }
        else
        {
            options.AppendExecutionProvider(provider.Registration, settings);
        }
    }

    private TensorInfo[] Describe(
        string role, IEnumerable<string> names, IReadOnlyDictionary<string, NodeMetadata> described) =>
        [.. names.Select(name => Describe(role, name, described[name]))];

    private TensorInfo Describe(string role, string name, NodeMetadata described)
    {
        if (described.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)
        {
            string spelled = described.OnnxValueType switch
            {
                OnnxValueType.ONNX_TYPE_SEQUENCE => "a sequence",
                OnnxValueType.ONNX_TYPE_MAP => "a map",
                OnnxValueType.ONNX_TYPE_SPARSETENSOR => "a sparse tensor",
                OnnxValueType.ONNX_TYPE_OPTIONAL => "an optional value",
                _ => "of an unknown kind",
            };
            return Refuse(role, name, $"{role} '{name}' is {spelled}; only models whose inputs and outputs are tensors "
                + "can be run");
        }

        TensorElement element = (TensorElement)(int)described.ElementDataType;
        return element.IsKnown()
            ? new TensorInfo(name, element, [.. described.Dimensions.Select(size => (long)size)])
            : Refuse(role, name, $"{role} '{name}' has elements of ONNX type {(int)element}, which this program does not "
                + "know");
    }

    // An output that nobody reads need not be one that can be read.
    private TensorInfo Refuse(string role, string name, string sentence)
    {
        if (role == "input")
        {
            throw new ModelLoadException(sentence);
        }

        _unusable[name] = sentence;
        return new TensorInfo(name, TensorElement.Undefined, []);
    }

    private static OrtValue ValueOf(Tensor tensor, List<IDisposable> owned)
    {
        long[] shape = [.. tensor.Shape];
        OrtValue value;
        if (tensor.Element == TensorElement.Text)
        {
            value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
            owned.Add(value);
            for (int i = 0; i < tensor.Strings.Count; i++)
            {
                // The package could carry it; the other binding cannot, and a model must not depend on which one runs it.
                if (tensor.Strings[i].Contains('\0', StringComparison.Ordinal))
                {
                    throw new InferenceException($"input '{tensor.Name}': string {i} has a zero character");
                }

                value.StringTensorSetElementAt(tensor.Strings[i], i);
            }

            return value;
        }

        AlignedMemory memory = new(tensor.Bytes.Length);
        owned.Add(memory);
        tensor.Bytes.Span.CopyTo(memory.Span);
        value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (TensorElementType)(int)tensor.Element, shape, memory.Start, tensor.Bytes.Length);
        owned.Insert(0, value);
        return value;
    }

    private static Tensor Read(string name, OrtValue value)
    {
        if (!value.IsTensor)
        {
            throw new InferenceException($"output '{name}' has no value after this run");
        }

        OrtTensorTypeAndShapeInfo described = value.GetTensorTypeAndShape();
        TensorElement element = (TensorElement)(int)described.ElementDataType;
        Tensor tensor = new(name, element, described.Shape);
        if (element == TensorElement.Text)
        {
            return tensor with { Strings = value.GetStringTensorAsArray() };
        }

        return element.Bytes(tensor.Count) > Array.MaxLength
            ? throw new InferenceException($"output '{name}' {TensorElements.Spell(described.Shape)} is larger than 2 GiB")
            : tensor with { Bytes = value.GetTensorMutableRawData().ToArray() };
    }

    // The package takes whole arrays alone; most models come as one, and are not copied.
    private static byte[] Whole(ReadOnlyMemory<byte> model) =>
        MemoryMarshal.TryGetArray(model, out ArraySegment<byte> part) && part.Count == part.Array!.Length ? part.Array : model.ToArray();

    private void Bind(string name, bool isInput, TensorInfo tensor, nint memory, int bytes)
    {
        try
        {
            OrtValue value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (TensorElementType)(int)tensor.Element, [.. tensor.Shape], memory, bytes);
            _boundValues.Add(value);
            _binding ??= _session!.CreateIoBinding();
            if (isInput)
            {
                _binding.BindInput(name, value);
            }
            else
            {
                _binding.BindOutput(name, value);
            }
        }
        catch (Exception e) when (IsOfLibrary(e))
        {
            throw new ModelLoadException(_runtime.Sentence(e));
        }
    }

    /// <summary>The started library.</summary>
    internal sealed class Runtime(OrtLibrary library)
    {
        private readonly Lazy<NativeSession.Runtime> _own = new(() => new NativeSession.Runtime(new OrtEnvironment(library)));
        private string[]? _providers;

        /// <summary>As the library states it.</summary>
        public string Version => library.Version;

        /// <summary>Where it was found.</summary>
        public string Path => library.Path;

        /// <summary>Execution providers of the library, by its names; the processor's own comes last.</summary>
        public IReadOnlyList<string> Providers => _providers ??= OrtEnv.Instance().GetAvailableProviders();

        /// <summary>The same library for our own binding. ONNX Runtime gives every caller the one environment it has.</summary>
        public NativeSession.Runtime Own => _own.Value;

        /// <summary>Whether it is the package, and not the library, that refuses a model for its element types.</summary>
        public static bool IsUnknownElement(Exception e) =>
            e.Message.Contains("Unregistered TensorElementType", StringComparison.Ordinal);

        /// <summary>What went wrong, in one sentence.</summary>
        public string Sentence(Exception e)
        {
            if (e is not OnnxRuntimeException)
            {
                return "ONNX Runtime failed with an error that the package Microsoft.ML.OnnxRuntime does not know";
            }

            // "[ErrorCode:InvalidGraph] ..."; the code is for programs.
            string message = e.Message;
            int end = message.IndexOf("] ", StringComparison.Ordinal);
            message = end >= 0 && message.StartsWith("[ErrorCode:", StringComparison.Ordinal)
                ? message[(end + 2)..]
                : message;
            return RuntimeMessage.ToSentence(message, library.Version);
        }
    }
}
