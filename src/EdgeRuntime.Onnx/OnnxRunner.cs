using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx;

/// <summary>A model in ONNX Runtime whose inputs and outputs are native memory, bound once.</summary>
internal sealed class OnnxRunner : IModelRunner
{
    private readonly OnnxSession _session;
    private readonly AlignedMemory[] _inputs;
    private readonly AlignedMemory[] _outputs;

    /// <summary>Takes over the session, also when this fails.</summary>
    /// <exception cref="ModelLoadException">The model has a tensor that fixed memory cannot hold.</exception>
    public OnnxRunner(OnnxSession session, RunnerOptions options)
    {
        _session = session;
        _inputs = new AlignedMemory[session.Inputs.Count];
        _outputs = new AlignedMemory[session.Outputs.Count];
        try
        {
            TensorInfo[] inputs = FixedShapes.OfInputs(session.Inputs, options);
            TensorInfo[] outputs = FixedShapes.OfOutputs(session, inputs);
            Inputs = inputs;
            Outputs = outputs;
            for (int i = 0; i < inputs.Length; i++)
            {
                _inputs[i] = new AlignedMemory(FixedShapes.BytesOf(inputs[i], "input"));
                session.BindInput(i, inputs[i], _inputs[i].Start, _inputs[i].Span.Length);
            }

            for (int i = 0; i < outputs.Length; i++)
            {
                _outputs[i] = new AlignedMemory(FixedShapes.BytesOf(outputs[i], "output"));
                session.BindOutput(i, outputs[i], _outputs[i].Start, _outputs[i].Span.Length);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

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
    public void Run() => _session.RunBound();

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
}
