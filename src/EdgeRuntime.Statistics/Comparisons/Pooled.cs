namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Counts of two samples on the cells that at least one of them has.</summary>
/// <remarks>
/// Without drift either sample is a random part of both together. So every null distribution here is that of dealing the
/// pooled counts at random to two samples of these sizes: it knows both sample sizes, rare cells and ties, and asks nothing
/// of the distribution that the values came from.
/// </remarks>
internal readonly ref struct Pooled
{
    private Pooled(ReadOnlySpan<long> totals, ReadOnlySpan<long> current)
    {
        Totals = totals;
        Current = current;
        foreach (long total in totals)
        {
            Size += total;
        }

        foreach (long count in current)
        {
            CurrentSize += count;
        }
    }

    /// <summary>Counts of both samples, each greater than 0.</summary>
    public ReadOnlySpan<long> Totals { get; }

    /// <summary>Counts of the current sample among them.</summary>
    public ReadOnlySpan<long> Current { get; }

    /// <summary>Values in both samples.</summary>
    public long Size { get; }

    /// <summary>Values in the current sample.</summary>
    public long CurrentSize { get; }

    /// <summary>Values in the reference.</summary>
    public long ReferenceSize => Size - CurrentSize;

    /// <summary>Cells.</summary>
    public int Cells => Totals.Length;

    /// <summary>Pools two samples.</summary>
    /// <param name="missing">Whether the missing values are the last cell; without, they are left out.</param>
    /// <exception cref="ArgumentException">The numbers of bins differ, or a count is negative.</exception>
    public static Pooled Of(in BinnedSample reference, in BinnedSample current, bool missing)
    {
        if (reference.Bins.Length != current.Bins.Length)
        {
            throw new ArgumentException(
                $"the reference has {reference.Bins.Length} bins and the sample has {current.Bins.Length}");
        }

        int cells = missing ? reference.Cells : reference.Bins.Length;
        long[] totals = new long[cells];
        long[] counts = new long[cells];
        int live = 0;
        for (int cell = 0; cell < cells; cell++)
        {
            if (reference.Cell(cell) < 0 || current.Cell(cell) < 0)
            {
                throw new ArgumentException($"the count of cell {cell} is negative");
            }

            totals[live] = checked(reference.Cell(cell) + current.Cell(cell));
            counts[live] = current.Cell(cell);
            live += totals[live] > 0 ? 1 : 0;
        }

        return new Pooled(totals.AsSpan(0, live), counts.AsSpan(0, live));
    }

    /// <summary>
    /// The same counts with rare cells merged, until each is expected <paramref name="expected"/> times or more in the smaller
    /// sample; fewer cells where that is too small, at least one.
    /// </summary>
    /// <remarks>
    /// Rare is what the reference says is rare. Where its counts are fixed, as those between its own quantiles are, to look
    /// at the current counts too would be to choose cells by what they show, and half as many alarms more.
    /// </remarks>
    /// <param name="ordered">Whether cells are bins side by side, which merge with their neighbours; otherwise the rare ones become one.</param>
    public Pooled Merged(double expected, bool ordered)
    {
        double least = expected * ReferenceSize / Math.Min(CurrentSize, ReferenceSize);
        Merging merging = new(this, least);
        return ordered ? merging.OfNeighbours() : merging.OfRare();
    }

    private long Reference(int cell) => Totals[cell] - Current[cell];

    /// <summary>The merged cells while they are made.</summary>
    /// <param name="least">Counts of the reference that make a cell.</param>
    private readonly ref struct Merging(Pooled pooled, double least)
    {
        private readonly Pooled _pooled = pooled;
        private readonly long[] _totals = new long[pooled.Cells];
        private readonly long[] _current = new long[pooled.Cells];

        public Pooled OfNeighbours()
        {
            int used = 0;
            long reference = 0;
            for (int cell = 0; cell < _pooled.Cells; cell++)
            {
                Add(cell, used);
                reference += _pooled.Reference(cell);
                if (reference >= least)
                {
                    used++;
                    reference = 0;
                }
            }

            // What is left at the end is too little for a cell of its own.
            return used == 0 ? Cells(1) : Closed(used);
        }

        public Pooled OfRare()
        {
            int used = 0;
            int rarest = -1;
            long rare = 0;
            for (int cell = 0; cell < _pooled.Cells; cell++)
            {
                if (_pooled.Reference(cell) >= least)
                {
                    Add(cell, used);
                    rarest = rarest < 0 || _totals[used] - _current[used] < _totals[rarest] - _current[rarest] ? used : rarest;
                    used++;
                }
                else
                {
                    rare += _pooled.Reference(cell);
                }
            }

            // All the rare ones together may still be rare; then they join the rarest that is not.
            int at = rare >= least || rarest < 0 ? used : rarest;
            bool any = false;
            for (int cell = 0; cell < _pooled.Cells; cell++)
            {
                if (_pooled.Reference(cell) < least)
                {
                    Add(cell, at);
                    any = true;
                }
            }

            return Cells(used + (any && at == used ? 1 : 0));
        }

        private void Add(int cell, int to)
        {
            _totals[to] += _pooled.Totals[cell];
            _current[to] += _pooled.Current[cell];
        }

        private Pooled Closed(int used)
        {
            if (used < _pooled.Cells)
            {
                _totals[used - 1] += _totals[used];
                _current[used - 1] += _current[used];
            }

            return Cells(used);
        }

        private Pooled Cells(int count) => new(_totals.AsSpan(0, count), _current.AsSpan(0, count));
    }
}
