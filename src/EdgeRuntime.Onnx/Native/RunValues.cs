using System.Runtime.InteropServices;
using System.Text;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Native;

/// <summary>
/// The values of one single run on one side of it, with their names: arrays of pointers, as the C API wants them.
/// </summary>
internal sealed unsafe class RunValues : IDisposable
{
    private readonly OrtEnvironment _environment;
    private readonly OrtApi _api;
    private readonly List<IDisposable> _owned = [];

    /// <summary>Values for the inputs; numbers are copied into aligned memory.</summary>
    /// <exception cref="InferenceException">A value cannot be handed over.</exception>
    public RunValues(OrtEnvironment environment, IReadOnlyList<Tensor> tensors)
        : this(environment, tensors.Count)
    {
        try
        {
            for (int i = 0; i < tensors.Count; i++)
            {
                Utf8Text name = new(tensors[i].Name);
                _owned.Add(name);
                Names[i] = name.Start;
                Values[i] = tensors[i].Element == TensorElement.Text ? FromStrings(tensors[i]) : FromBytes(tensors[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Room for the outputs, which ONNX Runtime allocates.</summary>
    public RunValues(OrtEnvironment environment, Utf8Text[] names)
        : this(environment, names.Length)
    {
        for (int i = 0; i < names.Length; i++)
        {
            Names[i] = names[i].Start;
        }
    }

    private RunValues(OrtEnvironment environment, int count)
    {
        _environment = environment;
        _api = environment.Library.Api;
        Count = (nuint)count;
        Names = (byte**)NativeMemory.AllocZeroed((nuint)Math.Max(count, 1), (nuint)sizeof(void*));
        Values = (OrtValue**)NativeMemory.AllocZeroed((nuint)Math.Max(count, 1), (nuint)sizeof(void*));
    }

    public nuint Count { get; }

    public byte** Names { get; private set; }

    public OrtValue** Values { get; private set; }

    /// <summary>Copies what the run answered.</summary>
    /// <exception cref="InferenceException">An answer is no tensor of a known type.</exception>
    public Tensor[] Read(IReadOnlyList<TensorInfo> declared)
    {
        Tensor[] tensors = new Tensor[declared.Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Read(declared[i].Name, Values[i]);
        }

        return tensors;
    }

    public void Dispose()
    {
        for (nuint i = 0; i < Count && Values is not null; i++)
        {
            if (Values[i] is not null)
            {
                _api.ReleaseValue(Values[i]);
            }
        }

        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        NativeMemory.Free(Names);
        NativeMemory.Free(Values);
        Names = null;
        Values = null;
    }

    private OrtValue* FromBytes(Tensor tensor)
    {
        AlignedMemory memory = new(tensor.Bytes.Length);
        _owned.Add(memory);
        tensor.Bytes.Span.CopyTo(memory.Span);
        long[] shape = [.. tensor.Shape];
        OrtValue* value;
        fixed (long* dimensions = shape)
        {
            _environment.CheckRun(_api.CreateTensorWithDataAsOrtValue(
                _environment.Memory,
                (void*)memory.Start,
                (nuint)tensor.Bytes.Length,
                dimensions,
                (nuint)shape.Length,
                (int)tensor.Element,
                &value));
        }

        return value;
    }

    private OrtValue* FromStrings(Tensor tensor)
    {
        long[] shape = [.. tensor.Shape];
        OrtValue* value;
        fixed (long* dimensions = shape)
        {
            _environment.CheckRun(_api.CreateTensorAsOrtValue(
                _environment.Allocator, dimensions, (nuint)shape.Length, (int)TensorElement.Text, &value));
        }

        byte*[] starts = new byte*[tensor.Strings.Count];
        for (int i = 0; i < starts.Length; i++)
        {
            if (tensor.Strings[i].Contains('\0', StringComparison.Ordinal))
            {
                _api.ReleaseValue(value);
                throw new InferenceException($"input '{tensor.Name}': string {i} has a zero character, which ONNX "
                    + "Runtime would cut it at");
            }

            Utf8Text text = new(tensor.Strings[i]);
            _owned.Add(text);
            starts[i] = text.Start;
        }

        OrtStatus* status;
        fixed (byte** strings = starts)
        {
            status = _api.FillStringTensor(value, strings, (nuint)starts.Length);
        }

        if (status is not null)
        {
            _api.ReleaseValue(value);
            _environment.CheckRun(status);
        }

        return value;
    }

    private Tensor Read(string name, OrtValue* value)
    {
        if (value is null)
        {
            throw new InferenceException($"output '{name}' has no value after this run");
        }

        OrtTensorTypeAndShapeInfo* described;
        _environment.CheckRun(_api.GetTensorTypeAndShape(value, &described));
        (TensorElement element, long[] shape) = Tensors.Describe(_environment, described);
        _api.ReleaseTensorTypeAndShapeInfo(described);
        Tensor tensor = new(name, element, shape);
        if (element == TensorElement.Text)
        {
            return tensor with { Strings = ReadStrings(value, (int)tensor.Count) };
        }

        long bytes = element.Bytes(tensor.Count);
        if (bytes > Array.MaxLength)
        {
            throw new InferenceException($"output '{name}' {TensorElements.Spell(shape)} is larger than 2 GiB");
        }

        void* data;
        _environment.CheckRun(_api.GetTensorMutableData(value, &data));
        return tensor with { Bytes = new ReadOnlySpan<byte>(data, (int)bytes).ToArray() };
    }

    private string[] ReadStrings(OrtValue* value, int count)
    {
        nuint length;
        _environment.CheckRun(_api.GetStringTensorDataLength(value, &length));
        byte[] text = new byte[(int)length];
        nuint[] starts = new nuint[count];
        if (count > 0)
        {
            // A pinned empty array has a null address, which the library takes for a mistake.
            byte nothing;
            fixed (byte* bytes = text)
            fixed (nuint* offsets = starts)
            {
                _environment.CheckRun(_api.GetStringTensorContent(
                    value, text.Length == 0 ? &nothing : bytes, length, offsets, (nuint)count));
            }
        }

        string[] strings = new string[count];
        for (int i = 0; i < count; i++)
        {
            int end = i + 1 < count ? (int)starts[i + 1] : text.Length;
            strings[i] = Encoding.UTF8.GetString(text, (int)starts[i], end - (int)starts[i]);
        }

        return strings;
    }
}
