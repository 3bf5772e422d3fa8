using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Tests.Inference;

/// <summary>A model in plain C# with any tensors: its answer is a function over its own memory.</summary>
internal sealed class FunctionModel(
    IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs, Action<FunctionModel> answer) : IModelRunner
{
    private readonly byte[][] _inputs = [.. inputs.Select(Memory)];
    private readonly byte[][] _outputs = [.. outputs.Select(Memory)];

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Inputs => inputs;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Outputs => outputs;

    /// <summary>Whether it was disposed of.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>A model that answers what it was given, byte for byte.</summary>
    public static FunctionModel Echo(TensorElement element, params long[] shape) => new(
        [new TensorInfo("x", element, shape)],
        [new TensorInfo("y", element, shape)],
        model => model.Input(0).CopyTo(model.Answer(0)));

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _inputs[index];

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int index) => _outputs[index];

    /// <summary>Memory of an output, for the function to write.</summary>
    public Span<byte> Answer(int index) => _outputs[index];

    /// <inheritdoc/>
    public void Run() => answer(this);

    /// <inheritdoc/>
    public void Dispose() => IsDisposed = true;

    private static byte[] Memory(TensorInfo tensor) => new byte[tensor.Element.Bytes(tensor.Count)];
}
