using System.Runtime.CompilerServices;

namespace EdgeRuntime.Engine.Features;

/// <summary>
/// The windows of all raw features, already scaled: a value is scaled once, when its frame comes, and not with every window
/// that it lies in.
/// </summary>
/// <remarks>Allocates nothing once made. Not thread-safe.</remarks>
internal sealed class RawWindows
{
    private readonly Column[] _columns;
    private readonly PlainColumn[] _plain;
    private readonly int _frames;

    // A ring of frames, each with one element a column: shape [frames, columns].
    private readonly float[] _elements;
    private readonly bool[] _isMissing;

    // Where the elements of a window go in the model's input, oldest frame first: shape [frames, columns].
    private readonly int[] _places;

    // Every window lies in the input as it lies in the ring, but for where it begins.
    private readonly bool _isOnePiece;

    /// <param name="features">Each with the place of its channel among the bound ones.</param>
    /// <param name="channels">The bound ones.</param>
    /// <param name="frames">Frames in a window; at least 1.</param>
    public RawWindows(IReadOnlyList<(int Channel, FeaturePlan Plan)> features, BoundChannel[] channels, int frames)
    {
        _columns = [.. features.Select(feature => new Column(feature.Channel, feature.Plan))];
        _plain = [.. features.Select(feature => PlainColumn.Of(channels[feature.Channel], feature.Plan))];
        _frames = frames;
        _elements = new float[frames * _columns.Length];
        _isMissing = new bool[_elements.Length];
        _places =
        [
            .. from frame in Enumerable.Range(0, frames)
               from feature in features
               select feature.Plan.InputIndex + (frame * feature.Plan.Stride),
        ];
        _isOnePiece = _places.Zip(_places.Skip(1)).All(pair => pair.Second == pair.First + 1);
    }

    /// <summary>Elements of the newest window that stand for a missing value.</summary>
    public int Missing { get; private set; }

    /// <summary>Those of them without which a sample is to be dropped.</summary>
    public int MissingNeeded { get; private set; }

    /// <summary>Puts a frame in the place of the oldest.</summary>
    /// <param name="at">Its place in the ring, 0 to the window's length exclusive.</param>
    /// <param name="frame">Shape of the sensor's channels.</param>
    public void Store(int at, BoundChannel[] channels, ReadOnlySpan<double> frame)
    {
        int columns = _columns.Length;
        Span<float> elements = _elements.AsSpan(at * columns, columns);
        Span<bool> isMissing = _isMissing.AsSpan(at * columns, columns);
        ReadOnlySpan<PlainColumn> plain = _plain.AsSpan(0, elements.Length);
        for (int i = 0; i < elements.Length; i++)
        {
            if (plain[i].TryScale(frame, out float element) && !isMissing[i])
            {
                elements[i] = element;
                continue;
            }

            ref readonly Column column = ref _columns[i];
            double feature = column.Scaling.Feature(channels[column.Channel].Physical(frame));
            bool isAbsent = double.IsNaN(feature);
            if (isAbsent || column.Holds)
            {
                feature = column.Plan.Substituted(feature);
            }

            elements[i] = column.Scaling.Scaled(feature);
            if (isAbsent != isMissing[i])
            {
                isMissing[i] = isAbsent;
                Missing += isAbsent ? 1 : -1;
                MissingNeeded += !column.IsNeeded ? 0 : isAbsent ? 1 : -1;
            }
        }
    }

    /// <summary>Copies the windows to their places in the model's input.</summary>
    /// <param name="oldest">Place of their oldest frame in the ring.</param>
    /// <param name="input">The whole input.</param>
    public void CopyTo(int oldest, Span<float> input)
    {
        int split = (_frames - oldest) * _columns.Length;
        ReadOnlySpan<float> older = _elements.AsSpan(oldest * _columns.Length, split);
        ReadOnlySpan<float> newer = _elements.AsSpan(0, oldest * _columns.Length);
        if (_isOnePiece)
        {
            older.CopyTo(input[_places[0]..]);
            newer.CopyTo(input[(_places[0] + split)..]);
            return;
        }

        Scatter(older, _places.AsSpan(0, split), input);
        Scatter(newer, _places.AsSpan(split), input);
    }

    /// <summary>Forgets what they hold: the next window is all new.</summary>
    public void Forget()
    {
        Array.Clear(_isMissing);
        Missing = 0;
        MissingNeeded = 0;
        foreach (Column column in _columns)
        {
            column.Plan.Held = double.NaN;
        }
    }

    private static void Scatter(ReadOnlySpan<float> elements, ReadOnlySpan<int> places, Span<float> input)
    {
        places = places[..elements.Length];
        for (int i = 0; i < elements.Length; i++)
        {
            input[places[i]] = elements[i];
        }
    }

    /// <summary>
    /// What nearly every value needs: it is physical, within the feature's bounds and only shifted and scaled. Six numbers
    /// side by side, and the same operations in the same order as <see cref="FeatureScaling"/>'s, so that the bits are its.
    /// </summary>
    private readonly struct PlainColumn
    {
        private readonly int _source;
        private readonly double _low;
        private readonly double _high;
        private readonly double _center;
        private readonly double _scale;
        private readonly double _clip;

        private PlainColumn(int source, (double Low, double High) bounds, FeatureScaling scaling)
        {
            _source = source;
            (_low, _high) = bounds;
            (_center, _scale, _clip) = scaling.Numbers;
        }

        public static PlainColumn Of(BoundChannel channel, FeaturePlan plan)
        {
            // A value that is held is remembered, and one with an age may be too old: no value is within these bounds.
            bool isPlain = channel.AgeSource < 0 && plan.Policy != MissingPolicy.Hold && plan.Scaling.Plain is not null;
            (double low, double high) = plan.Scaling.Plain ?? default;
            return new PlainColumn(
                channel.Source,
                isPlain ? (Math.Max(low, channel.Low), Math.Min(high, channel.High)) : (double.NaN, double.NaN),
                plan.Scaling);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryScale(ReadOnlySpan<double> frame, out float element)
        {
            double value = frame[_source];
            double scaled = (value - _center) / _scale;
            element = (float)scaled;
            return value >= _low && value <= _high && scaled >= -_clip && scaled <= _clip;
        }
    }

    /// <summary>One raw feature; what every frame needs of it lies side by side.</summary>
    private readonly struct Column(int channel, FeaturePlan plan)
    {
        public readonly FeatureScaling Scaling = plan.Scaling;
        public readonly FeaturePlan Plan = plan;
        public readonly int Channel = channel;
        public readonly bool Holds = plan.Policy == MissingPolicy.Hold;
        public readonly bool IsNeeded = plan.Policy == MissingPolicy.Drop;
    }
}
