namespace EdgeRuntime.Sensors.Simulated;

/// <summary>
/// A spall in a bearing: each ball that passes it hits the housing, which rings at its resonance and dies away.
/// </summary>
/// <remarks>
/// The ringing is one complex number that turns and shrinks by a constant factor a sample, so it is exact at any rate,
/// also for a hit between two samples. Hits come at the race's ball pass frequency, give or take the one or two
/// percent by which balls slip (Randall and Antoni 2011, section 2.2).
/// </remarks>
internal struct BearingFault
{
    private const double Slip = 0.01;
    private const double Damping = 0.06;

    private readonly double _decay;  // per sample, natural logarithm
    private readonly double _turn;   // per sample, radians
    private readonly double _stepReal;
    private readonly double _stepImaginary;
    private double _real;
    private double _imaginary;
    private double _wait;            // samples until the next hit

    public BearingFault(double resonanceHz, double rateHz)
    {
        double omega = 2 * Math.PI * resonanceHz / rateHz;
        _decay = -Damping * omega;
        _turn = omega * Math.Sqrt(1 - (Damping * Damping));
        _stepReal = Math.Exp(_decay) * Math.Cos(_turn);
        _stepImaginary = Math.Exp(_decay) * Math.Sin(_turn);
        _wait = 1;
    }

    /// <summary>Moves on by one sample.</summary>
    /// <param name="interval">Samples between two hits, at least 1.</param>
    /// <param name="strength">Peak of the ringing after a hit now, m/s2; 0 while there is no fault.</param>
    /// <returns>The acceleration of the housing, m/s2.</returns>
    public double Step(double interval, double strength, ref Pcg32 random)
    {
        double real = (_real * _stepReal) - (_imaginary * _stepImaginary);
        _imaginary = (_real * _stepImaginary) + (_imaginary * _stepReal);
        _real = real;
        _wait -= 1;
        if (_wait <= 0)
        {
            if (strength > 0)
            {
                // The hit lies a part of a sample back; rung up to now it enters as that part of the turn.
                double since = -_wait;
                double left = strength * Math.Exp(_decay * since);
                _real += left * Math.Cos(_turn * since);
                _imaginary += left * Math.Sin(_turn * since);
            }

            _wait += Math.Max(interval * (1 + (Slip * random.Gaussian())), 1);
        }

        return _imaginary;
    }
}
