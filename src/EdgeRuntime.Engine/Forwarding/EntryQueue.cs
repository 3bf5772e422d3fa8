namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Messages in memory, in the order in which they are sent. Under the outbox's lock only.</summary>
internal sealed class EntryQueue
{
    private readonly List<Entry> _entries = [];

    // Nothing before it waits.
    private int _cursor;

    public IReadOnlyList<Entry> All => _entries;

    public int Count => _entries.Count;

    public void Add(Entry entry) => _entries.Add(entry);

    /// <summary>The first that waits, or null.</summary>
    public Entry? FirstWaiting()
    {
        while (_cursor < _entries.Count && _entries[_cursor].State != EntryState.Waiting)
        {
            _cursor++;
        }

        return _cursor < _entries.Count ? _entries[_cursor] : null;
    }

    /// <summary>To be called when something waits again.</summary>
    public void Rewind() => _cursor = 0;

    /// <summary>Removes the first entries.</summary>
    public void RemoveFirst(int count)
    {
        _entries.RemoveRange(0, count);
        _cursor = Math.Max(0, _cursor - count);
    }

    /// <summary>Forgets those that nobody waits for any more, but those that are being written.</summary>
    public void Compact()
    {
        _entries.RemoveAll(entry => !entry.IsLive && !entry.IsBeingWritten);
        Rewind();
    }

    /// <summary>Puts others in the place of some; all of these must be in it.</summary>
    public void Replace(IReadOnlyCollection<Entry> old, IReadOnlyList<Entry> others)
    {
        HashSet<Entry> gone = new(old, ReferenceEqualityComparer.Instance);
        int at = _entries.FindIndex(gone.Contains);
        _entries.RemoveAll(gone.Contains);
        _entries.InsertRange(at, others);
        Rewind();
    }

    public void Clear()
    {
        _entries.Clear();
        _cursor = 0;
    }
}
