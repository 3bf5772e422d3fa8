namespace EdgeRuntime.Statistics.Sketches;

/// <summary>
/// Counts by key, of which only the highest are kept apart: what lies too far below the highest shares one class.
/// </summary>
/// <remarks>
/// What is in them hangs on what was recorded alone, never on the order: a key folds into the lowest class exactly when it lies
/// <c>capacity</c> or more below the highest key of all. Hence merged bins equal pooled ones. Recording allocates nothing.
/// </remarks>
internal sealed class CollapsingBins
{
    private readonly long[] _counts;
    private readonly int _mask;
    private int _high;

    /// <param name="capacity">A power of two.</param>
    public CollapsingBins(int capacity)
    {
        _counts = new long[capacity];
        _mask = capacity - 1;
    }

    /// <summary>Everything that was counted.</summary>
    public long Count { get; private set; }

    /// <summary>Of these, how many had a key below the lowest class, which they share.</summary>
    public long Collapsed { get; private set; }

    /// <summary>Highest key; without meaning while empty.</summary>
    public int High => _high;

    /// <summary>Lowest class that is kept apart.</summary>
    public int Low => _high - _mask;

    /// <summary>Count of one class between <see cref="Low"/> and <see cref="High"/>.</summary>
    public long this[int key] => _counts[key & _mask];

    /// <summary>Counts one key.</summary>
    public void Record(int key)
    {
        if (Count == 0)
        {
            _high = key;
        }
        else if (key > _high)
        {
            RaiseTo(key);
        }

        if (key < Low)
        {
            key = Low;
            Collapsed++;
        }

        // The class of a key is its remainder: classes in use lie within one capacity, so no two share a place.
        _counts[key & _mask]++;
        Count++;
    }

    /// <summary>Adds counts of the same capacity, exactly.</summary>
    /// <exception cref="OverflowException">The sum leaves the range of 64 bits; nothing was added.</exception>
    public void Add(CollapsingBins other)
    {
        if (other.Count == 0)
        {
            return;
        }

        Reserve(other._high, other.Count);
        for (int key = other.Low; key <= other._high; key++)
        {
            Add(key, other[key]);
        }

        AddCollapsed(other.Low, other.Collapsed);
    }

    /// <summary>Adds counts in their sparse form, exactly.</summary>
    /// <param name="keys">Strictly ascending, the first less than one capacity below the last.</param>
    /// <param name="counts">As many, each at least 1.</param>
    /// <param name="collapsed">How many of those in the class one less than a capacity below the last had a lower key.</param>
    /// <exception cref="OverflowException">The sum leaves the range of 64 bits; nothing was added.</exception>
    public void Add(ReadOnlySpan<int> keys, ReadOnlySpan<long> counts, long collapsed)
    {
        if (keys.IsEmpty)
        {
            return;
        }

        long total = 0;
        foreach (long count in counts)
        {
            total = checked(total + count);
        }

        Reserve(keys[^1], total);
        for (int i = 0; i < keys.Length; i++)
        {
            Add(keys[i], counts[i]);
        }

        AddCollapsed(keys[^1] - _mask, collapsed);
    }

    /// <summary>Forgets all counts.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Collapsed = 0;
        _high = 0;
    }

    // Whatever class a count ends in, it cannot overflow where their sum does not.
    private void Reserve(int high, long count)
    {
        _ = checked(Count + count);
        if (Count == 0)
        {
            _high = high;
        }
        else if (high > _high)
        {
            RaiseTo(high);
        }
    }

    private void Add(int key, long count)
    {
        if (key < Low)
        {
            key = Low;
            Collapsed += count;
        }

        _counts[key & _mask] += count;
        Count += count;
    }

    // Below this lowest class they were counted as they came.
    private void AddCollapsed(int low, long collapsed) => Collapsed += low == Low ? collapsed : 0;

    private void RaiseTo(int key)
    {
        long folded = 0;
        long last = Math.Min(_high, (long)key - _mask - 1);
        for (long old = Low; old <= last; old++)
        {
            folded += _counts[(int)old & _mask];
            _counts[(int)old & _mask] = 0;
        }

        bool moved = last >= Low;
        _high = key;
        if (moved)
        {
            // What was folded before lay in the old lowest class, and is in this sum.
            _counts[Low & _mask] += folded;
            Collapsed = folded;
        }
    }
}
