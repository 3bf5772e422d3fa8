namespace EdgeRuntime.Sensors.Vitals;

/// <summary>A kernel counter that only grows, until it wraps or its device goes away and comes back.</summary>
internal struct Counter
{
    private ulong _last;
    private bool _known;

    /// <summary>Takes the counter's new value.</summary>
    /// <returns>How much it grew since the last call; NaN on the first; 0 when it began again.</returns>
    public double Step(ulong now)
    {
        double grown = _known ? Grown(_last, now) : double.NaN;
        _last = now;
        _known = true;
        return grown;
    }

    /// <summary>The counter was not there this time; the next <see cref="Step"/> is a first one. Returns NaN.</summary>
    public double Miss()
    {
        _known = false;
        return double.NaN;
    }

    /// <summary>How much a counter grew between two readings, over a wrap at 32 bits too; 0 when it began again.</summary>
    public static ulong Grown(ulong last, ulong now)
    {
        if (now >= last)
        {
            return now - last;
        }

        // The busy time of a disk is 32 bits of milliseconds and wraps every 50 days; on 32-bit kernels every counter
        // does. A wrap comes back far below where it was; a counter that fell a little (iowait does) or whose
        // device was plugged in again did not wrap.
        const ulong Wrap = 1UL << 32;
        ulong over = unchecked(now + Wrap - last);
        return last < Wrap && over < Wrap / 2 ? over : 0;
    }
}
