using System.Runtime.Intrinsics;

namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// Compares the newest values, in windows of several sizes, with a reference by the Cramér-von Mises statistic: any change of the
/// distribution counts, of its middle, its width or its shape.
/// </summary>
/// <remarks>
/// <para>
/// The statistic is that of two samples, <c>T = (n sum c_i^2 + w sum p_j^2) / (n w (n + w)) - (4 n w - 1) / (6 (n + w))</c>, standardised
/// by its mean and deviation without a change (Anderson, "On the Distribution of the Two-Sample Cramér-von Mises Criterion", Annals of
/// Mathematical Statistics 33, 1962, equations 3 and 14); the largest over the windows is compared with a threshold. p_j is the number
/// of reference values below the j-th window value, c_i the number of window values below the i-th reference value, so that
/// <c>sum c_i^2 = n w^2 - sum over all pairs of max(p_j, p_k)</c>: the places p are all that is kept of the window, whole numbers
/// that are updated exactly.
/// </para>
/// <para>
/// Only ranks count, so thresholds hold for any distribution. A value equal to some of the reference takes one of the places between
/// them, each in its turn by the golden ratio: spread at least as evenly as chance would, so that values of few kinds, or of only one,
/// raise no more alarms than others.
/// </para>
/// </remarks>
public sealed class CramerVonMisesOnline : IDriftDetector
{
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    // Single precision, here and of values that are held against it: ranks need no more, and it is half of a detector's memory.
    private readonly float[] _reference;
    private readonly double[] _thresholds;
    private readonly int[] _sizes;
    private readonly double[] _scale;
    private readonly double[] _offset;
    private readonly long[] _pairs;
    private readonly long[] _squares;

    // Every place stands here twice, a ring's length apart, so that the newest of them always lie in one piece.
    private readonly byte[] _places;
    private readonly int _longest;
    private int _head;
    private long _count;
    private ulong _turn;

    /// <summary>Creates a detector that has seen nothing of the stream.</summary>
    /// <param name="reference">What values look like without a change; at least 20 finite ones, in any order.</param>
    /// <exception cref="ArgumentException">The reference has fewer.</exception>
    public CramerVonMisesOnline(CramerVonMisesOptions options, ReadOnlySpan<double> reference)
    {
        _reference = Array.ConvertAll(PointsOf(reference, options.ReferencePoints), point => (float)point);
        _thresholds = [.. options.Thresholds];
        _sizes = [.. options.Windows];
        _longest = _sizes[^1];
        _places = new byte[2 * _longest];
        _pairs = new long[_sizes.Length];
        _squares = new long[_sizes.Length];
        _scale = new double[_sizes.Length];
        _offset = new double[_sizes.Length];
        for (int i = 0; i < _sizes.Length; i++)
        {
            double n = _reference.Length;
            double w = _sizes[i];
            double mean = (1 / 6.0) + (1 / (6 * (n + w)));
            double variance = (n + w + 1) * ((4 * n * w * (n + w)) - (3 * ((n * n) + (w * w))) - (2 * n * w))
                / (45 * (n + w) * (n + w) * 4 * n * w);
            _scale[i] = 1 / (n * w * (n + w) * Math.Sqrt(variance));
            _offset[i] = ((((4 * n * w) - 1) / (6 * (n + w))) + mean) / Math.Sqrt(variance);
        }
    }

    /// <inheritdoc/>
    public int StateSize => (sizeof(double) * 3) + (sizeof(double) * ((_longest + 7) / 8));

    /// <summary>The values that stand for a reference: all of them, or as many of its quantiles; ascending.</summary>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="ArgumentException">Fewer than 20 values are finite.</exception>
    public static double[] PointsOf(ReadOnlySpan<double> reference, int most)
    {
        double[] sorted = new double[reference.Length];
        int count = 0;
        foreach (double value in reference)
        {
            sorted[count] = value;
            count += double.IsFinite(value) ? 1 : 0;
        }

        if (count < 20)
        {
            throw new ArgumentException($"a reference of {count} finite values is too short; 20 are needed", nameof(reference));
        }

        Array.Resize(ref sorted, count);
        Array.Sort(sorted);
        if (count <= most)
        {
            return sorted;
        }

        double[] points = new double[most];
        for (int i = 0; i < most; i++)
        {
            points[i] = sorted[(int)((((2L * i) + 1) * count) / (2L * most))];
        }

        return points;
    }

    /// <inheritdoc/>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        double statistic = Next(value);
        if (statistic <= _thresholds[(int)Math.Min(_count, _thresholds.Length) - 1])
        {
            return DriftSignal.None;
        }

