using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>
/// Finds a pattern that repeats: a period whose own past foretells what comes. Peaks of the autocorrelation are the candidates; the
/// means by phase of the earlier half must explain the later half, so that a slow wandering series, whose autocorrelation has peaks
/// too, has no season.
/// </summary>
internal static class Seasonality
{
    private const int MostPoints = 4096;
    private const int FewestCycles = 3;
    private const int ShortestPeriod = 4;
    private const int Phases = 24;
    private const double LeastStrength = 0.1;
    private const int MostCandidates = 6;

    /// <summary>The season of a series.</summary>
    /// <param name="values">In the order of time; NaN where there is none.</param>
    /// <returns>Null where there is none, or fewer than three cycles of it.</returns>
    public static SeasonReference? Of(ReadOnlySpan<double> values)
    {
        int step = Math.Max(1, (values.Length + MostPoints - 1) / MostPoints);
        double[] thinned = Detrended(Thinned(values, step));
        double[] correlations = Autocorrelation.Of(thinned, thinned.Length / FewestCycles);
        SeasonReference? best = null;
        foreach (int lag in Peaks(correlations))
        {
            // What was thinned tells the period to some rows; the rows themselves say which.
            for (int rows = Math.Max(ShortestPeriod, (lag * step) - step); rows <= (lag * step) + step; rows += Math.Max(1, step / 8))
            {
                double strength = Explained(values, rows);
                if (strength >= LeastStrength && strength > (best?.Strength ?? 0) * 1.05)
                {
                    best = new SeasonReference(rows, Math.Round(Math.Min(strength, 1), 4));
                }
            }
        }

        return best;
    }

    private static double[] Thinned(ReadOnlySpan<double> values, int step)
    {
        double[] thinned = new double[values.Length / step];
        for (int i = 0; i < thinned.Length; i++)
        {
            double sum = 0;
            int count = 0;
            foreach (double value in values.Slice(i * step, step))
            {
                sum += double.IsFinite(value) ? value : 0;
                count += double.IsFinite(value) ? 1 : 0;
            }

            thinned[i] = count == 0 ? double.NaN : sum / count;
        }

        return thinned;
    }

    private static double[] Detrended(double[] values)
    {
        double n = 0, x = 0, y = 0, xx = 0, xy = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(values[i]))
            {
                n++;
                x += i;
                y += values[i];
                xx += (double)i * i;
                xy += i * values[i];
            }
        }

        double spread = (n * xx) - (x * x);
        double slope = spread > 0 ? ((n * xy) - (x * y)) / spread : 0;
        return [.. values.Select((value, i) => value - (slope * i))];
    }

    // The first peak after the correlation has once been negative, and the highest others.
    private static IEnumerable<int> Peaks(double[] correlations)
    {
        int from = Array.FindIndex(correlations, correlation => correlation < 0);
        return from < 0 ? [] : Enumerable.Range(Math.Max(from, 1), Math.Max(0, correlations.Length - 1 - Math.Max(from, 1)))
            .Where(i => correlations[i] > LeastStrength && correlations[i] >= correlations[i - 1] && correlations[i] > correlations[i + 1])
            .OrderByDescending(i => correlations[i]).Take(MostCandidates).Select(i => i + 1).Order();
    }

    // Share of the later half's variance that the earlier half's means by phase take away; below 0 where they are worse than its mean.
    private static double Explained(ReadOnlySpan<double> values, int rows)
    {
        if (values.Length < FewestCycles * rows)
        {
            return 0;
        }

        int half = Math.Max(1, values.Length / 2 / rows) * rows;
        int phases = Math.Min(Phases, rows);
        double[] sums = new double[phases];
        int[] counts = new int[phases];
        for (int i = 0; i < half; i++)
        {
            if (double.IsFinite(values[i]))
            {
                sums[i % rows * phases / rows] += values[i];
                counts[i % rows * phases / rows]++;
            }
        }

        double total = 0;
        int later = 0;
        for (int i = half; i < values.Length; i++)
        {
            total += double.IsFinite(values[i]) ? values[i] : 0;
            later += double.IsFinite(values[i]) ? 1 : 0;
        }

        double mean = total / Math.Max(1, later);
        double errors = 0;
        double squares = 0;
        for (int i = half; i < values.Length; i++)
        {
            int phase = i % rows * phases / rows;
            if (double.IsFinite(values[i]) && counts[phase] > 0)
            {
                double foretold = sums[phase] / counts[phase];
                errors += (values[i] - foretold) * (values[i] - foretold);
                squares += (values[i] - mean) * (values[i] - mean);
            }
        }

        return squares > 0 ? 1 - (errors / squares) : 0;
    }
}
