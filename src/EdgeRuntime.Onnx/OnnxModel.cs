using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx;

/// <summary>
/// One model loaded for single runs on whatever it declares: any shapes, text included. Allocates on every run.
/// </summary>
public sealed class OnnxModel : IDisposable
{
    private readonly OnnxSession _session;

    internal OnnxModel(OnnxSession session) => _session = session;

    /// <summary>The inputs that must be given, in the model's own order; -1 for an open dimension.</summary>
    public IReadOnlyList<TensorInfo> Inputs => _session.Inputs;

    /// <summary>Inputs for which the model has values of its own; given only by name.</summary>
    public IReadOnlyList<TensorInfo> OptionalInputs => _session.OptionalInputs;

    /// <summary>The outputs in the model's own order; -1 for an open dimension.</summary>
    public IReadOnlyList<TensorInfo> Outputs => _session.Outputs;

    /// <summary>Runs the model once.</summary>
    /// <param name="inputs">One tensor for every input, matched by name, and any optional ones.</param>
    /// <exception cref="InferenceException">The graph failed on these values.</exception>
    public InferenceResult Run(IReadOnlyList<Tensor> inputs) =>
        _session.Run(inputs, [.. Enumerable.Range(0, _session.Outputs.Count)]);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
