namespace EdgeRuntime.Statistics.Distributions;

/// <summary>
/// Pearson's curve through four moments, for the upper tail of a sum over cells: type VI, a beta prime distribution, where the tails are
/// heavier than those of the gamma distribution with the same first three moments, and else that one (<see cref="ShiftedGamma"/>).
/// </summary>
/// <remarks>
/// <para>
/// Formulas after W. P. Elderton and N. L. Johnson, "Systems of Frequency Curves" (1969); that such curves come within a few per cent of the tails of
/// quadratic forms: H. Solomon and M. A. Stephens, "Approximations to Density Functions Using Pearson Curves", JASA 73 (1978). Three
/// moments alone leave out a seventh to a quarter of the chance of what happens once in two thousand times.
/// </para>
/// <para>Lighter tails, type I, end somewhere, and a larger statistic would be impossible: the gamma's are kept, which alarm less.</para>
/// </remarks>
public readonly record struct PearsonCurve
{
    // Below this the two types agree better than four moments tell, and parameters get huge.
    private const double Alike = 1e-3;
    private const double Precision = 1e-14;
    private const int MostSteps = 100;

    private readonly ShiftedGamma _gamma;
    private readonly double _a;
    private readonly double _b;
    private readonly double _mean;
    private readonly double _deviation;

    /// <param name="mean">Its mean.</param>
    /// <param name="variance">Its variance; 0 puts all in one point.</param>
    /// <param name="skewness">Third central moment by the variance to the power of 3/2.</param>
    /// <param name="excess">Fourth central moment by the squared variance, less the 3 of a normal distribution.</param>
    public PearsonCurve(double mean, double variance, double skewness, double excess)
    {
        _gamma = new ShiftedGamma(mean, variance, skewness);
        double square = skewness * skewness;
        double heavier = (2 * excess) - (3 * square);
        if (!(variance > 0) || !(skewness > 0) || heavier < Alike)
        {
            return;
        }

        // Type VI begins where Elderton's criterion is 1; beyond, up to still heavier tails for their skewness, stands the last of the type.
        double least = 2 + (8 / square) + (8 * Math.Sqrt((1 / (square * square)) + (1 / (4 * square))));
        double order = Math.Max(6 * (excess + 2 - square) / heavier, 1.01 * least);
        double product = order * order / (4 - (square * (order - 2) * (order - 2) / (4 * (order - 1))));
        _a = (Math.Sqrt((order * order) - (4 * product)) - order) / 2;
        _b = order + 1;
        _mean = _a / (_b - 1);
        _deviation = Math.Sqrt(_a * (_a + _b - 1) / (_b - 2)) / (_b - 1);
    }

    /// <summary>Probability of <paramref name="x"/> or more: the p-value.</summary>
    public double Survival(double x)
    {
        if (!(_b > 0))
        {
            return _gamma.Survival(x);
        }

        double y = _mean + ((x - _gamma.Mean) / Math.Sqrt(_gamma.Variance) * _deviation);
        return y <= 0 ? 1 : IncompleteBeta.Regularized(1 / (1 + y), y / (1 + y), _b, _a);
    }

    /// <summary>The value that is exceeded with probability <paramref name="level"/>.</summary>
    /// <param name="level">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public double UpperQuantile(double level)
    {
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "a level between 0 and 1 is needed");
        }

        if (!(_gamma.Variance > 0))
        {
            return _gamma.Mean;
        }

        double step = 4 * Math.Sqrt(_gamma.Variance);
        double low = _gamma.Mean;
        double high = low + step;
        for (; Survival(low) <= level; step *= 2)
        {
            (low, high) = (low - step, low);
        }

        for (; Survival(high) > level; step *= 2)
        {
            (low, high) = (high, high + step);
        }

        return Narrowed(low, high, level);
    }

    // The Illinois variant of regula falsi on the logarithm, which is close to straight: some ten evaluations, where bisection takes fifty.
    // Always from above, so that what reaches the quantile has a p-value of the level or less.
    private double Narrowed(double low, double high, double level)
    {
        double above = Logarithm(low, level);
        double below = Logarithm(high, level);
        bool? last = null;
        for (int i = 0; i < MostSteps && high - low > Precision * Math.Abs(high) && below < 0; i++)
        {
            double middle = double.IsFinite(below) ? low + ((high - low) * above / (above - below)) : low + ((high - low) / 2);
            middle = middle > low && middle < high ? middle : low + ((high - low) / 2);
            double there = Logarithm(middle, level);
            bool isAbove = there > 0;
            if (isAbove)
            {
                (low, above) = (middle, there);
                below *= last == true ? 0.5 : 1;
            }
            else
            {
                (high, below) = (middle, there);
                above *= last == false ? 0.5 : 1;
            }

            last = isAbove;
        }

        return high;
    }

    private double Logarithm(double x, double level) => Math.Log(Survival(x) / level);
}