        Reset();
        return DriftSignal.Drift;
    }

    /// <summary>Takes the next value and gives the statistic, without comparing it.</summary>
    /// <param name="value">Finite.</param>
    /// <returns>The largest of the windows that are full; negative infinity while none is.</returns>
    public double Next(double value)
    {
        Take(PlaceOf((float)value));
        double largest = double.NegativeInfinity;
        for (int i = 0; i < _sizes.Length && _sizes[i] <= _count; i++)
        {
            largest = Math.Max(largest, Statistic(i));
        }

        return largest;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_pairs);
        Array.Clear(_squares);
        Array.Clear(_places);
        _head = 0;
        _count = 0;
        _turn = 0;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        writer.Write(_count);
        writer.Write((long)_turn);
        writer.Write((long)_reference.Length);
        Span<byte> places = state[(3 * sizeof(double))..StateSize];
        places.Clear();
        Newest(_longest).CopyTo(places);
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        Reset();
        StateReader reader = new(state, StateSize);
        long count = reader.ReadCount();
        long turn = reader.ReadInteger(long.MinValue, long.MaxValue);
        reader.ReadInteger(_reference.Length, _reference.Length);
        if (!reader.IsValid)
        {
            return false;
        }

        ReadOnlySpan<byte> places = state.Slice(3 * sizeof(double), _longest);
        if (places.ContainsAnyExceptInRange((byte)0, (byte)_reference.Length))
        {
            return false;
        }

        // Taken one by one, the places make the sums again.
        foreach (byte place in places[(int)(_longest - Math.Min(count, _longest))..])
        {
            Take(place);
        }

        _count = count;
        _turn = (ulong)turn;
        return true;
    }

    private ReadOnlySpan<byte> Newest(int size) => _places.AsSpan(_head + _longest - size, size);

    // Over both orders of each pair, as the sum over all pairs has them; the pair of a place with itself is there only once.
    // Sixteen at a time: whole numbers add up to the same in any order, and on any machine.
    private static long PairsWith(ReadOnlySpan<byte> window, int place)
    {
        int lanes = Vector128<byte>.Count;
        Vector128<byte> wanted = Vector128.Create((byte)place);
        Vector128<ushort> sums = Vector128<ushort>.Zero;
        int at = 0;
        for (; at <= window.Length - lanes; at += lanes)
        {
            Vector128<byte> larger = Vector128.Max(wanted, Vector128.Create(window.Slice(at, lanes)));
            sums += Vector128.WidenLower(larger) + Vector128.WidenUpper(larger);
        }

        // A lane holds at most 2 * 15 places of at most 255.
        int sum = SumOf(sums);
        for (; at < window.Length; at++)
        {
            sum += Math.Max(place, (int)window[at]);
        }

        return 2L * sum;
    }

    // Over four lanes of 32 bits: the sum of eight lanes of 16 would not fit into one of them.
    private static int SumOf(Vector128<ushort> sums) =>
        (int)Vector128.Sum(Vector128.WidenLower(sums) + Vector128.WidenUpper(sums));

    private double Statistic(int i)
    {
        long n = _reference.Length;
        long w = _sizes[i];
        long sum = (n * ((n * w * w) - _pairs[i])) + (w * _squares[i]);
        return (sum * _scale[i]) - _offset[i];
    }

    private int PlaceOf(float value)
    {
        int below = FirstAtLeast(value);
        int equal = below;
        while (equal < _reference.Length && _reference[equal] == value)
        {
            equal++;
        }

        if (equal == below)
        {
            return below;
        }

        _turn += GoldenRatio;
        return below + (int)Math.BigMul(_turn, (ulong)(equal - below + 1), out _);
    }

    private int FirstAtLeast(float value)
    {
        int start = 0;
        int length = _reference.Length;
        while (length > 1)
        {
            int half = length / 2;
            start = _reference[start + half - 1] < value ? start + half : start;
            length -= half;
        }

        return start + (_reference[start] < value ? 1 : 0);
    }

    private void Take(int place)
    {
        for (int i = 0; i < _sizes.Length; i++)
        {
            ReadOnlySpan<byte> window = Newest((int)Math.Min(_count, _sizes[i]));
            if (_count >= _sizes[i])
            {
                int oldest = window[0];
                _pairs[i] -= PairsWith(window, oldest) - oldest;
                _squares[i] -= oldest * oldest;
                window = window[1..];
            }

            _pairs[i] += PairsWith(window, place) + place;
            _squares[i] += place * place;
        }

        _places[_head] = (byte)place;
        _places[_head + _longest] = (byte)place;
        _head = _head + 1 == _longest ? 0 : _head + 1;
        _count++;
    }
}
