namespace EdgeRuntime.Statistics.Counters;

/// <summary>Which numbers from 1 on came, in bounded memory: all up to one, and some beyond it.</summary>
internal sealed class SequenceSet
{
    /// <summary>Numbers remembered beyond the first gap; with one more, the gap is given up.</summary>
    public const int MostAhead = 256;

    private readonly List<long> _ahead = [];
    private long _all;

    /// <summary>Adds a number; false when it came before, or lies in a gap that was given up.</summary>
    public bool Add(long number)
    {
        int place = _ahead.BinarySearch(number);
        if (number <= _all || place >= 0)
        {
            return false;
        }

        _ahead.Insert(~place, number);
        if (_ahead.Count > MostAhead)
        {
            _all = _ahead[0] - 1;
        }

        int contiguous = 0;
        while (contiguous < _ahead.Count && _ahead[contiguous] == _all + 1)
        {
            _all++;
            contiguous++;
        }

        _ahead.RemoveRange(0, contiguous);
        return true;
    }
}
