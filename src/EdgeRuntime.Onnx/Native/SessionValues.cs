using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Native;

/// <summary>Names, types and shapes of what a session takes and gives, read once.</summary>
internal sealed unsafe class SessionValues : IDisposable
{
    private const int TensorKind = 1;

    private readonly OrtEnvironment _environment;
    private readonly OrtApi _api;
    private readonly OrtSession* _session;
    private readonly List<Utf8Text> _names = [];
    private readonly Dictionary<string, string> _unusable = new(StringComparer.Ordinal);

    /// <exception cref="ModelLoadException">Something it takes is no tensor.</exception>
    public SessionValues(OrtEnvironment environment, OrtSession* session)
    {
        _environment = environment;
        _api = environment.Library.Api;
        _session = session;
        try
        {
            (Inputs, InputNames) = List(
                "input", _api.SessionGetInputCount, _api.SessionGetInputName, _api.SessionGetInputTypeInfo);
            (Outputs, OutputNames) = List(
                "output", _api.SessionGetOutputCount, _api.SessionGetOutputName, _api.SessionGetOutputTypeInfo);
            (OptionalInputs, _) = List(
                "input",
                _api.SessionGetOverridableInitializerCount,
                _api.SessionGetOverridableInitializerName,
                _api.SessionGetOverridableInitializerTypeInfo);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> OptionalInputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    public IReadOnlyDictionary<string, string> Unusable => _unusable;

    public Utf8Text[] InputNames { get; }

    public Utf8Text[] OutputNames { get; }

    public void Dispose()
    {
        foreach (Utf8Text name in _names)
        {
            name.Dispose();
        }
    }

    private (TensorInfo[] Tensors, Utf8Text[] Names) List(
        string role,
        delegate* unmanaged<OrtSession*, nuint*, OrtStatus*> getCount,
        delegate* unmanaged<OrtSession*, nuint, OrtAllocator*, byte**, OrtStatus*> getName,
        delegate* unmanaged<OrtSession*, nuint, OrtTypeInfo**, OrtStatus*> getType)
    {
        nuint count;
        _environment.CheckLoad(getCount(_session, &count));
        TensorInfo[] tensors = new TensorInfo[count];
        Utf8Text[] names = new Utf8Text[count];
        for (nuint i = 0; i < count; i++)
        {
            byte* text;
            _environment.CheckLoad(getName(_session, i, _environment.Allocator, &text));
            string name = Marshal.PtrToStringUTF8((nint)text) ?? "";
            _environment.CheckLoad(_api.AllocatorFree(_environment.Allocator, text));
            names[i] = new Utf8Text(name);
            _names.Add(names[i]);

            OrtTypeInfo* type;
            _environment.CheckLoad(getType(_session, i, &type));
            try
            {
                tensors[i] = Describe(role, name, type);
            }
            finally
            {
                _api.ReleaseTypeInfo(type);
            }
        }

        return (tensors, names);
    }

    private TensorInfo Describe(string role, string name, OrtTypeInfo* type)
    {
        int kind;
        _environment.CheckLoad(_api.GetOnnxTypeFromTypeInfo(type, &kind));
        if (kind != TensorKind)
        {
            string spelled = kind switch
            {
                2 => "a sequence",
                3 => "a map",
                5 => "a sparse tensor",
                6 => "an optional value",
                _ => "of an unknown kind",
            };
            return Refuse(role, name, $"{role} '{name}' is {spelled}; only models whose inputs and outputs are tensors "
                + "can be run");
        }

        OrtTensorTypeAndShapeInfo* tensor;
        _environment.CheckLoad(_api.CastTypeInfoToTensorInfo(type, &tensor));
        (TensorElement element, long[] shape) = Tensors.Describe(_environment, tensor);
        return element.IsKnown()
            ? new TensorInfo(name, element, shape)
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
}
