using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Features;

/// <summary>Turns frames of scalar channels into features as a package's manifest says.</summary>
/// <remarks>
/// Keeps the newest frames in a ring; whenever a window is complete, computes all features. A value outside its
/// channel's physical bounds counts as missing, like NaN. Where features look at earlier samples, the first sample is
/// the first for which they can. All memory is taken at construction: <see cref="Push(Frame)"/> allocates nothing. Not
/// thread-safe.
/// </remarks>
public sealed class FeaturePipeline : IPipeline
{
    private readonly BoundChannel[] _channels;
    private readonly double[][] _rings;
    private readonly FeaturePlan[][] _plans;

    // The channels of which statistics are computed; the others are only handed on.
    private readonly int[] _measured;
    private readonly RawWindows? _raw;
    private readonly FeaturePlan[] _crosses;
    private readonly ChannelWindow _window;
    private readonly TimeWindows? _timeWindows;
    private readonly double[] _places;
    private readonly double[] _codes = new double[8];
    private readonly double[] _values;
    private readonly float[] _input;
    private readonly int _windowFrames;
    private readonly int _hopFrames;
    private readonly int _frameLength;
    private readonly int _samplesBefore;
    private readonly double _framesPerMs;
    private readonly double _maxGapMs;
    private bool _hasLast;
    private long _lastMs;
    private int _next;
    private int _framesUntilReady;
    private int _samplesUntilReady;

