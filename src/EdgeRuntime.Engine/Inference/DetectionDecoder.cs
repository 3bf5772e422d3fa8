using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Inference;

/// <summary>Reads the boxes of an object detector; see <see cref="DetectionSpec"/> for where they stand and which count.</summary>
/// <remarks>
/// Each candidate counts for its best class, the first of equals. Allocates nothing once made. Not thread-safe.
/// </remarks>
internal sealed class DetectionDecoder
{
    private readonly DetectionSpec _spec;
    private readonly ImageMapping _mapping;
    private readonly int _candidates;
    private readonly int _classes;
    private readonly int _firstLabel;
    private readonly int _scoreStart;
    private readonly int _valueStride;
    private readonly int _boxStride;
    private readonly int _scoreStride;
    private readonly bool _isSigmoid;
    private readonly bool _isSoftmax;
    private readonly bool _hasObjectness;
    private readonly bool _namesItsClass;
    private readonly int _classStart;
    private readonly double _threshold;
    private readonly double _overlap;
    private readonly bool _isAgnostic;
    private readonly (double X, double Y)? _unit;
    private readonly BoxKind _kind;
    private readonly double[] _anchors;
    private readonly double[] _variances;
    private readonly BestCandidates _best;
    private readonly Detection[] _found;
    private readonly Corners[] _corners;
    private readonly double[] _scores;

    /// <param name="outputLength">Elements of the output; <see cref="Mistake"/> has no objection.</param>
    public DetectionDecoder(OutputSpec output, int outputLength, ImageMapping mapping)
    {
        _spec = output.Detection ?? throw new ArgumentException("output.detection is missing");
        _mapping = mapping;
        _firstLabel = _spec.Background == true ? 1 : 0;
        _classes = output.Labels.Count - 1 + _firstLabel;
        _hasObjectness = _spec.Objectness == true;
        int values = _spec.Values(output.Labels.Count);
        _candidates = outputLength / values;
        bool columns = _spec.Layout == "columns";
        bool apart = _spec.Layout == "boxes_scores";
        bool foundApart = _spec.Layout == "found_columns";
        _namesItsClass = _spec.NamesItsClass();
        _valueStride = columns ? _candidates : 1;
        _boxStride = columns ? 1 : apart || foundApart ? 4 : values;
        _scoreStride = columns || foundApart ? 1 : apart ? _classes : values;
        _scoreStart = apart ? 4 * _candidates : foundApart ? 5 * _candidates : (_hasObjectness ? 5 : 4) * _valueStride;
        _classStart = foundApart ? 4 * _candidates : 5;
        _isSigmoid = output.Activation == "sigmoid";
        _isSoftmax = output.Activation == "softmax";
        _threshold = _spec.ScoreThreshold;
        _overlap = _spec.IouThreshold ?? 0.45;
        _isAgnostic = _spec.ClassAgnostic == true;
        _kind = _spec.Box switch
        {
            "corners" => BoxKind.Corners,
            "corners_yx" => BoxKind.CornersYx,
            "anchor_xy" => BoxKind.AnchorXy,
            "anchor_yx" => BoxKind.AnchorYx,
            _ => BoxKind.CenterSize,
        };
        bool normalized = _spec.Units == "normalized" || _kind >= BoxKind.AnchorXy;
        _unit = normalized ? (mapping.TensorWidth, mapping.TensorHeight) : null;
        _anchors = Anchors(_spec);
        _variances = [.. _spec.Variances ?? [0.1, 0.1, 0.2, 0.2]];
        _best = new BestCandidates(_spec.Candidates ?? 1000);
        _found = new Detection[_spec.MaxBoxes ?? 100];
        _corners = new Corners[_found.Length];
        _scores = new double[output.Labels.Count];
    }

    private enum BoxKind
    {
        CenterSize,
        Corners,
        CornersYx,
        AnchorXy,
        AnchorYx,
    }

    /// <summary>Best score by label, 0 where nothing was found; last that nothing is there: 1 less the best of all scores.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>What keeps boxes from being read off an output, or null.</summary>
    public static string? Mistake(OutputSpec output, int outputLength)
    {
        if (output.Detection is not { } spec)
        {
            return "output.detection: is missing";
        }

        int values = spec.Values(output.Labels.Count);
        if (outputLength == 0 || outputLength % values != 0)
        {
            return $"output.detection: a candidate has {values} values, and the model's output has {outputLength} elements, no multiple of it";
        }

        int anchors = spec.Anchors?.Sum(layer => layer.Rows * layer.Columns * layer.Widths.Count) ?? 0;
        return spec.Box.StartsWith("anchor", StringComparison.Ordinal) && anchors != outputLength / values
            ? $"output.detection.anchors: there are {anchors} and the model's output has {outputLength / values} candidates"
            : null;
    }

    /// <summary>Reads one output.</summary>
    /// <returns>Invalid when a score or a box is no finite number.</returns>
    public Decoded Decode(ReadOnlySpan<float> output)
    {
        _best.Clear();
        double highest = 0;
        for (int i = 0; i < _candidates; i++)
        {
            double score = _namesItsClass ? Named(output, i, out int label) : Score(output, i, out label);
            if (!double.IsFinite(score))
            {
                return Decoded.Invalid;
            }

            if (label >= 0)
            {
                highest = Math.Max(highest, score);
                if (score >= _threshold)
                {
                    _best.Add(score, i, label);
                }
            }
        }

        _best.Sort();
        if (Suppress(output) is not int kept)
        {
            return Decoded.Invalid;
        }

        Array.Clear(_scores);
        for (int i = kept - 1; i >= 0; i--)
        {
            _scores[_found[i].Label] = Math.Max(_found[i].Score, _scores[_found[i].Label]);
        }

        _scores[^1] = Math.Clamp(1 - highest, 0, 1);
        return Decoded.Objects(kept > 0 ? _found[0].Label : _scores.Length - 1, _scores, _found, kept);
    }

