namespace EdgeRuntime.Engine.Inference;

/// <summary>Makes one row of values of those of several models, element by element. Allocates nothing.</summary>
/// <remarks>An element that is not finite in one model is not finite in the result, but for <see cref="Combination.Max"/>
/// of +infinity, which is itself.</remarks>
internal sealed class Ensemble
{
    private readonly Combination _how;
    private readonly double[] _weights;
    private readonly double _total;
    private readonly float[] _sorted;

    /// <param name="how">How.</param>
    /// <param name="weights">Of the members, each greater than 0.</param>
    public Ensemble(Combination how, IReadOnlyList<double> weights)
    {
        _how = how;
        _weights = [.. weights];
        _total = _weights.Sum();
        _sorted = new float[_weights.Length];
    }

    /// <summary>Reads the manifest's word.</summary>
    public static Combination Parse(string? word) => word switch
    {
        "weighted_mean" => Combination.WeightedMean,
        "max" => Combination.Max,
        "median" => Combination.Median,
        "vote" => Combination.Vote,
        _ => Combination.Mean,
    };

    /// <summary>Combines the newest values of the members.</summary>
    /// <param name="members">As many as there are weights.</param>
    /// <param name="values">Overwritten whole; the length of each member's values.</param>
    public void Combine(BoundModel[] members, Span<float> values)
    {
        if (_how == Combination.Vote)
        {
            Vote(members, values);
            return;
        }

        for (int at = 0; at < values.Length; at++)
        {
            values[at] = _how switch
            {
                Combination.Max => Largest(members, at),
                Combination.Median => Median(members, at),
                _ => Mean(members, at),
            };
        }
    }

    private float Mean(BoundModel[] members, int at)
    {
        double sum = 0;
        for (int i = 0; i < members.Length; i++)
        {
            sum += members[i].Values[at] * (_how == Combination.WeightedMean ? _weights[i] : 1);
        }

        return (float)(sum / (_how == Combination.WeightedMean ? _total : members.Length));
    }

    private static float Largest(BoundModel[] members, int at)
    {
        float largest = members[0].Values[at];
        for (int i = 1; i < members.Length; i++)
        {
            // Keeps NaN, unlike a comparison.
            largest = MathF.Max(largest, members[i].Values[at]);
        }

        return largest;
    }

    private float Median(BoundModel[] members, int at)
    {
        int count = 0;
        for (int i = 0; i < members.Length; i++)
        {
            float value = members[i].Values[at];
            if (!float.IsFinite(value))
            {
                return float.NaN;
            }

            int place = count++;
            for (; place > 0 && _sorted[place - 1] > value; place--)
            {
                _sorted[place] = _sorted[place - 1];
            }

            _sorted[place] = value;
        }

        return count % 2 == 1 ? _sorted[count / 2] : (float)(((double)_sorted[(count / 2) - 1] + _sorted[count / 2]) / 2);
    }

    private void Vote(BoundModel[] members, Span<float> values)
    {
        values.Clear();
        for (int i = 0; i < members.Length; i++)
        {
            ReadOnlySpan<float> scores = members[i].Values;
            int best = 0;
            for (int at = 0; at < scores.Length; at++)
            {
                if (!float.IsFinite(scores[at]))
                {
                    values.Fill(float.NaN);
                    return;
                }

                best = scores[at] > scores[best] ? at : best;
            }

            values[best] += (float)(_weights[i] / _total);
        }
    }
}

/// <summary>How the outputs of an ensemble's members become one.</summary>
internal enum Combination
{
    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Mean by the members' weights.</summary>
    WeightedMean,

    /// <summary>The largest.</summary>
    Max,

    /// <summary>The middle one; the mean of the middle two.</summary>
    Median,

    /// <summary>Share of the weights of the members whose largest element it is.</summary>
    Vote,
}