    internal FeaturePipeline(PipelineParts parts)
    {
        _channels = parts.Channels;
        _plans = [.. parts.Plans.Select(plans => plans.Where(plan => !IsRaw(plan)).ToArray())];
        _crosses = parts.Crosses;
        _windowFrames = parts.WindowFrames;
        _hopFrames = parts.HopFrames;
        _frameLength = parts.FrameLength;
        _framesPerMs = parts.RateHz / 1000;
        _maxGapMs = parts.MaxGapMs;
        _timeWindows = parts.TimeWindows;
        _rings = new double[_channels.Length][];
        for (int i = 0; i < _rings.Length; i++)
        {
            _rings[i] = _plans[i].Length == 0 ? [] : new double[_windowFrames];
        }

        _measured = [.. Enumerable.Range(0, _channels.Length).Where(channel => _plans[channel].Length > 0)];
        (int, FeaturePlan)[] raw = [.. parts.Plans.SelectMany((plans, channel) => plans.Where(IsRaw).Select(plan => (channel, plan)))];
        _raw = raw.Length > 0 ? new RawWindows(raw, _channels, _windowFrames) : null;
        _places = new double[_windowFrames];
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] = i;
        }

        _window = new ChannelWindow(_windowFrames, parts.RateHz, parts.Spectrum);
        _values = new double[parts.Names.Count];
        _input = new float[parts.InputLength];
        _samplesBefore = Before(_plans);
        Layout = parts.Layout;
        Names = parts.Names;
        Reset();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Features of the newest sample before scaling, shape [<see cref="Names"/>]; NaN where there was no value.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Input => _input;

    /// <inheritdoc/>
    public IReadOnlyList<InputSlice> Layout { get; }

    /// <inheritdoc/>
    public int MissingElements { get; private set; }

    /// <inheritdoc/>
    public bool MustDrop { get; private set; }

    /// <inheritdoc/>
    public bool Push(Frame frame) => Push(frame.Values, frame.Time.UnixMs);

    /// <summary>Takes one frame. Allocates nothing.</summary>
    /// <param name="frame">Shape and order of the sensor's channels; NaN where a channel has no value.</param>
    /// <param name="unixMs">When it was taken; only windows by time look at it.</param>
    /// <returns>True when this frame completed a sample: <see cref="Values"/> and <see cref="Input"/> are then new.</returns>
    /// <exception cref="ArgumentException">The frame does not have the sensor's shape.</exception>
    public bool Push(ReadOnlySpan<double> frame, long unixMs = 0)
    {
        if (frame.Length != _frameLength)
        {
            ThrowShape(frame.Length);
        }

        return _timeWindows is null ? PushByCount(frame, unixMs) : PushByTime(_timeWindows, frame, unixMs);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _next = 0;
        _framesUntilReady = _windowFrames;
        _samplesUntilReady = _samplesBefore;
        _hasLast = false;
        _timeWindows?.Reset();
        _raw?.Forget();
        foreach (FeaturePlan cross in _crosses)
        {
            cross.Held = double.NaN;
        }

        foreach (FeaturePlan[] plans in _plans)
        {
            foreach (FeaturePlan plan in plans)
            {
                plan.History?.Reset();
                plan.Held = double.NaN;
            }
        }
    }

    private bool PushByCount(ReadOnlySpan<double> frame, long unixMs)
    {
        // Of no gap at all the difference is not even looked at: tests and benchmarks push frames without a time.
        if (_maxGapMs < double.PositiveInfinity)
        {
            if (_hasLast && (unixMs < _lastMs || unixMs - _lastMs > _maxGapMs))
            {
                Reset();
            }

            _hasLast = true;
            _lastMs = unixMs;
        }

        Store(frame);
        _framesUntilReady--;
        if (_framesUntilReady > 0)
        {
            return false;
        }

        _framesUntilReady = _hopFrames;
        Compute(_windowFrames);
        return IsReady();
    }

    // A window is complete with the first frame after it, which belongs to the next.
    private bool PushByTime(TimeWindows windows, ReadOnlySpan<double> frame, long unixMs)
    {
        bool isSilent = windows.IsSession && !HasValue(frame);
        bool due = isSilent ? windows.EndsInSilence(unixMs) : windows.IsDue(unixMs);
        if (due)
        {
            for (int i = 0; i < windows.Frames; i++)
            {
                _places[i] = windows.Offset(i) * _framesPerMs;
            }

            Compute(windows.Frames);
        }

        if (!isSilent)
        {
            windows.Add(unixMs);
            Store(frame);
        }

        return due && IsReady();
    }

    private bool HasValue(ReadOnlySpan<double> frame)
    {
        for (int i = 0; i < _channels.Length; i++)
        {
            if (!double.IsNaN(_channels[i].Physical(frame)))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsReady()
    {
        if (_samplesUntilReady == 0)
        {
            return true;
        }

        _samplesUntilReady--;
        return false;
    }

    private void Store(ReadOnlySpan<double> frame)
    {
        foreach (int channel in _measured)
        {
            _rings[channel][_next] = _channels[channel].Physical(frame);
        }

        _raw?.Store(_next, _channels, frame);
        _next = _next + 1 == _windowFrames ? 0 : _next + 1;
    }

    private void Compute(int frames)
    {
        MissingElements = 0;
        MustDrop = false;
        // The newest frame of the ring stands just before where the next one will go.
        int oldest = _next - frames;
        oldest = oldest < 0 ? oldest + _windowFrames : oldest;
        if (_raw is not null)
        {
            _raw.CopyTo(oldest, _input);
            MissingElements = _raw.Missing;
            MustDrop = _raw.MissingNeeded > 0;
        }

        foreach (int channel in _measured)
        {
            _window.Load(_rings[channel], oldest, frames, _places);
            foreach (FeaturePlan plan in _plans[channel])
            {
                switch (plan.Kind)
                {
                    case StatisticKind.Raw:
                        Several(plan, _window.Raw(plan.Normalize));
                        break;
                    case StatisticKind.Spectrum:
                        Several(plan, _window.Amplitudes(plan.FirstLine, plan.EndLine, plan.Normalize));
                        break;
                    case StatisticKind.Mel:
                        Several(plan, _window.Mel(plan.Mel!, plan.Normalize));
                        break;
                    default:
                        Single(plan, _window.Compute(plan));
                        break;
                }
            }
        }

        foreach (FeaturePlan cross in _crosses)
        {
            Fill(cross, cross.Category!.Cross(_values, cross.Crossed, _codes));
        }

        MustDrop |= MissingElements == _input.Length;
    }

    private void Single(FeaturePlan plan, double statistic)
    {
        double feature = plan.Scaling.Transformed(statistic);
        if (plan.History is not null)
        {
            feature = plan.History.Next(feature);
        }

        feature = plan.Scaling.Clipped(feature);
        Fill(plan, plan.Category is null ? feature : plan.Category.IndexOf(feature));
    }

    private void Fill(FeaturePlan plan, double feature)
    {
        _values[plan.ValueIndex] = feature;
        if (double.IsNaN(feature))
        {
            MissingElements += plan.Elements;
            MustDrop |= plan.Policy == MissingPolicy.Drop;
        }

        plan.Write(plan.Substituted(feature), _input);
    }

    private void Several(FeaturePlan plan, ReadOnlySpan<double> statistics)
    {
        Span<float> elements = _input.AsSpan(plan.InputIndex);
        for (int i = 0, at = 0; i < statistics.Length; i++, at += plan.Stride)
        {
            double feature = plan.Scaling.Feature(statistics[i]);
            if (double.IsNaN(feature))
            {
                MissingElements++;
                MustDrop |= plan.Policy == MissingPolicy.Drop;
            }

            elements[at] = plan.Scaling.Scaled(plan.Substituted(feature));
        }
    }

    private static bool IsRaw(FeaturePlan plan) => plan is { Kind: StatisticKind.Raw, Normalize: WindowScale.None };

    private static int Before(FeaturePlan[][] plans)
    {
        int before = 0;
        foreach (FeaturePlan[] ofChannel in plans)
        {
            foreach (FeaturePlan plan in ofChannel)
            {
                before = Math.Max(before, plan.History?.Before ?? 0);
            }
        }

        return before;
    }

    [DoesNotReturn]
    private void ThrowShape(int length) =>
        throw new ArgumentException($"the frame has {length} values; the pipeline is bound to a sensor with {_frameLength}");
}

/// <summary>A manifest's channel, bound to its place in the sensor's frame.</summary>
internal readonly record struct BoundChannel(int Source, double Low, double High)
{
    /// <summary>Where its age stands in the frame, for a channel of aligned sensors with a bound; else -1.</summary>
    public int AgeSource { get; init; } = -1;

    /// <summary>Age at which its value counts as missing, milliseconds.</summary>
    public double MaxAgeMs { get; init; }

    /// <summary>The channel's value of a frame; NaN when it is missing, too old or not physical.</summary>
    public double Physical(ReadOnlySpan<double> frame)
    {
        // Written as 'not younger' so that a value without an age is missing too.
        if (AgeSource >= 0 && !(frame[AgeSource] < MaxAgeMs))
        {
            return double.NaN;
        }

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

    /// <summary>The features that are crosses of others, in the manifest's order.</summary>
    public required FeaturePlan[] Crosses { get; init; }

    /// <summary>Names of the features that are single values.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Which part of the input is which tensor.</summary>
    public required IReadOnlyList<InputSlice> Layout { get; init; }

    /// <summary>Elements of the model's input.</summary>
    public required int InputLength { get; init; }

    /// <summary>Frames per second of the manifest.</summary>
    public required double RateHz { get; init; }

    /// <summary>Frames in a window; the most, for windows by time.</summary>
    public required int WindowFrames { get; init; }

    /// <summary>Frames between windows.</summary>
    public required int HopFrames { get; init; }

    /// <summary>Values in the sensor's frame.</summary>
    public required int FrameLength { get; init; }

    /// <summary>Silence after which windows by count begin afresh, milliseconds; infinite for none.</summary>
    public required double MaxGapMs { get; init; }

    /// <summary>For windows by time; null for windows by count.</summary>
    public required TimeWindows? TimeWindows { get; init; }

    /// <summary>For band energies and spectra; null when there are none.</summary>
    public required PowerSpectrum? Spectrum { get; init; }
}
