namespace EdgeRuntime.Sensors.Simulated;

/// <summary>
/// The machine itself: an electric motor that turns a loaded shaft in a ball bearing, moved on sample by sample.
/// </summary>
/// <remarks>
/// Amplitudes are of the order that a machine of some 15 kW on a rigid foundation shows: when healthy in the zones A
/// and B of ISO 20816-3, with imbalance or misalignment in C and D. Not a mechanical model: a signal with the structure
/// that diagnosis looks for.
/// </remarks>
internal sealed class RotatingMachine
{
    private const double SlipAtFullLoad = 0.03; // of the speed without load; usual for motors of this size
    private const double LoadSeconds = 30;      // how slowly the load wanders
    private const double OnsetSeconds = 0.2;    // how quickly a fault sets in and fades
    private const double NominalShaftHz = 25;   // where the amplitudes below hold

    // Accelerations at the nominal speed, m/s2 peak.
    private const double ResidualOnce = 0.30, ResidualTwice = 0.12;
    private const double ImbalanceOnce = 1.9;
    private const double MisalignedOnce = 0.35, MisalignedTwice = 1.5, MisalignedThrice = 0.5;
    private const double OuterHit = 4.5, InnerHit = 5.0;

    private readonly SimulatedOptions _options;
    private readonly double _step;
    private Pcg32 _random;
    private BearingFault _outer;
    private BearingFault _inner;
    private double _phase;
    private double _load = 0.6;
    private double _temperature;
    private MachineCondition _acting;
    private double _strength;

    public RotatingMachine(SimulatedOptions options)
    {
        _options = options;
        _step = 1 / options.RateHz;
        _random = new Pcg32(options.Seed, stream: 2);
        _outer = new BearingFault(options.ResonanceHz, options.RateHz);
        _inner = new BearingFault(options.ResonanceHz, options.RateHz);
        _phase = _random.Uniform(0, 2 * Math.PI);
        _temperature = SettledTemperature(0);
    }

    /// <summary>Revolutions per second of the shaft, now.</summary>
    public double ShaftHz { get; private set; }

    /// <summary>Moves on by one sample and writes accel_x, accel_y, speed, current and temperature.</summary>
    public void Step(MachineCondition condition, double severity, Span<double> frame)
    {
        Wander();
        ShaftHz = _options.ShaftHz * (1 - (SlipAtFullLoad * _load));
        _phase += 2 * Math.PI * ShaftHz * _step;
        _phase -= _phase > 2 * Math.PI ? 2 * Math.PI : 0;

        Follow(condition, severity);

        // Forces of rotation grow with the square of the speed.
        double speed = ShaftHz / NominalShaftHz;
        double force = speed * speed;
        double once = ResidualOnce * force;
        double twice = ResidualTwice * force;
        double thrice = 0;
        double outer = 0;
        double inner = 0;
        switch (_acting)
        {
            case MachineCondition.Imbalance:
                once += ImbalanceOnce * force * _strength;
                break;
            case MachineCondition.Misalignment:
                once += MisalignedOnce * force * _strength;
                twice += MisalignedTwice * force * _strength;
                thrice = MisalignedThrice * force * _strength;
                break;
            case MachineCondition.BearingOuter:
                outer = OuterHit * speed * (0.7 + (0.5 * _load)) * _strength;
                break;
            case MachineCondition.BearingInner:
                // The spall turns with the shaft and is hit hardest where the load presses.
                double zone = 0.65 + (0.35 * Math.Cos(_phase));
                inner = InnerHit * speed * (0.7 + (0.5 * _load)) * zone * _strength;
                break;
            case MachineCondition.Healthy:
            default:
                break;
        }

        double rate = _options.RateHz;
        double ringing = _outer.Step(rate / (_options.Bearing.OuterOrder * ShaftHz), outer, ref _random)
            + _inner.Step(rate / (_options.Bearing.InnerOrder * ShaftHz), inner, ref _random);

        // A turning force is seen a quarter turn later at right angles; a misaligned coupling shakes both ways alike.
        frame[0] = (once * Math.Cos(_phase)) + (twice * Math.Cos(2 * _phase)) + (thrice * Math.Cos(3 * _phase))
            + ringing + (_options.NoiseRms * _random.Gaussian());
        frame[1] = (0.85 * once * Math.Sin(_phase)) + (0.9 * twice * Math.Cos((2 * _phase) + 0.4))
            + (0.8 * thrice * Math.Cos((3 * _phase) + 0.4)) + (0.6 * ringing) + (_options.NoiseRms * _random.Gaussian());
        frame[2] = ShaftHz + (0.02 * _random.Gaussian());
        double friction = 0.25 * _strength;
        frame[3] = 6 + (9 * _load) + friction + (0.05 * _random.Gaussian());
        _temperature += (SettledTemperature(_strength) - _temperature) * _step / _options.ThermalSeconds;
        frame[4] = _temperature + (0.05 * _random.Gaussian());
    }

    // A fault neither jumps to its full strength between two samples nor away: the old one fades before the new one grows.
    private void Follow(MachineCondition condition, double severity)
    {
        if (condition != _acting && _strength < 0.02)
        {
            _acting = condition;
        }

        double wanted = condition == _acting && condition != MachineCondition.Healthy ? severity : 0;
        _strength += (wanted - _strength) * Math.Min(_step / OnsetSeconds, 1);
    }

    // What the housing would reach if load and fault stayed as they are.
    private double SettledTemperature(double strength) =>
        _options.AmbientCelsius + 12 + (22 * _load) + (6 * strength);

    // The load wanders around 60 % and stays between none and full.
    private void Wander()
    {
        double pull = (0.6 - _load) * _step / LoadSeconds;
        double push = 0.2 * Math.Sqrt(2 * _step / LoadSeconds) * _random.Gaussian();
        _load = Math.Clamp(_load + pull + push, 0, 1);
    }
}
