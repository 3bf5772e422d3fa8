namespace EdgeRuntime.Engine.Features;

/// <summary>Sorts numbers without allocating.</summary>
/// <remarks>
/// The library's sort makes a delegate on every call when compiled natively (48 bytes, measured on .NET 9). Merging
/// needs a second buffer, which a window has room for, and takes the same time on every input.
/// </remarks>
internal static class MergeSort
{
    private const int Run = 12;

    /// <summary>Sorts ascending.</summary>
    /// <param name="values">No NaN among them.</param>
    /// <param name="room">At least as long; overwritten.</param>
    public static void Sort(Span<double> values, Span<double> room)
    {
        for (int start = 0; start < values.Length; start += Run)
        {
            Insert(values.Slice(start, Math.Min(Run, values.Length - start)));
        }

        Span<double> from = values;
        Span<double> to = room[..values.Length];
        for (int width = Run; width < values.Length; width *= 2)
        {
            for (int start = 0; start < values.Length; start += 2 * width)
            {
                int middle = Math.Min(start + width, values.Length);
                int end = Math.Min(start + (2 * width), values.Length);
                Merge(from[start..middle], from[middle..end], to[start..end]);
            }

            Span<double> merged = to;
            to = from;
            from = merged;
        }

        if (from != values)
        {
            from.CopyTo(values);
        }
    }

    private static void Insert(Span<double> values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            double value = values[i];
            int at = i;
            while (at > 0 && values[at - 1] > value)
            {
                values[at] = values[at - 1];
                at--;
            }

            values[at] = value;
        }
    }

    private static void Merge(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> merged)
    {
        int l = 0;
        int r = 0;
        for (int i = 0; i < merged.Length; i++)
        {
            bool takesLeft = r == right.Length || (l < left.Length && left[l] <= right[r]);
            merged[i] = takesLeft ? left[l++] : right[r++];
        }
    }
}
