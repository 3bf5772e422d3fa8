namespace EdgeRuntime.Sensors.Simulated;

/// <summary>Tells which condition the machine is in: a list gone through again and again, or a random walk from a seed.</summary>
internal sealed class ConditionSchedule
{
    private readonly MachineCondition[] _conditions;
    private readonly double[] _seconds;
    private readonly SimulatedOptions _options;
    private Pcg32 _random;
    private int _next;
    private double _until;

    public ConditionSchedule(SimulatedOptions options)
    {
        _options = options;
        _conditions = [.. options.Schedule.Select(span => span.Condition)];
        _seconds = [.. options.Schedule.Select(span => span.Seconds)];
        _random = new Pcg32(options.Seed, stream: 1);
        Severity = options.Severity;
    }

    /// <summary>What is wrong now.</summary>
    public MachineCondition Condition { get; private set; }

    /// <summary>How strong it is; 1 is the default.</summary>
    public double Severity { get; private set; }

    /// <summary>Moves to a moment that is not before the last one.</summary>
    public void MoveTo(double seconds)
    {
        while (seconds >= _until)
        {
            if (_conditions.Length > 0)
            {
                Condition = _conditions[_next];
                _until += _seconds[_next];
                _next = (_next + 1) % _conditions.Length;
            }
            else
            {
                Walk();
            }
        }
    }

    private void Walk()
    {
        // Begins healthy, so that a device that was just started has seen what is normal.
        bool healthy = _until == 0 || _random.Uniform() < _options.HealthyShare;
        int fault = 1 + (int)(_random.Uniform() * (MachineConditions.Names.Count - 1));
        Condition = healthy ? MachineCondition.Healthy : (MachineCondition)fault;
        Severity = _options.Severity * _random.Uniform(2 / 3.0, 4 / 3.0);
        _until += _random.Uniform(_options.ShortestStaySeconds, _options.LongestStaySeconds);
    }
}
