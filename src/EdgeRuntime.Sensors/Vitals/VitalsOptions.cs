namespace EdgeRuntime.Sensors.Vitals;

/// <summary>How the machine's vital signs are read.</summary>
public sealed record VitalsOptions
{
    /// <summary>Frames per second. The kernel counts time in steps of 1 to 10 ms, so high rates are coarse. (default: 5; 0.2 to 50)</summary>
    public double RateHz { get; init; } = 5;

    /// <summary>Directory that holds <c>proc</c> and <c>sys</c>; another one for tests and for containers that mount the host's. (default: /)</summary>
    public string Root { get; init; } = "/";

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (!(RateHz is >= 0.2 and <= 50))
        {
            errors.Add($"rate_hz: {RateHz} is outside 0.2 to 50");
        }

        if (string.IsNullOrWhiteSpace(Root))
        {
            errors.Add("root: is empty; use / for this machine");
        }
        else if (!File.Exists(Path.Combine(Root, "proc/stat")))
        {
            errors.Add($"root: there is no proc/stat in {Root}");
        }

        return errors;
    }
}
