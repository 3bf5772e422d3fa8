using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Features;

/// <summary>
/// Turns frames into features as a package's manifest says. Live input, replay, evaluation and training data all go
/// through this one class, so that a model never meets features that it was not trained on.
/// </summary>
/// <remarks>
/// Made by <see cref="PipelineBinding"/>. Keeps the newest frames in a ring; every hop, once a window is full, computes
/// all features. A value outside its channel's physical bounds counts as missing, like NaN. All memory is taken at
/// construction: <see cref="Push(Frame)"/> allocates nothing. Not thread-safe.
/// </remarks>
public sealed class FeaturePipeline : IPipeline
{
    private readonly BoundChannel[] _channels;
    private readonly double[][] _rings;
    private readonly FeaturePlan[][] _plans;
    private readonly ChannelWindow _window;
    private readonly double[] _values;
    private readonly float[] _input;
    private readonly int _windowFrames;
    private readonly int _hopFrames;
    private readonly int _frameLength;
    private int _next;
    private int _framesUntilReady;

    internal FeaturePipeline(PipelineParts parts)
    {
        _channels = parts.Channels;
        _plans = parts.Plans;
        _windowFrames = parts.WindowFrames;
        _hopFrames = parts.HopFrames;
        _frameLength = parts.FrameLength;
        _rings = new double[_channels.Length][];
        for (int i = 0; i < _rings.Length; i++)
        {
            _rings[i] = new double[_windowFrames];
        }

        _window = new ChannelWindow(_windowFrames, parts.RateHz, parts.Spectrum);
        _values = new double[parts.Names.Count];
        _input = new float[parts.InputLength];
        Layout = [new TensorSlice(parts.Tensor, 0, parts.InputLength)];
        Names = parts.Names;
        Reset();
    }

    /// <summary>Names of <see cref="Values"/>: the manifest's features in its order, without the raw windows.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Features of the last window before scaling, shape [<see cref="Names"/>]; NaN where there was no value.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The model's input for the last window: all features scaled, in the manifest's order.</summary>
    public ReadOnlySpan<float> Input => _input;

    /// <summary>
    /// Elements of <see cref="Input"/> that stand for a missing value; as many as <see cref="Input"/> has when the
    /// window held nothing at all.
    /// </summary>
    public int MissingElements { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorSlice> Layout { get; }

    /// <inheritdoc/>
    public bool MustDrop => MissingElements == _input.Length;

    /// <inheritdoc/>
    public bool Push(Frame frame) => Push(frame.Values);

    /// <summary>Takes one frame. Allocates nothing.</summary>
    /// <param name="frame">Shape and order of the sensor's channels; NaN where a channel has no value.</param>
    /// <returns>True when this frame completed a window: <see cref="Values"/> and <see cref="Input"/> are then new.</returns>
    /// <exception cref="ArgumentException">The frame does not have the sensor's shape.</exception>
    public bool Push(ReadOnlySpan<double> frame)
    {
        if (frame.Length != _frameLength)
        {
            ThrowShape(frame.Length);
        }

        for (int i = 0; i < _channels.Length; i++)
        {
            _rings[i][_next] = _channels[i].Physical(frame);
        }

        _next = _next + 1 == _windowFrames ? 0 : _next + 1;
        _framesUntilReady--;
        if (_framesUntilReady > 0)
        {
            return false;
        }

        _framesUntilReady = _hopFrames;
        Compute();
        return true;
    }

    /// <summary>Forgets all frames, as after a gap in time: the next window holds only frames pushed from now on.</summary>
    public void Reset()
    {
        _next = 0;
        _framesUntilReady = _windowFrames;
    }

    private void Compute()
    {
        MissingElements = 0;
        for (int i = 0; i < _plans.Length; i++)
        {
            // The oldest frame of a full ring stands where the next one will go.
            _window.Load(_rings[i], _next);
            foreach (FeaturePlan plan in _plans[i])
            {
                if (plan.Kind == StatisticKind.Raw)
                {
                    Raw(plan);
                }
                else
                {
                    Single(plan);
                }
            }
        }
    }

    private void Single(FeaturePlan plan)
    {
        double feature = plan.Scaling.Transformed(_window.Compute(plan));
        _values[plan.ValueIndex] = feature;
        _input[plan.InputIndex] = plan.Scaling.Scaled(feature);
        MissingElements += double.IsNaN(feature) ? 1 : 0;
    }

    private void Raw(FeaturePlan plan)
    {
        ReadOnlySpan<double> frames = _window.Frames;
        Span<float> elements = _input.AsSpan(plan.InputIndex, frames.Length);
        for (int i = 0; i < frames.Length; i++)
        {
            double feature = plan.Scaling.Transformed(frames[i]);
            elements[i] = plan.Scaling.Scaled(feature);
            MissingElements += double.IsNaN(feature) ? 1 : 0;
        }
    }

    [DoesNotReturn]
    private void ThrowShape(int length) =>
        throw new ArgumentException($"the frame has {length} values; the pipeline is bound to a sensor with {_frameLength}");
}

/// <summary>A manifest's channel, bound to its place in the sensor's frame.</summary>
internal readonly record struct BoundChannel(int Source, double Low, double High)
{
    /// <summary>The channel's value of a frame; NaN when it is missing or not physical.</summary>
    public double Physical(ReadOnlySpan<double> frame)
    {
        double value = frame[Source];
        return value >= Low && value <= High ? value : double.NaN;
    }
}

/// <summary>A pipeline, checked and resolved: what <see cref="PipelineBinding"/> hands to <see cref="FeaturePipeline"/>.</summary>
internal sealed record PipelineParts
{
    /// <summary>The channels that features use.</summary>
    public required BoundChannel[] Channels { get; init; }

    /// <summary>The features of each of them.</summary>
    public required FeaturePlan[][] Plans { get; init; }

    /// <summary>Names of the features that are single values.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Name of the model's input tensor.</summary>
    public required string Tensor { get; init; }

    /// <summary>Elements of the model's input.</summary>
    public required int InputLength { get; init; }

    /// <summary>Frames per second of the manifest.</summary>
    public required double RateHz { get; init; }

    /// <summary>Frames in a window.</summary>
    public required int WindowFrames { get; init; }

    /// <summary>Frames between windows.</summary>
    public required int HopFrames { get; init; }

    /// <summary>Values in the sensor's frame.</summary>
    public required int FrameLength { get; init; }

    /// <summary>For band energies; null when there are none.</summary>
    public required PowerSpectrum? Spectrum { get; init; }
}