    private double Score(ReadOnlySpan<float> output, int candidate, out int label)
    {
        int at = _scoreStart + (candidate * _scoreStride);
        int best = 0;
        float most = output[at];
        for (int c = 0; c < _classes; c++)
        {
            float value = output[at + (c * _valueStride)];
            if (!float.IsFinite(value))
            {
                label = -1;
                return double.NaN;
            }

            if (value > most)
            {
                best = c;
                most = value;
            }
        }

        label = best - _firstLabel;
        double score = _isSigmoid ? Sigmoid(most) : _isSoftmax ? Softmax(output, at, most) : most;
        if (!_hasObjectness)
        {
            return score;
        }

        double objectness = output[(candidate * _boxStride) + (4 * _valueStride)];
        return score * (_isSigmoid ? Sigmoid(objectness) : objectness);
    }

    // Not finite, and so no answer, where the class is none the manifest knows and the box would count.
    private double Named(ReadOnlySpan<float> output, int candidate, out int label)
    {
        double score = output[_scoreStart + (candidate * _scoreStride)];
        double named = output[_classStart + (candidate * _scoreStride)];
        bool known = named >= 0 && named < _classes && named == Math.Floor(named);
        label = known ? (int)named - _firstLabel : -1;
        return known || score < _threshold ? score : double.NaN;
    }

    private double Softmax(ReadOnlySpan<float> output, int at, double most)
    {
        double sum = 0;
        for (int c = 0; c < _classes; c++)
        {
            sum += Math.Exp(output[at + (c * _valueStride)] - most);
        }

        return 1 / sum;
    }

    // From the best down; null when a box is no finite number.
    private int? Suppress(ReadOnlySpan<float> output)
    {
        int kept = 0;
        for (int rank = 0; rank < _best.Count && kept < _found.Length; rank++)
        {
            Corners box = Box(output, _best.Candidate(rank));
            if (!box.IsFinite)
            {
                return null;
            }

            int label = _best.Label(rank);
            bool falls = false;
            for (int i = 0; i < kept && !falls; i++)
            {
                falls = (_isAgnostic || _found[i].Label == label) && box.IntersectionOverUnion(_corners[i]) > _overlap;
            }

            if (!falls)
            {
                _corners[kept] = box;
                _found[kept++] = new Detection(
                    label, _best.Score(rank), _mapping.ToSourceX(box.Left), _mapping.ToSourceY(box.Top),
                    _mapping.ToSourceX(box.Right), _mapping.ToSourceY(box.Bottom));
            }
        }

        return kept;
    }

    // In pixels of the tensor.
    private Corners Box(ReadOnlySpan<float> output, int candidate)
    {
        int at = candidate * _boxStride;
        double a = output[at];
        double b = output[at + _valueStride];
        double c = output[at + (2 * _valueStride)];
        double d = output[at + (3 * _valueStride)];
        Corners box = _kind switch
        {
            BoxKind.Corners => new Corners(a, b, c, d),
            BoxKind.CornersYx => new Corners(b, a, d, c),
            BoxKind.AnchorXy => Around(candidate, a, b, c, d),
            BoxKind.AnchorYx => Around(candidate, b, a, d, c),
            _ => Corners.OfCenter(a, b, c, d),
        };
        return _unit is var (x, y) ? new Corners(box.Left * x, box.Top * y, box.Right * x, box.Bottom * y) : box;
    }

    private Corners Around(int candidate, double x, double y, double width, double height)
    {
        ReadOnlySpan<double> anchor = _anchors.AsSpan(candidate * 4, 4);
        return Corners.OfCenter(
            anchor[0] + (x * _variances[0] * anchor[2]),
            anchor[1] + (y * _variances[1] * anchor[3]),
            anchor[2] * Math.Exp(width * _variances[2]),
            anchor[3] * Math.Exp(height * _variances[3]));
    }

    private static double[] Anchors(DetectionSpec spec)
    {
        List<double> anchors = [];
        foreach (AnchorLayer layer in spec.Anchors ?? [])
        {
            for (int cell = 0; cell < layer.Rows * layer.Columns; cell++)
            {
                for (int box = 0; box < layer.Widths.Count; box++)
                {
                    anchors.Add(((cell % layer.Columns) + 0.5) / layer.Columns);
                    anchors.Add(((cell / layer.Columns) + 0.5) / layer.Rows);
                    anchors.Add(layer.Widths[box]);
                    anchors.Add(layer.Heights[box]);
                }
            }
        }

        return [.. anchors];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private readonly record struct Corners(double Left, double Top, double Right, double Bottom)
    {
        public bool IsFinite =>
            double.IsFinite(Left) && double.IsFinite(Top) && double.IsFinite(Right) && double.IsFinite(Bottom);

        private double Area => Math.Max(Right - Left, 0) * Math.Max(Bottom - Top, 0);

        public static Corners OfCenter(double x, double y, double width, double height) =>
            new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));

        public double IntersectionOverUnion(in Corners other)
        {
            double width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
            double height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
            if (width <= 0 || height <= 0)
            {
                return 0;
            }

            double shared = width * height;
            return shared / (Area + other.Area - shared);
        }
    }
}
