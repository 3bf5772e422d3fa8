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
