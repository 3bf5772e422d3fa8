namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Direct loss estimation (DLE, NannyML) without a second model on the device: what an answer is expected to cost is a
/// constant and one amount for each feature's bin. So the mean over a window follows from the counts of its bins, which
/// are counted and merged anyway, and costs a sample nothing.
/// </summary>
/// <remarks>
/// The loss is whatever it was fitted to: the magnitude of a regression's error, its square, or 1 for a wrong answer. It sees
/// inputs that move to where the model was worse, and not a change of what is true for the same inputs; so it never decides alone.
/// </remarks>
public sealed class AdditiveLoss
{
    /// <summary>Magnitude that no amount exceeds.</summary>
    public const double Largest = 1e12;

    private const int Fraction = 40;

    private readonly double _mean;
    private readonly double[][] _amounts;

    /// <summary>Creates an estimate.</summary>
    /// <param name="mean">Loss where no bin says otherwise; at most <see cref="Largest"/> in magnitude, as all amounts.</param>
    /// <param name="amounts">Shape [features][bins], the bin of missing values last; copied.</param>
    /// <exception cref="ArgumentException">A number is larger, or none.</exception>
    public AdditiveLoss(double mean, IReadOnlyList<IReadOnlyList<double>> amounts)
    {
        if (!(Math.Abs(mean) <= Largest) || amounts.Any(feature => feature.Any(amount => !(Math.Abs(amount) <= Largest))))
        {
            throw new ArgumentException($"an expected loss has amounts of at most {Largest}");
        }

        _mean = mean;
        _amounts = [.. amounts.Select(feature => feature.ToArray())];
    }

    /// <summary>Features it looks at.</summary>
    public int Features => _amounts.Length;

    /// <summary>Loss where no bin says otherwise.</summary>
    public double Constant => _mean;

    /// <summary>What the bins of a feature add. Shape [bins], the bin of missing values last.</summary>
    public ReadOnlySpan<double> Amounts(int feature) => _amounts[feature];

    /// <summary>What a feature's bins add to the loss of a window, all answers together, in 2^-40: whole numbers, so that it adds up exactly.</summary>
    /// <param name="counts">Shape [bins - 1] of the feature; at least 0.</param>
    /// <param name="missing">Values that were missing.</param>
    /// <exception cref="ArgumentException">The feature has another number of bins.</exception>
    public Int128 Parts(int feature, ReadOnlySpan<long> counts, long missing)
    {
        double[] amounts = _amounts[feature];
        if (counts.Length != amounts.Length - 1)
        {
            throw new ArgumentException($"feature {feature} has {counts.Length} bins and the loss {amounts.Length - 1}");
        }

        Int128 sum = missing * Fixed(amounts[^1]);
        for (int bin = 0; bin < counts.Length; bin++)
        {
            sum += counts[bin] * Fixed(amounts[bin]);
        }

        return sum;
    }

    /// <summary>What the constant comes to for so many answers, in 2^-40.</summary>
    public Int128 Parts(long answers) => answers * Fixed(_mean);

    /// <summary>Sums of parts as a mean loss; NaN without answers.</summary>
    public static double Mean(Int128 parts, long answers) => Math.ScaleB((double)parts, -Fraction) / answers;

    /// <summary>Fits the amounts to rows whose loss is known, by going round the features until nothing moves any more (backfitting).</summary>
    /// <param name="bins">Shape [rows][features], the bin of each value.</param>
    /// <param name="binsOfFeatures">Shape [features]: bins of each, the one of missing values included.</param>
    /// <param name="losses">Shape [rows], finite.</param>
    /// <param name="shrinkage">Rows that a bin's own are weighed against, so that a bin of few rows says little; at least 0.</param>
    public static AdditiveLoss Fit(
        IReadOnlyList<int[]> bins, IReadOnlyList<int> binsOfFeatures, ReadOnlySpan<double> losses, double shrinkage = 20)
    {
        const int MostRounds = 100;
        double mean = 0;
        for (int row = 0; row < losses.Length; row++)
        {
            mean += losses[row] / losses.Length;
        }

        double[][] amounts = [.. binsOfFeatures.Select(count => new double[count])];
        double[] rest = new double[losses.Length];
        for (int row = 0; row < rest.Length; row++)
        {
            rest[row] = losses[row] - mean;
        }

        double moved = double.MaxValue;
        for (int round = 0; round < MostRounds && moved > 1e-6 * Math.Abs(mean); round++)
        {
            moved = 0;
            for (int feature = 0; feature < amounts.Length; feature++)
            {
                moved = Math.Max(moved, Step(bins, feature, amounts[feature], rest, shrinkage));
            }
        }

        return new AdditiveLoss(mean, amounts);
    }

    /// <summary>A loss in 2^-40, as the sums of it are.</summary>
    /// <param name="amount">At most <see cref="Largest"/> in magnitude.</param>
    public static Int128 Fixed(double amount) => (Int128)Math.Round(Math.ScaleB(amount, Fraction));

    // One feature explains what the others leave; centred, so that the constant stays the mean of the rows.
    private static double Step(IReadOnlyList<int[]> bins, int feature, double[] amounts, double[] rest, double shrinkage)
    {
        double[] sums = new double[amounts.Length];
        double[] rows = new double[amounts.Length];
        for (int row = 0; row < rest.Length; row++)
        {
            int bin = bins[row][feature];
            sums[bin] += rest[row] + amounts[bin];
            rows[bin]++;
        }

        double[] next = new double[amounts.Length];
        double center = 0;
        for (int bin = 0; bin < next.Length; bin++)
        {
            next[bin] = rows[bin] > 0 ? sums[bin] / (rows[bin] + shrinkage) : 0;
            center += next[bin] * rows[bin] / rest.Length;
        }

        double moved = 0;
        for (int bin = 0; bin < next.Length; bin++)
        {
            next[bin] -= center;
            moved = Math.Max(moved, Math.Abs(next[bin] - amounts[bin]));
        }

        for (int row = 0; row < rest.Length; row++)
        {
            int bin = bins[row][feature];
            rest[row] += amounts[bin] - next[bin];
        }

        next.CopyTo(amounts, 0);
        return moved;
    }
}
