using System.Numerics;

namespace EdgeRuntime.Statistics.Sketches;

/// <summary>
/// Counts distinct values in a fixed number of registers, a byte each; merging takes the larger of two registers, so it is exact,
/// whatever the order and however often.
/// </summary>
/// <remarks>
/// Flajolet, Fusy, Gandouet, Meunier (2007), with the estimator of Ertl (arXiv:1702.01284, algorithm 6), which needs no tables and no
/// threshold between small and large counts. Relative standard error <c>1.04 / sqrt(2^precision)</c>: 6.5 % at 8, 1.6 % at 12.
/// Not thread-safe.
/// </remarks>
public sealed class HyperLogLog
{
    private readonly byte[] _registers;

    /// <summary>Creates an empty sketch.</summary>
    /// <param name="precision">Binary logarithm of the number of registers; 8 to 12. (default: 8)</param>
    /// <exception cref="ArgumentOutOfRangeException">The precision is outside its range.</exception>
    public HyperLogLog(int precision = 8)
    {
        if (precision is < 8 or > 12)
        {
            throw new ArgumentOutOfRangeException(nameof(precision), precision, "a precision lies between 8 and 12");
        }

        Precision = precision;
        _registers = new byte[1 << precision];
    }

    /// <summary>Binary logarithm of the number of registers.</summary>
    public int Precision { get; }

    /// <summary>Relative standard error of <see cref="Estimate"/>.</summary>
    public double StandardError => 1.04 / Math.Sqrt(_registers.Length);

    /// <summary>The registers: 0 while empty, at most 65 - <see cref="Precision"/>.</summary>
    public ReadOnlySpan<byte> Registers => _registers;

    /// <summary>Records one value; a value that came before changes nothing. Allocates nothing.</summary>
    public void Record(double value)
    {
        ulong hash = ValueHash.Of(value);
        int register = (int)(hash >> (64 - Precision));

        // The lowest bit ends the run where all others are zero.
        byte rank = (byte)(BitOperations.LeadingZeroCount((hash << Precision) | (1UL << (Precision - 1))) + 1);
        _registers[register] = Math.Max(_registers[register], rank);
    }

    /// <summary>Adds what another sketch saw.</summary>
    /// <exception cref="ArgumentException">Its precision is another; nothing was added.</exception>
    public void Add(HyperLogLog other)
    {
        if (Precision != other.Precision)
        {
            throw new ArgumentException("sketches of another precision cannot be added", nameof(other));
        }

        Raise(other._registers);
    }

    /// <summary>Adds the registers of another sketch.</summary>
    /// <exception cref="FormatException">No sketch of this precision has these registers; nothing was added.</exception>
    public void Add(ReadOnlySpan<byte> registers)
    {
        byte most = (byte)(65 - Precision);
        if (registers.Length != _registers.Length || registers.ContainsAnyExceptInRange((byte)0, most))
        {
            throw new FormatException(
                $"{registers.Length} registers are not {_registers.Length} of at most {most}");
        }

        Raise(registers);
    }

    /// <summary>How many distinct values were recorded, about; 0 when none was.</summary>
    public double Estimate()
    {
        int q = 64 - Precision;
        double m = _registers.Length;
        Span<int> histogram = stackalloc int[66];
        histogram.Clear();
        foreach (byte register in _registers)
        {
            histogram[register]++;
        }

        double z = m * Tau(1 - (histogram[q + 1] / m));
        for (int k = q; k >= 1; k--)
        {
            z = 0.5 * (z + histogram[k]);
        }

        z += m * Sigma(histogram[0] / m);
        return m * m / (2 * Math.Log(2) * z);
    }

    /// <summary>Forgets everything. Allocates nothing.</summary>
    public void Clear() => Array.Clear(_registers);

    private void Raise(ReadOnlySpan<byte> registers)
    {
        for (int i = 0; i < _registers.Length; i++)
        {
            _registers[i] = Math.Max(_registers[i], registers[i]);
        }
    }

    // Registers that are still zero; infinite when all are, which makes the estimate 0.
    private static double Sigma(double x)
    {
        double power = x;
        double weight = 1;
        double sum = x;
        for (double before = double.NaN; x < 1 && sum != before;)
        {
            power *= power;
            before = sum;
            sum += power * weight;
            weight *= 2;
        }

        return x < 1 ? sum : double.PositiveInfinity;
    }

    // Registers that are full.
    private static double Tau(double x)
    {
        double power = x;
        double weight = 1;
        double sum = 1 - x;
        for (double before = double.NaN; x > 0 && x < 1 && sum != before;)
        {
            power = Math.Sqrt(power);
            before = sum;
            weight *= 0.5;
            sum -= (1 - power) * (1 - power) * weight;
        }

        return x > 0 && x < 1 ? sum / 3 : 0;
    }
}
