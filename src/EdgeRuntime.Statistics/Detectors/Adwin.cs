namespace EdgeRuntime.Statistics.Detectors;

/// <summary>How <see cref="Adwin"/> works; the defaults are those of MOA and river.</summary>
public sealed record AdwinOptions
{
    /// <summary>Chance of a false alarm at a cut. (default: 0.002; 1e-12 to 0.5)</summary>
    public double Delta { get; init; } = 0.002;

    /// <summary>Values between two looks for a cut. (default: 32; 1 to 65536)</summary>
    public int Clock { get; init; } = 32;

    /// <summary>The window is longer than this before it is cut. (default: 10; 1 to 65536)</summary>
    public int GracePeriod { get; init; } = 10;

    /// <summary>Values on either side of a cut, at least. (default: 5; 2 to 65536)</summary>
    public int MinimumPart { get; init; } = 5;

    /// <summary>Begin anew after a change, instead of keeping what came after the cut. (default: false)</summary>
    public bool ResetAfterDrift { get; init; }
}

/// <summary>
/// Adaptive windowing: keeps as long a window as has one mean, and signals when it has to cut it. Bifet and Gavaldà, "Learning from
/// Time-Changing Data with Adaptive Windowing", SDM 2007.
/// </summary>
/// <remarks>
/// <para>
/// The window is an exponential histogram: row r holds at most five buckets of 2^r values, each as its sum and its sum of squared
/// deviations. With <c>m' = 1 / (1 / (n0 - k + 1) + 1 / (n1 - k + 1))</c>, k the smallest part, <c>s2</c> the variance of the window
/// of n values and <c>d' = ln(2 ln(n) / delta)</c>, a cut into parts of n0 and n1 values shows a change where
/// <c>|mean0 - mean1| &gt; sqrt(2 / m' s2 d') + 2 / 3 d' / m'</c>.
/// </para>
/// <para>
/// Every border between two buckets is tried, the youngest of each row included; the implementations that leave those out answer up
/// to three times later. At most 327,675 values are remembered: then the oldest bucket is forgotten, which is no change.
/// </para>
/// </remarks>
public sealed class Adwin : IDriftDetector
{
    private const int Rows = 16;
    private const int MostBuckets = 5;

    // One more than may stay: a row is full for a moment before its two oldest buckets become one of the next row.
    private const int Slots = MostBuckets + 1;

    private readonly AdwinOptions _options;
    private readonly double[] _sums = new double[Rows * Slots];
    private readonly double[] _deviations = new double[Rows * Slots];
    private readonly int[] _counts = new int[Rows];
    private int _rows;
    private int _tick;
    private double _sum;
    private double _deviation;

    /// <summary>Creates a detector with an empty window.</summary>
    public Adwin(AdwinOptions options)
    {
        _options = options;
        Reset();
    }

    /// <summary>Values in the window.</summary>
    public long Width { get; private set; }

    /// <summary>Mean of the window; 0 when it is empty.</summary>
    public double Mean => Width == 0 ? 0 : _sum / Width;

    /// <summary>Variance of the window, by its number of values; 0 when it is empty.</summary>
    public double Variance => Width == 0 ? 0 : _deviation / Width;

    /// <inheritdoc/>
    public int StateSize => sizeof(double) * ((2 * Rows * Slots) + Rows + 5);

    /// <inheritdoc/>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        Insert(value);
        Compress();
        _tick++;
        if (_tick < _options.Clock)
        {
            return DriftSignal.None;
        }

        _tick = 0;
        if (Width <= _options.GracePeriod || !Shrink())
        {
            return DriftSignal.None;
        }

        if (_options.ResetAfterDrift)
        {
            Reset();
        }

