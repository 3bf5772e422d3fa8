namespace EdgeRuntime.Sensors.Simulated;

/// <summary>A rotating machine to simulate: motor, shaft, bearing, and what goes wrong with them when.</summary>
public sealed record SimulatedOptions
{
    /// <summary>Frames per second. (default: 1024; 256 to 16384)</summary>
    public double RateHz { get; init; } = 1024;

    /// <summary>The same seed gives the same frames, on every framework. (default: 1)</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many times faster than real; 0 for as fast as it is read. (default: 1; 0 to 10,000)</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Conditions in order, repeated for ever; empty for a random walk drawn from the seed. (default: empty)</summary>
    public IReadOnlyList<ConditionSpan> Schedule { get; init; } = [];

    /// <summary>Shortest stay in one condition of the random walk, seconds. (default: 20; at least 1)</summary>
    public double ShortestStaySeconds { get; init; } = 20;

    /// <summary>Longest stay in one condition of the random walk, seconds. (default: 60)</summary>
    public double LongestStaySeconds { get; init; } = 60;

    /// <summary>Share of the random walk's stays that are healthy. (default: 0.5; 0 to 1)</summary>
    public double HealthyShare { get; init; } = 0.5;

    /// <summary>Shaft speed without load, revolutions per second. (default: 25; 5 to 60)</summary>
    public double ShaftHz { get; init; } = 25;

    /// <summary>How strong faults are; each stay of the random walk varies around it by a third. (default: 1; 0.1 to 5)</summary>
    public double Severity { get; init; } = 1;

    /// <summary>Broad-band vibration of a healthy machine, m/s2 rms. (default: 0.25; 0 to 10)</summary>
    public double NoiseRms { get; init; } = 0.25;

    /// <summary>Frequency at which the bearing's housing rings when hit, Hz. (default: 320; below 0.45 of the rate)</summary>
    public double ResonanceHz { get; init; } = 320;

    /// <summary>Air around the machine, degrees Celsius. (default: 22; -40 to 60)</summary>
    public double AmbientCelsius { get; init; } = 22;

    /// <summary>Time in which the housing covers 63 % of the way to a new temperature, seconds. (default: 180; 1 to 86,400)</summary>
    public double ThermalSeconds { get; init; } = 180;

    /// <summary>The bearing.</summary>
    public BearingGeometry Bearing { get; init; } = new();

    /// <summary>Faults of the sensors, put on the machine's true signals.</summary>
    public IReadOnlyList<Disturbance> Disturbances { get; init; } = [];

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        Within(errors, "rate_hz", RateHz, 256, 16384);
        Within(errors, "speed", Speed, 0, 10_000);
        Within(errors, "healthy_share", HealthyShare, 0, 1);
        Within(errors, "shaft_hz", ShaftHz, 5, 60);
        Within(errors, "severity", Severity, 0.1, 5);
        Within(errors, "noise_rms", NoiseRms, 0, 10);
        Within(errors, "resonance_hz", ResonanceHz, 50, 0.45 * RateHz);
        Within(errors, "ambient_cel", AmbientCelsius, -40, 60);
        Within(errors, "thermal_s", ThermalSeconds, 1, 86_400);
        Within(errors, "shortest_stay_s", ShortestStaySeconds, 1, 1e6);
        if (!(LongestStaySeconds >= ShortestStaySeconds) || double.IsInfinity(LongestStaySeconds))
        {
            errors.Add($"longest_stay_s: {LongestStaySeconds} is less than the shortest, {ShortestStaySeconds}");
        }

        for (int i = 0; i < Schedule.Count; i++)
        {
            Within(errors, $"schedule[{i}].seconds", Schedule[i].Seconds, 1 / RateHz, 1e7);
            if (!Enum.IsDefined(Schedule[i].Condition))
            {
                errors.Add($"schedule[{i}].condition: is none of {string.Join(", ", MachineConditions.Names)}");
            }
        }

        errors.AddRange(Bearing.Validate().Select(mistake => $"bearing.{mistake}"));
        errors.AddRange(Sensors.Disturbances.Validate(Disturbances, SimulatedSensor.EveryChannel));
        return errors;
    }

    // Written as "not inside" so that NaN, which fails every comparison, is a mistake too.
    private static void Within(List<string> errors, string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
        {
            errors.Add($"{name}: {value} is outside {low} to {high}");
        }
    }
}
