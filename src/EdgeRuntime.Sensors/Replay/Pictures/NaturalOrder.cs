namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>Orders names as people do: <c>frame9</c> before <c>frame10</c>. Runs of digits by their value, all else by code unit.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x;
        ReadOnlySpan<char> b = y;
        while (a.Length > 0 && b.Length > 0)
        {
            if (char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]))
            {
                ReadOnlySpan<char> left = Digits(ref a);
                ReadOnlySpan<char> right = Digits(ref b);
                int byValue = left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);
                if (byValue != 0)
                {
                    return byValue;
                }

                continue;
            }

            if (a[0] != b[0])
            {
                return a[0] - b[0];
            }

            a = a[1..];
            b = b[1..];
        }

        // Names that differ in leading zeros alone still have one order.
        return a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(x, y);
    }

    // Takes a run of digits, without its leading zeros.
    private static ReadOnlySpan<char> Digits(ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits.TrimStart('0');
    }
}
