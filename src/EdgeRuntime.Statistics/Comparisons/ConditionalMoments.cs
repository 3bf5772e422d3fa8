using System.Numerics;
using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// The first four moments of a sum over cells under the condition that the counts sum to a sample's size: exact, without a simulation.
/// </summary>
/// <remarks>
/// <para>
/// Counts of cells that are independent, binomial or negative binomial, are under that condition those of a random deal of pooled counts,
/// or of the window that a reference foretells. It is taken by Fourier inversion,
/// <c>E[S^k | U = m] P(U = m) = 1/2pi integral of E[S^k exp(i t (U - m))] dt</c>, after
/// M. S. Bartlett, "The characteristic function of a conditional statistic" (1938). Under the integral the cells are independent,
/// so their cumulants add up; the integrand falls like a normal density, and a midpoint rule of few points is exact to 1e-12.
/// </para>
/// <para>Costs as many steps as there are plausible counts, times some twenty: well below a millisecond for 37 cells and 5,000 values.</para>
/// </remarks>
internal static class ConditionalMoments
{
    // Counts further out than this many standard deviations weigh nothing.
    private const double Reach = 9;

    // Below, the integral does not hold.
    private const long FewestValues = 50;

    // A window of many times its reference's size has that many plausible counts in each cell.
    private const long MostWindows = 16;

    /// <summary>When the pooled counts are dealt at random to the two samples.</summary>
    /// <param name="pooled">At least one value in each sample.</param>
    /// <param name="term">What a cell adds.</param>
    public static SumMoments Of(in Pooled pooled, CellTerm term)
    {
        double share = (double)pooled.CurrentSize / pooled.Size;
        Cell[] cells = new Cell[pooled.Cells];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = Cell.Dealt(pooled.Totals[i], pooled.CurrentSize, share, term);
        }

