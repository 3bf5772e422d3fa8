namespace EdgeRuntime.Engine.Features;

/// <summary>
/// The window of one raw feature, already scaled: a value is scaled once, when its frame comes, and not with every window
/// that it lies in.
/// </summary>
/// <remarks>Allocates nothing once made. Not thread-safe.</remarks>
internal sealed class RawWindow
{
    private readonly FeaturePlan _plan;
    private readonly bool _holds;
    private readonly FeatureScaling _scaling;
    private readonly int _inputIndex;
    private readonly int _frames;
    private readonly int _stride;

    // Each element stands here twice, a window's length apart, so that every window is one piece.
    private readonly float[] _elements;
    private readonly bool[] _isMissing;

    /// <param name="frames">Frames in a window; at least 1.</param>
    public RawWindow(FeaturePlan plan, int frames)
    {
        _plan = plan;
        _holds = plan.Policy == MissingPolicy.Hold;
        _scaling = plan.Scaling;
        _stride = plan.Stride;
        _inputIndex = plan.InputIndex;
        MustNotMiss = plan.Policy == MissingPolicy.Drop;
        _frames = frames;
        _elements = new float[2 * frames];
        _isMissing = new bool[frames];
    }

    /// <summary>True when a sample that lacks one of its values is to be dropped.</summary>
    public bool MustNotMiss { get; }

    /// <summary>Elements that stand for a missing value.</summary>
    public int Missing { get; private set; }

    /// <summary>Puts a frame's value in the place of the oldest.</summary>
    /// <param name="at">Its place in the ring, 0 to the window's length exclusive.</param>
    public void Store(int at, double value)
    {
        double feature = _scaling.Feature(value);
        bool isMissing = double.IsNaN(feature);
        if (isMissing || _holds)
        {
            feature = _plan.Substituted(feature);
        }

        float element = _scaling.Scaled(feature);
        _elements[at] = element;
        _elements[at + _frames] = element;
        Missing += (isMissing ? 1 : 0) - (_isMissing[at] ? 1 : 0);
        _isMissing[at] = isMissing;
    }

    /// <summary>Copies the window to its place in the model's input.</summary>
    /// <param name="oldest">Place of its oldest frame in the ring.</param>
    /// <param name="input">The whole input.</param>
    public void CopyTo(int oldest, float[] input)
    {
        if (_stride == 1)
        {
            _elements.AsSpan(oldest, _frames).CopyTo(input.AsSpan(_inputIndex, _frames));
            return;
        }

        for (int i = 0, at = _inputIndex; i < _frames; i++, at += _stride)
        {
            input[at] = _elements[oldest + i];
        }
    }

    /// <summary>Forgets what it holds: the next window is all new.</summary>
    public void Forget()
    {
        _plan.Held = double.NaN;
        Array.Clear(_isMissing);
        Missing = 0;
    }
}
