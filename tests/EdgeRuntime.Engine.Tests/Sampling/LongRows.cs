using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>A pipeline whose rows are long and that never completes one.</summary>
internal sealed class LongRows(int length) : IPipeline
{
    private readonly float[] _input = new float[length];

    public IReadOnlyList<string> Names => ["x_mean", "y_mean"];

    public ReadOnlySpan<double> Values => new double[2];

    public ReadOnlySpan<float> Input => _input;

    public IReadOnlyList<InputSlice> Layout => [];

    public int MissingElements => 0;

    public bool MustDrop => false;

    public bool Push(Frame frame) => false;

    public void Reset()
    {
    }
}
