using System.Globalization;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Which sequence numbers of one (device, class, boot) arrived: tells what is new, and how far nothing is missing.</summary>
/// <remarks>
/// A list of disjoint ranges, so that order, duplicates and lateness do not matter. A device that was capped offline
/// leaves gaps for ever; a gap older than <see cref="Patience"/> no longer holds the acknowledgement back, and one too
/// many (<see cref="MaxRanges"/>) closes the oldest. Numbers of a closed gap count as arrived. Not thread-safe.
/// </remarks>
public sealed class SequenceRanges
{
    /// <summary>Ranges kept.</summary>
    public const int MaxRanges = 64;

    /// <summary>How long a gap is waited for. Longer than any message waits on the way, shorter than a device's patience.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Range> _ranges = [];

    /// <summary>Numbers that were given up, because they never came.</summary>
    public long GivenUp { get; private set; }

    /// <summary>Takes a number in.</summary>
    /// <param name="sequence">At least 1; others are never new.</param>
    /// <returns>True when it had not arrived before.</returns>
    public bool Add(long sequence, long nowMs)
    {
        if (sequence < 1)
        {
            return false;
        }

        int at = _ranges.FindIndex(range => sequence <= range.To);
        if (at >= 0 && sequence >= _ranges[at].From)
        {
            return false;
        }

        at = at < 0 ? _ranges.Count : at;
        _ranges.Insert(at, new Range(sequence, sequence, nowMs));
        MergeAround(at);
        if (_ranges.Count > MaxRanges)
        {
            CloseGap(1);
        }

        return true;
    }

    /// <summary>
    /// Highest number below which none is missing, gaps whose patience is over not counted; 0 when the first is missing.
    /// </summary>
    public long Contiguous(long nowMs)
    {
        while (_ranges.Count > 1 && IsOver(_ranges[1], nowMs))
        {
            CloseGap(1);
        }

        // What an earlier manager acknowledged is not in this list: the device does not send it again.
        return _ranges.Count > 0 && (_ranges[0].From == 1 || IsOver(_ranges[0], nowMs)) ? _ranges[0].To : 0;
    }

    /// <summary>The ranges as text, such as <c>1-17 19-20</c>.</summary>
    public override string ToString() => string.Join(
        ' ', _ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.To}")));

    /// <summary>Reads what <see cref="ToString"/> wrote; gaps begin to wait anew.</summary>
    public static SequenceRanges Parse(string text, long nowMs)
    {
        SequenceRanges ranges = new();
        foreach (string part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int dash = part.IndexOf('-', StringComparison.Ordinal);
            ranges._ranges.Add(new Range(
                long.Parse(part.AsSpan(0, dash), CultureInfo.InvariantCulture),
                long.Parse(part.AsSpan(dash + 1), CultureInfo.InvariantCulture),
                nowMs));
        }

        return ranges;
    }

    private static bool IsOver(Range range, long nowMs) => nowMs - range.SinceMs > Patience.TotalMilliseconds;

    // The gap before range `at` is given up.
    private void CloseGap(int at)
    {
        Range below = _ranges[at - 1];
        GivenUp += _ranges[at].From - below.To - 1;
        _ranges[at - 1] = below with { To = _ranges[at].To };
        _ranges.RemoveAt(at);
    }

    private void MergeAround(int at)
    {
        if (at + 1 < _ranges.Count && _ranges[at].To + 1 == _ranges[at + 1].From)
        {
            // The gap below the merged range is as old as the older of the two.
            _ranges[at] = _ranges[at] with { To = _ranges[at + 1].To, SinceMs = Math.Min(_ranges[at].SinceMs, _ranges[at + 1].SinceMs) };
            _ranges.RemoveAt(at + 1);
        }

        if (at > 0 && _ranges[at - 1].To + 1 == _ranges[at].From)
        {
            _ranges[at - 1] = _ranges[at - 1] with { To = _ranges[at].To };
            _ranges.RemoveAt(at);
        }
    }

    // SinceMs: when the gap below the range was first seen.
    private readonly record struct Range(long From, long To, long SinceMs);
}
