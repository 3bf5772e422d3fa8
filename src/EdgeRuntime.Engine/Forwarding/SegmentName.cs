using System.Buffers;
using System.Globalization;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>The name of a segment's file, such as <c>00000003-00000007.new</c>.</summary>
/// <remarks>
/// The name is all that is known of a segment before it is read, and each change of it is atomic: the numbers say which
/// segments it stands for, so that one that others were merged into takes their place the moment it has its name; the
/// ending says whether any of its messages may have been sent.
/// </remarks>
/// <param name="From">Number of the first segment it stands for; at least 1.</param>
/// <param name="To">Number of the last; at least <paramref name="From"/>.</param>
/// <param name="MaySent">True (<c>.out</c>) once any of its messages may have been sent: it is never merged again.</param>
public readonly record struct SegmentName(uint From, uint To, bool MaySent)
{
    private const int Length = 21;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads a name. False for every other.</summary>
    public static bool TryParse(string text, out SegmentName name)
    {
        name = default;
        if (text.Length != Length || text[8] != '-' || !IsNumber(text.AsSpan(0, 8), out uint from) || !IsNumber(text.AsSpan(9, 8), out uint to)
            || !text.AsSpan(17).SequenceEqual(".new") && !text.AsSpan(17).SequenceEqual(".out") || from < 1 || to < from)
        {
            return false;
        }

        name = new SegmentName(from, to, text.EndsWith('t'));
        return true;
    }

    /// <summary>Whether everything in the other is also in this one.</summary>
    public bool Covers(SegmentName other) => From <= other.From && other.To <= To;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:x8}-{To:x8}.{(MaySent ? "out" : "new")}");

    // The parser itself would take capitals, and pass over zero bytes at the end.
    private static bool IsNumber(ReadOnlySpan<char> digits, out uint number)
    {
        number = 0;
        return !digits.ContainsAnyExcept(Digits)
            && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
