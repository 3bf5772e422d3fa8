namespace EdgeRuntime.Statistics.Tests.Comparisons;

/// <summary>
/// Draws what <c>numpy.random.RandomState(seed).normal</c> draws, so that fixtures need to hold seeds only: the Mersenne Twister
/// of Matsumoto and Nishimura (1998) and Marsaglia's polar method.
/// </summary>
internal sealed class NumpyRandom
{
    private const int Size = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;
    private double _kept = double.NaN;

    /// <summary>Seeds as numpy does with one number.</summary>
    public NumpyRandom(uint seed)
    {
        for (uint i = 0; i < Size; i++)
        {
            _state[i] = seed;
            seed = (1812433253u * (seed ^ (seed >> 30))) + i + 1;
        }
    }

    /// <summary>The next standard normal value.</summary>
    public double Normal()
    {
        if (!double.IsNaN(_kept))
        {
            double kept = _kept;
            _kept = double.NaN;
            return kept;
        }

        while (true)
        {
            double x = (2 * Uniform()) - 1;
            double y = (2 * Uniform()) - 1;
            double square = (x * x) + (y * y);
            if (square is < 1 and > 0)
            {
                double factor = Math.Sqrt(-2 * Math.Log(square) / square);
                _kept = factor * x;
                return factor * y;
            }
        }
    }

    // 53 bits, below 1.
    private double Uniform()
    {
        uint high = Word() >> 5;
        uint low = Word() >> 6;
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    private uint Word()
    {
        if (_next == Size)
        {
            Twist();
        }

        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (int i = 0; i < Size; i++)
        {
            uint y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Size] & 0x7fffffffu);
            _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0dfu);
        }

        _next = 0;
    }
}