        return DriftSignal.Drift;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_counts);
        _rows = 1;
        _tick = 0;
        _sum = 0;
        _deviation = 0;
        Width = 0;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        writer.Write(Width);
        writer.Write((long)_rows);
        writer.Write((long)_tick);
        writer.Write(_sum);
        writer.Write(_deviation);
        for (int row = 0; row < Rows; row++)
        {
            writer.Write((long)_counts[row]);
            for (int slot = row * Slots; slot < (row + 1) * Slots; slot++)
            {
                bool isUsed = slot - (row * Slots) < _counts[row];
                writer.Write(isUsed ? _sums[slot] : 0);
                writer.Write(isUsed ? _deviations[slot] : 0);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        Width = reader.ReadCount();
        _rows = (int)reader.ReadInteger(1, Rows);
        _tick = (int)reader.ReadInteger(0, _options.Clock - 1);
        _sum = reader.ReadFinite();
        _deviation = reader.ReadFinite();
        long values = 0;
        for (int row = 0; row < Rows; row++)
        {
            _counts[row] = (int)reader.ReadInteger(0, row < _rows ? MostBuckets : 0);
            values += (long)_counts[row] << row;
            for (int slot = row * Slots; slot < (row + 1) * Slots; slot++)
            {
                _sums[slot] = reader.ReadFinite();
                _deviations[slot] = reader.ReadFinite();
            }
        }

        if (reader.IsValid && values == Width && (_rows == 1 || _counts[_rows - 1] > 0))
        {
            return true;
        }

        Reset();
        return false;
    }

    private void Insert(double value)
    {
        _sums[_counts[0]] = value;
        _deviations[_counts[0]] = 0;
        _counts[0]++;
        Width++;
        if (Width > 1)
        {
            double away = value - (_sum / (Width - 1));
            _deviation += (Width - 1) * away * away / Width;
        }

        _sum += value;
    }

    private void Compress()
    {
        for (int row = 0; row < Rows && _counts[row] > MostBuckets; row++)
        {
            if (row == Rows - 1)
            {
                ForgetOldest();
                return;
            }

            int first = row * Slots;
            double size = 1L << row;
            double apart = (_sums[first] / size) - (_sums[first + 1] / size);
            int target = ((row + 1) * Slots) + _counts[row + 1];
            _sums[target] = _sums[first] + _sums[first + 1];
            _deviations[target] = _deviations[first] + _deviations[first + 1] + (size * size * apart * apart / (size + size));
            _counts[row + 1]++;
            _rows = Math.Max(_rows, row + 2);
            Drop(row, 2);
        }
    }

    // Cuts as long as there is a cut that shows a change.
    private bool Shrink()
    {
        bool changed = false;
        while (HasCut())
        {
            changed = true;
            ForgetOldest();
        }

        return changed;
    }

    private bool HasCut()
    {
        double width = Width;
        double confidence = Math.Log(2 * Math.Log(width) / _options.Delta);
        double variance = Variance;
        double older = 0;
        double younger = width;
        double olderSum = 0;
        double youngerSum = _sum;
        double least = _options.MinimumPart;
        for (int row = _rows - 1; row >= 0; row--)
        {
            double size = 1L << row;
            int end = (row * Slots) + _counts[row];
            for (int slot = row * Slots; slot < end; slot++)
            {
                older += size;
                younger -= size;
                olderSum += _sums[slot];
                youngerSum -= _sums[slot];
                if (younger < least)
                {
                    return false;
                }

                if (older >= least)
                {
                    double reciprocal = (1 / (older - least + 1)) + (1 / (younger - least + 1));
                    double bound = Math.Sqrt(2 * reciprocal * variance * confidence) + (2.0 / 3 * confidence * reciprocal);
                    if (Math.Abs((olderSum / older) - (youngerSum / younger)) > bound)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private void ForgetOldest()
    {
        int row = _rows - 1;
        int slot = row * Slots;
        double size = 1L << row;
        double mean = _sums[slot] / size;
        Width -= 1L << row;
        _sum -= _sums[slot];
        double apart = mean - (_sum / Width);
        _deviation -= _deviations[slot] + (size * Width * apart * apart / (size + Width));
        Drop(row, 1);
        while (_rows > 1 && _counts[_rows - 1] == 0)
        {
            _rows--;
        }
    }

    private void Drop(int row, int buckets)
    {
        int first = row * Slots;
        int left = _counts[row] - buckets;
        Array.Copy(_sums, first + buckets, _sums, first, left);
        Array.Copy(_deviations, first + buckets, _deviations, first, left);
        _counts[row] = left;
    }
}