        return Of(cells, Math.Sqrt(pooled.Size * share * (1 - share)));
    }

    /// <summary>
    /// Whether a reference has values enough to foretell a window, and a window so few that to foretell it costs little.
    /// </summary>
    public static bool IsForetold(in Pooled pooled) =>
        pooled.ReferenceSize >= FewestValues && pooled.CurrentSize <= MostWindows * pooled.ReferenceSize;

    /// <summary>When the window is the one that its reference foretells.</summary>
    /// <param name="pooled">As <see cref="IsForetold"/> wants it.</param>
    /// <param name="term">What a cell adds.</param>
    public static SumMoments OfWindow(in Pooled pooled, CellTerm term)
    {
        long[] reference = new long[pooled.Cells];
        for (int i = 0; i < reference.Length; i++)
        {
            reference[i] = pooled.Totals[i] - pooled.Current[i];
        }

        return OfWindow(reference, pooled.CurrentSize, term);
    }

    /// <summary>
    /// When the shares of a window are only as well known as a reference tells them: Dirichlet-multinomial counts, each cell's share after
    /// its count. In cells that the reference never had the window has some value, or they would not be among those compared: what a gap
    /// between two values of the reference gets, under the condition that it gets any.
    /// </summary>
    /// <param name="reference">Counts of the reference, 0 or more.</param>
    /// <param name="size">Values in the window; at least 1.</param>
    /// <param name="term">What a cell adds.</param>
    public static SumMoments OfWindow(ReadOnlySpan<long> reference, long size, CellTerm term)
    {
        long total = 0;
        foreach (long count in reference)
        {
            total += Math.Max(count, 1);
        }

        double share = (double)total / (total + size);
        Cell[] cells = new Cell[reference.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = Cell.Foretold(reference[i], size, share, term);
        }

        return Of(cells, Math.Sqrt(size / share));
    }

    /// <param name="deviation">Of the sum of the independent counts.</param>
    private static SumMoments Of(Cell[] cells, double deviation)
    {
        double centre = 0;
        foreach (Cell cell in cells)
        {
            centre += cell.Centre;
        }

        double end = Math.Min(Math.PI, 8.5 / deviation);
        int points = Math.Max(16, (int)Math.Ceiling(end * deviation / 0.5));
        double weight = 0;
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        for (int point = 0; point < points; point++)
        {
            // The midpoint rule never meets pi, where a cell of even chances vanishes.
            Sums sums = Sums.Over(cells, (point + 0.5) * end / points);
            weight += sums.Weight;
            first += sums.First;
            second += sums.Second;
            third += sums.Third;
            fourth += sums.Fourth;
        }

        first /= weight;
        second /= weight;
        third /= weight;
        fourth /= weight;
        double square = first * first;
        double variance = Math.Max(second - square, 0);
        double central = third - (3 * first * second) + (2 * first * square);
        double quartic = fourth - (4 * first * third) + (6 * square * second) - (3 * square * square);

        // Where the sum can take one value only, rounding leaves some 1e-17 of its square.
        bool constant = variance <= 1e-14 * ((centre + first) * (centre + first));
        return constant
            ? new SumMoments(centre + first, 0, 0, 0)
            : new SumMoments(
                centre + first, variance, central / (variance * Math.Sqrt(variance)), (quartic / (variance * variance)) - 3);
    }

    /// <summary>One cell: its plausible counts with their binomial weights, and its terms less their mean.</summary>
    private readonly struct Cell
    {
        private Cell(double start, double[] weights, double[] terms, double centre)
        {
            Start = start;
            Weights = weights;
            Terms = terms;
            Centre = centre;
        }

        /// <summary>The smallest plausible count, less the expected one.</summary>
        public double Start { get; }

        public double[] Weights { get; }

        public double[] Terms { get; }

        public double Centre { get; }

        /// <summary>A cell of pooled counts: binomial.</summary>
        public static Cell Dealt(long total, long largest, double share, CellTerm term)
        {
            double mean = total * share;
            double reach = (Reach * Math.Sqrt(mean * (1 - share))) + 6;
            long low = (long)Math.Max(0, Math.Floor(mean - reach));
            double[] weights = new double[(long)Math.Min(Math.Min(total, largest), Math.Ceiling(mean + reach)) - low + 1];
            double[] terms = new double[weights.Length];
            double odds = share / (1 - share);
            for (int i = 0; i < weights.Length; i++)
            {
                long count = low + i;
                weights[i] = i == 0
                    ? Binomial.Probability(low, total, share)
                    : weights[i - 1] * odds * (total - count + 1) / count;
                terms[i] = term.Of(total, count);
            }

            return Centred(low - mean, weights, terms);
        }

        /// <summary>A cell of a window to come: negative binomial, and not 0 where nothing is known of it.</summary>
        public static Cell Foretold(long counted, long largest, double share, CellTerm term)
        {
            long known = Math.Max(counted, 1);
            double mean = known * (1 - share) / share;

            // Of few counts the distribution falls like a geometric one, for which deviations are no measure.
            double reach = (Reach * Math.Sqrt(mean / share)) + 6;
            long low = (long)Math.Max(0, Math.Floor(mean - reach));
            double[] weights = new double[(long)Math.Min(largest, Math.Ceiling(mean + reach + (20 / share))) - low + 1];
            double[] terms = new double[weights.Length];
            for (int i = 0; i < weights.Length; i++)
            {
                long count = low + i;
                weights[i] = i == 0
                    ? Binomial.Probability(known, known + low, share) * known / (known + low)
                    : weights[i - 1] * (1 - share) * (known + count - 1) / count;
                terms[i] = term.Of(counted + count, count);
            }

            if (counted == 0)
            {
                weights[0] = 0;
            }

            return Centred(low - mean, weights, terms);
        }

        /// <summary>Sums of weights, and of weights times powers of the terms, with phases.</summary>
        /// <param name="step">Phase from one count to the next.</param>
        /// <param name="phase">Of the smallest count.</param>
        // The innermost loop of all this: real numbers, which stay in registers.
        public Cumulated At(Complex step, Complex phase)
        {
            (double real, double imaginary) = (phase.Real, phase.Imaginary);
            (double r0, double i0, double r1, double i1, double r2, double i2) = (0, 0, 0, 0, 0, 0);
            (double r3, double i3, double r4, double i4) = (0, 0, 0, 0);
            ReadOnlySpan<double> terms = Terms;
            ReadOnlySpan<double> weights = Weights.AsSpan(0, terms.Length);
            for (int i = 0; i < terms.Length; i++)
            {
                double h = terms[i];
                double re = weights[i] * real;
                double im = weights[i] * imaginary;
                (r0, i0) = (r0 + re, i0 + im);
                (re, im) = (re * h, im * h);
                (r1, i1) = (r1 + re, i1 + im);
                (re, im) = (re * h, im * h);
                (r2, i2) = (r2 + re, i2 + im);
                (re, im) = (re * h, im * h);
                (r3, i3) = (r3 + re, i3 + im);
                (r4, i4) = (r4 + (re * h), i4 + (im * h));
                (real, imaginary) = ((real * step.Real) - (imaginary * step.Imaginary), (real * step.Imaginary) + (imaginary * step.Real));
            }

            return new Cumulated(new(r0, i0), new(r1, i1), new(r2, i2), new(r3, i3), new(r4, i4));
        }

        private static Cell Centred(double start, double[] weights, double[] terms)
        {
            double sum = 0;
            double centre = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                sum += weights[i];
                centre += weights[i] * terms[i];
            }

            centre /= sum;
            for (int i = 0; i < terms.Length; i++)
            {
                terms[i] -= centre;
            }

            return new Cell(start, weights, terms, centre);
        }
    }

    /// <summary>Of one cell at one frequency: sums over its counts of the powers of the terms.</summary>
    private readonly record struct Cumulated(Complex Zeroth, Complex First, Complex Second, Complex Third, Complex Fourth);

    /// <summary>The integrands at one frequency.</summary>
    private readonly record struct Sums(double Weight, double First, double Second, double Third, double Fourth)
    {
        public static Sums Over(Cell[] cells, double frequency)
        {
            Complex product = Complex.One;
            Complex mean = Complex.Zero;
            Complex variance = Complex.Zero;
            Complex third = Complex.Zero;
            Complex fourth = Complex.Zero;
            Complex step = Complex.FromPolarCoordinates(1, frequency);
            foreach (Cell cell in cells)
            {
                Cumulated of = cell.At(step, Complex.FromPolarCoordinates(1, frequency * cell.Start));
                Complex c0 = of.Zeroth;
                Complex c1 = of.First / c0;
                Complex c2 = of.Second / c0;
                Complex c3 = of.Third / c0;
                Complex c4 = of.Fourth / c0;
                Complex square = c1 * c1;
                product *= c0;
                mean += c1;
                variance += c2 - square;
                third += c3 - (3 * c1 * c2) + (2 * c1 * square);
                fourth += c4 - (4 * c1 * c3) - (3 * c2 * c2) + (12 * square * c2) - (6 * square * square);
            }

            // Moments from cumulants.
            Complex squared = mean * mean;
            return new Sums(
                product.Real,
                (product * mean).Real,
                (product * (variance + squared)).Real,
                (product * (third + (mean * ((3 * variance) + squared)))).Real,
                (product * (fourth + (4 * mean * third) + (3 * variance * variance) + (squared * ((6 * variance) + squared)))).Real);
        }
    }
}

/// <summary>Moments of a sum.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Variance">Its variance; 0 where it can take one value only.</param>
/// <param name="Skewness">Third standardized moment.</param>
/// <param name="Excess">Fourth standardized moment less 3.</param>
internal readonly record struct SumMoments(double Mean, double Variance, double Skewness, double Excess)
{
    /// <summary>Pearson's curve through them.</summary>
    public PearsonCurve Curve => new(Mean, Variance, Skewness, Excess);
}
