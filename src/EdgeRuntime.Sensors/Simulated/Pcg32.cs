namespace EdgeRuntime.Sensors.Simulated;

/// <summary>
/// Random numbers that are the same on every framework and architecture: PCG-XSH-RR with 64 bits of state
/// (M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms", 2014).
/// </summary>
internal struct Pcg32
{
    private const ulong Multiplier = 6364136223846793005;

    private readonly ulong _increment;
    private ulong _state;
    private double _spare;
    private bool _hasSpare;

    /// <param name="seed">Where in the sequence it begins.</param>
    /// <param name="stream">Which of 2^63 independent sequences.</param>
    public Pcg32(ulong seed, ulong stream)
    {
        _increment = (stream << 1) | 1;
        _state = 0;
        Next();
        _state = unchecked(_state + seed);
        Next();
    }

    /// <summary>32 random bits.</summary>
    public uint Next()
    {
        ulong old = _state;
        _state = unchecked((old * Multiplier) + _increment);
        uint shifted = (uint)(((old >> 18) ^ old) >> 27);
        return uint.RotateRight(shifted, (int)(old >> 59));
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double Uniform()
    {
        ulong high = Next() >> 5;
        ulong low = Next() >> 6;
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>Standard normal (Marsaglia's polar method).</summary>
    public double Gaussian()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        double x, y, square;
        do
        {
            x = (2 * Uniform()) - 1;
            y = (2 * Uniform()) - 1;
            square = (x * x) + (y * y);
        }
        while (square is >= 1 or 0);

        double factor = Math.Sqrt(-2 * Math.Log(square) / square);
        _spare = y * factor;
        _hasSpare = true;
        return x * factor;
    }
}
