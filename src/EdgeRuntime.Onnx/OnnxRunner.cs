using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx.Native;

namespace EdgeRuntime.Onnx;

/// <summary>A model in ONNX Runtime whose inputs and outputs are native memory, bound once.</summary>
internal sealed class OnnxRunner : IModelRunner
{
    private readonly OnnxSession _session;
    private readonly AlignedMemory[] _inputs;
    private readonly AlignedMemory[] _outputs;
    private readonly FloatEnvironment? _floats;

    /// <summary>Takes over the session, also when this fails.</summary>
    /// <param name="quantization">What the graph says that integer tensors stand for.</param>
    /// <exception cref="ModelLoadException">The model has a tensor that fixed memory cannot hold.</exception>
    public OnnxRunner(
        OnnxSession session,
        RunnerOptions options,
        IReadOnlyDictionary<string, QuantizationSpec> quantization,
        RunnerReport report)
    {
        _session = session;
        Report = report;
        _floats = options.DenormalsAsZero ? new FloatEnvironment() : null;
        _inputs = new AlignedMemory[session.Inputs.Count];
        int[] wanted = Wanted(session, options);
        _outputs = new AlignedMemory[wanted.Length];
        try
        {
            RefuseUnusable(session, wanted);
            TensorInfo[] inputs = FixedShapes.OfInputs(session.Inputs, options);
            TensorInfo[] outputs = FixedShapes.OfOutputs(session, inputs, wanted);
            Inputs = WithQuantization(inputs, quantization);
            Outputs = WithQuantization(outputs, quantization);
            for (int i = 0; i < inputs.Length; i++)
            {
                _inputs[i] = new AlignedMemory(FixedShapes.BytesOf(inputs[i], "input"));
                session.BindInput(i, inputs[i], _inputs[i].Start, _inputs[i].Span.Length);
            }

            for (int i = 0; i < outputs.Length; i++)
            {
                _outputs[i] = new AlignedMemory(FixedShapes.BytesOf(outputs[i], "output"));
                session.BindOutput(wanted[i], outputs[i], _outputs[i].Start, _outputs[i].Span.Length);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public RunnerReport Report { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <inheritdoc/>
    public Span<byte> Input(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_inputs.Length, nameof(index));
        return _inputs[index].Span;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_outputs.Length, nameof(index));
        return _outputs[index].Span;
    }

    /// <inheritdoc/>
    public void Run()
    {
        if (_floats is null)
        {
            _session.RunBound();
            return;
        }

        _floats.Enter();
        try
        {
            _session.RunBound();
        }
        finally
        {
            _floats.Leave();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The session first: its bindings point into the memory.
        _session.Dispose();
        foreach (AlignedMemory? memory in _inputs)
        {
            memory?.Dispose();
        }

        foreach (AlignedMemory? memory in _outputs)
        {
            memory?.Dispose();
        }
    }

    // A name that the model does not have is left to whoever asked: it knows where the name stands.
    private static int[] Wanted(OnnxSession session, RunnerOptions options) =>
    [
        .. Enumerable.Range(0, session.Outputs.Count)
            .Where(output => options.Outputs is null || options.Outputs.Contains(session.Outputs[output].Name)),
    ];

    private static void RefuseUnusable(OnnxSession session, int[] wanted)
    {
        foreach (int output in wanted)
        {
            if (session.Unusable.TryGetValue(session.Outputs[output].Name, out string? sentence))
            {
                throw new ModelLoadException(sentence);
            }
        }
    }

    private static TensorInfo[] WithQuantization(
        TensorInfo[] tensors, IReadOnlyDictionary<string, QuantizationSpec> quantization) =>
        [.. tensors.Select(tensor => tensor with { Quantization = quantization.GetValueOrDefault(tensor.Name) })];
}
