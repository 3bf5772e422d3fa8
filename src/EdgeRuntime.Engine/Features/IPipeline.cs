using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Features;

/// <summary>Turns frames into a model's input as a package's manifest says. Two kinds: of scalar channels and of pictures.</summary>
/// <remarks>
/// Made by <see cref="PipelineBinding"/>. Live input, replay, evaluation and training data all go through one of the two,
/// so that a model never meets input that it was not trained on. All memory is taken at construction:
/// <see cref="Push"/> allocates nothing. Not thread-safe.
/// </remarks>
public interface IPipeline
{
    /// <summary>Names of <see cref="Values"/>, in their order; see <see cref="Contracts.Packages.PipelineSpec.ValueNames"/>.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What telemetry watches of the newest sample, before scaling; NaN where there was no value.</summary>
    ReadOnlySpan<double> Values { get; }

    /// <summary>The model's input for the newest sample: the elements of one tensor after the other, see <see cref="Layout"/>.</summary>
    ReadOnlySpan<float> Input { get; }

    /// <summary>Which part of <see cref="Input"/> is which tensor; together they are the whole of it.</summary>
    IReadOnlyList<InputSlice> Layout { get; }

    /// <summary>Elements of <see cref="Input"/> that stand for a missing value.</summary>
    int MissingElements { get; }

    /// <summary>True when the newest sample must not reach the model: nothing in it has a value, or one it needs has none.</summary>
    bool MustDrop { get; }

    /// <summary>Takes one frame. Allocates nothing.</summary>
    /// <param name="frame">Of the source the pipeline is bound to.</param>
    /// <returns>True when this frame completed a sample: what stands above is then new.</returns>
    /// <exception cref="ArgumentException">The frame does not have the source's shape.</exception>
    bool Push(Frame frame);

    /// <summary>Forgets all frames, as after a gap in time: the next sample holds only frames pushed from now on.</summary>
    void Reset();
}
