using System.Numerics;
using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// The first three moments of a sum over cells when the pooled counts are dealt at random to the two samples: exact, without
/// a simulation.
/// </summary>
/// <remarks>
/// <para>
/// Dealt so, the current counts are independent binomials under the condition that they sum to the sample's size. The
/// condition is taken by Fourier inversion, <c>E[S^k | U = m] P(U = m) = 1/2pi integral of E[S^k exp(i t (U - m))] dt</c>, after
/// M. S. Bartlett, "The characteristic function of a conditional statistic" (1938). Under the integral the cells are independent,
/// so their cumulants add up; the integrand falls like a normal density, and a midpoint rule of few points is exact to 1e-12.
/// </para>
/// <para>Costs as many steps as there are plausible counts, times some twenty: well below a millisecond for 37 cells and 5,000 values.</para>
/// </remarks>
internal static class ConditionalMoments
{
    // Counts further out than this many standard deviations weigh nothing.
    private const double Reach = 9;

    /// <summary>Mean, variance and skewness of the sum of <paramref name="term"/> over the cells.</summary>
    /// <param name="pooled">At least one value in each sample.</param>
    /// <param name="term">What a cell adds.</param>
    public static ShiftedGamma Of(in Pooled pooled, CellTerm term)
    {
        double share = (double)pooled.CurrentSize / pooled.Size;
        double deviation = Math.Sqrt(pooled.Size * share * (1 - share));
        Cell[] cells = new Cell[pooled.Cells];
        double centre = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = Cell.Of(pooled.Totals[i], pooled.CurrentSize, share, term);
            centre += cells[i].Centre;
        }

        double end = Math.Min(Math.PI, 8.5 / deviation);
        int points = Math.Max(16, (int)Math.Ceiling(end * deviation / 0.5));
        double weight = 0;
        double first = 0;
        double second = 0;
        double third = 0;
        for (int point = 0; point < points; point++)
        {
            // The midpoint rule never meets pi, where a cell of even chances vanishes.
            Sums sums = Sums.Over(cells, (point + 0.5) * end / points);
            weight += sums.Weight;
            first += sums.First;
            second += sums.Second;
            third += sums.Third;
        }

        first /= weight;
        second /= weight;
        third /= weight;
        double variance = Math.Max(second - (first * first), 0);
        double central = third - (3 * first * second) + (2 * first * first * first);

        // Where the sum can take one value only, rounding leaves some 1e-17 of its square.
        bool constant = variance <= 1e-14 * ((centre + first) * (centre + first));
        return constant
            ? new ShiftedGamma(centre + first, 0, 0)
            : new ShiftedGamma(centre + first, variance, central / (variance * Math.Sqrt(variance)));
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

        public static Cell Of(long total, long largest, double share, CellTerm term)
        {
            double mean = total * share;
            double reach = (Reach * Math.Sqrt(mean * (1 - share))) + 6;
            long low = (long)Math.Max(0, Math.Floor(mean - reach));
            long high = (long)Math.Min(Math.Min(total, largest), Math.Ceiling(mean + reach));
            double[] weights = new double[high - low + 1];
            double[] terms = new double[weights.Length];
            double sum = 0;
            double centre = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = Binomial.Probability(low + i, total, share);
                terms[i] = term.Of(total, low + i);
                sum += weights[i];
                centre += weights[i] * terms[i];
            }

            centre /= sum;
            for (int i = 0; i < terms.Length; i++)
            {
                terms[i] -= centre;
            }

            return new Cell(low - mean, weights, terms, centre);
        }
    }

    /// <summary>The integrands at one frequency.</summary>
    private readonly record struct Sums(double Weight, double First, double Second, double Third)
    {
        public static Sums Over(Cell[] cells, double frequency)
        {
            Complex product = Complex.One;
            Complex mean = Complex.Zero;
            Complex variance = Complex.Zero;
            Complex third = Complex.Zero;
            Complex step = Complex.FromPolarCoordinates(1, frequency);
            foreach (Cell cell in cells)
            {
                Complex c0 = Complex.Zero;
                Complex c1 = Complex.Zero;
                Complex c2 = Complex.Zero;
                Complex c3 = Complex.Zero;
                Complex turn = Complex.FromPolarCoordinates(1, frequency * cell.Start);
                for (int i = 0; i < cell.Weights.Length; i++)
                {
                    double h = cell.Terms[i];
                    Complex w0 = turn * cell.Weights[i];
                    Complex w1 = w0 * h;
                    Complex w2 = w1 * h;
                    c0 += w0;
                    c1 += w1;
                    c2 += w2;
                    c3 += w2 * h;
                    turn *= step;
                }

                c1 /= c0;
                c2 /= c0;
                c3 /= c0;
                product *= c0;
                mean += c1;
                variance += c2 - (c1 * c1);
                third += c3 - (3 * c1 * c2) + (2 * c1 * c1 * c1);
            }

            return new Sums(
                product.Real,
                (product * mean).Real,
                (product * (variance + (mean * mean))).Real,
                (product * (third + (mean * ((3 * variance) + (mean * mean))))).Real);
        }
    }
}
