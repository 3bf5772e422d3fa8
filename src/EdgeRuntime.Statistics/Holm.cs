namespace EdgeRuntime.Statistics;

/// <summary>
/// Holm's step-down correction: with many features tested at once, the chance of even one false alarm stays below the
/// level, whatever the features have to do with each other.
/// </summary>
public static class Holm
{
    /// <summary>Marks which tests alarm.</summary>
    /// <param name="pValues">One for each test, 0 to 1; NaN for a test that could not be made, which never alarms and
    /// does not count as one.</param>
    /// <param name="level">Chance of one or more false alarms in the family, 0 to 1 exclusive.</param>
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

        alarms.Clear();
        int left = 0;
        foreach (double p in pValues)
        {
            left += double.IsNaN(p) ? 0 : 1;
        }

        int alarmed = 0;
        while (left > 0)
        {
            int smallest = SmallestOpen(pValues, alarms);
            if (!(pValues[smallest] <= level / left))
            {
                break;
            }

            alarms[smallest] = true;
            alarmed++;
            left--;
        }

        return alarmed;
    }

    /// <summary>
    /// The level that each test is held against: a test alarms exactly when its p-value is at most its own, so that a threshold can be
    /// told beside each statistic.
    /// </summary>
    /// <param name="pValues">As in <see cref="Alarms"/>.</param>
    /// <param name="level">As in <see cref="Alarms"/>.</param>
    /// <param name="levels">Shape of <paramref name="pValues"/>; overwritten whole. That of the first test which does not alarm for
    /// all that come after it, since they do not either, however small their p-values were by themselves.</param>
    /// <exception cref="ArgumentException">As in <see cref="Alarms"/>.</exception>
    public static void Levels(ReadOnlySpan<double> pValues, double level, Span<double> levels)
    {
        Span<bool> alarms = pValues.Length <= 256 ? stackalloc bool[pValues.Length] : new bool[pValues.Length];
        int alarmed = Alarms(pValues, level, alarms);
        int tests = 0;
        foreach (double p in pValues)
        {
            tests += double.IsNaN(p) ? 0 : 1;
        }

        // Equal p-values alarm together, and any order among them serves.
        double last = level / Math.Max(tests - alarmed, 1);
        for (int i = 0; i < pValues.Length; i++)
        {
            levels[i] = alarms[i] ? level / (tests - RankOf(pValues, alarms, i)) : last;
        }
    }

    private static int RankOf(ReadOnlySpan<double> pValues, ReadOnlySpan<bool> alarms, int test)
    {
        int before = 0;
        for (int i = 0; i < pValues.Length; i++)
        {
            before += alarms[i] && (pValues[i] < pValues[test] || (pValues[i] == pValues[test] && i < test)) ? 1 : 0;
        }

        return before;
    }

    // A family has tens of members, so looking again costs less than sorting with indices would.
    private static int SmallestOpen(ReadOnlySpan<double> pValues, ReadOnlySpan<bool> alarms)
    {
        int smallest = -1;
        for (int i = 0; i < pValues.Length; i++)
        {
            bool open = !alarms[i] && !double.IsNaN(pValues[i]);
            if (open && (smallest < 0 || pValues[i] < pValues[smallest]))
            {
                smallest = i;
            }
        }

        return smallest;
    }
}
