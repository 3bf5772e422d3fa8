using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>What one feature keeps of earlier samples: for rolling statistics, lags and differences.</summary>
/// <remarks>
/// Statistics are computed anew over the whole span, oldest first, so that they depend on what is in it and not on how
/// it got there. All memory is taken at construction. Not thread-safe.
/// </remarks>
internal sealed class SampleHistory
{
    private readonly double[] _rolling;
    private readonly double[] _span;
    private readonly double[] _room;
    private readonly RollingKind _kind;
    private readonly double[] _lagged;
    private readonly double[] _earlier;
    private int _rollingNext;
    private int _laggedNext;
    private int _earlierNext;

    private SampleHistory(FeatureSpec spec, RollingKind kind)
    {
        int rolling = spec.Rolling?.Samples ?? 0;
        _kind = kind;
        _rolling = new double[rolling];
        _span = new double[rolling];
        _room = new double[rolling];
        _lagged = new double[spec.Lag ?? 0];
        _earlier = new double[spec.Difference ?? 0];
        Before = Math.Max(rolling - 1, 0) + _lagged.Length + _earlier.Length;
        Reset();
    }

    private enum RollingKind
    {
        Mean,
        Std,
        Min,
        Max,
        Sum,
        Median,
        ZScore,
    }

    /// <summary>Samples it must have seen before the first that it answers in full.</summary>
    public int Before { get; }

    /// <summary>The history of a feature, or null when it needs none.</summary>
    /// <exception cref="ArgumentException">The manifest is not a valid one.</exception>
    public static SampleHistory? Of(FeatureSpec spec)
    {
        if (spec.Rolling is null && spec.Lag is null && spec.Difference is null)
        {
            return null;
        }

        RollingKind kind = spec.Rolling?.Statistic switch
        {
            null or "mean" => RollingKind.Mean,
            "std" => RollingKind.Std,
            "min" => RollingKind.Min,
            "max" => RollingKind.Max,
            "sum" => RollingKind.Sum,
            "median" => RollingKind.Median,
            "z_score" => RollingKind.ZScore,
            string other => throw new ArgumentException($"rolling.statistic: '{other}' is not known"),
        };
        return new SampleHistory(spec, kind);
    }

    /// <summary>Takes the value of a sample, NaN where it has none, and answers what stands for it.</summary>
    public double Next(double value)
    {
        if (_rolling.Length > 0)
        {
            _rolling[_rollingNext] = value;
            _rollingNext = (_rollingNext + 1) % _rolling.Length;
            value = Rolled(value);
        }

        if (_lagged.Length > 0)
        {
            (value, _lagged[_laggedNext]) = (_lagged[_laggedNext], value);
            _laggedNext = (_laggedNext + 1) % _lagged.Length;
        }

        if (_earlier.Length > 0)
        {
            double earlier = _earlier[_earlierNext];
            _earlier[_earlierNext] = value;
            _earlierNext = (_earlierNext + 1) % _earlier.Length;
            value -= earlier;
        }

        return value;
    }

    /// <summary>Forgets all samples.</summary>
    public void Reset()
    {
        Array.Fill(_rolling, double.NaN);
        Array.Fill(_lagged, double.NaN);
        Array.Fill(_earlier, double.NaN);
        _rollingNext = 0;
        _laggedNext = 0;
        _earlierNext = 0;
    }

    private double Rolled(double newest)
    {
        int count = 0;
        double sum = 0;
        double min = double.PositiveInfinity;
        double max = double.NegativeInfinity;
        for (int i = 0; i < _rolling.Length; i++)
        {
            int at = _rollingNext + i;
            double value = _rolling[at < _rolling.Length ? at : at - _rolling.Length];
            if (double.IsFinite(value))
            {
                _span[count++] = value;
                sum += value;
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }
        }

        if (count == 0)
        {
            return double.NaN;
        }

        double mean = min == max ? min : sum / count;
        return _kind switch
        {
            RollingKind.Mean => mean,
            RollingKind.Std => Deviation(count, mean),
            RollingKind.Min => min,
            RollingKind.Max => max,
            RollingKind.Sum => sum,
            RollingKind.Median => Median(count),
            _ => min == max ? newest - mean : (newest - mean) / Deviation(count, mean),
        };
    }

    private double Deviation(int count, double mean)
    {
        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            double deviation = _span[i] - mean;
            squares += deviation * deviation;
        }

        return Math.Sqrt(squares / count);
    }

    private double Median(int count)
    {
        Span<double> sorted = _span.AsSpan(0, count);
        MergeSort.Sort(sorted, _room);
        double lower = sorted[(count - 1) / 2];
        return lower + ((sorted[count / 2] - lower) / 2);
    }
}
