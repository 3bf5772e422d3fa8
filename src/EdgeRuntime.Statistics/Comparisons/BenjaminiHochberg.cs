namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// Benjamini and Hochberg's step-up procedure (1995): among thousands of tests of a fleet, at most the level's share of what
/// alarms is false on average, where tests are independent or rise together.
/// </summary>
public static class BenjaminiHochberg
{
    /// <summary>Marks which tests alarm.</summary>
    /// <param name="pValues">One for each test, 0 to 1; NaN for one that could not be made, which never alarms and does not count as one.</param>
    /// <param name="level">Expected share of false alarms among the alarms; between 0 and 1.</param>
    /// <param name="alarms">Shape of <paramref name="pValues"/>; overwritten whole.</param>
    /// <returns>How many alarm.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or the level is outside its range.</exception>
    public static int Alarms(ReadOnlySpan<double> pValues, double level, Span<bool> alarms)
    {
        if (pValues.Length != alarms.Length)
        {
            throw new ArgumentException($"there are {pValues.Length} p-values and room for {alarms.Length} alarms");
        }

        if (!(level > 0 && level < 1))
        {
            throw new ArgumentException($"a level of {level} is outside 0 to 1");
        }

        double[] sorted = new double[pValues.Length];
        int count = 0;
        foreach (double p in pValues)
        {
            sorted[count] = p;
            count += double.IsNaN(p) ? 0 : 1;
        }

        Array.Sort(sorted, 0, count);
        int alarmed = count;
        while (alarmed > 0 && !(sorted[alarmed - 1] <= level * alarmed / count))
        {
            alarmed--;
        }

        double largest = alarmed > 0 ? sorted[alarmed - 1] : double.NaN;
        for (int i = 0; i < pValues.Length; i++)
        {
            alarms[i] = pValues[i] <= largest;
        }

        return alarmed;
    }
}
