using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>A model that does something else too, every time it is run.</summary>
internal sealed class BusyRunner(IModelRunner inner, Action busy) : IModelRunner
{
    public IReadOnlyList<TensorInfo> Inputs => inner.Inputs;

    public IReadOnlyList<TensorInfo> Outputs => inner.Outputs;

    public Span<byte> Input(int index) => inner.Input(index);

    public ReadOnlySpan<byte> Output(int index) => inner.Output(index);

    public void Run()
    {
        busy();
        inner.Run();
    }

    public void Dispose() => inner.Dispose();
}
