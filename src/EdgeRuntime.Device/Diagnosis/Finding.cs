namespace EdgeRuntime.Device.Diagnosis;

/// <summary>How much a finding matters.</summary>
internal enum FindingLevel
{
    /// <summary>As it should be, or only worth knowing.</summary>
    Ok,

    /// <summary>The device serves, but worse than it could.</summary>
    Warning,

    /// <summary>The device does not serve, or not as its files ask.</summary>
    Problem,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Area">Such as <c>processor</c> or <c>clock</c>.</param>
/// <param name="Found">What was found, as a sentence without a full stop.</param>
/// <param name="Remedy">What to do about it; null where nothing is to be done.</param>
internal sealed record Finding(string Area, FindingLevel Level, string Found, string? Remedy = null)
{
    public static Finding Ok(string area, string found) => new(area, FindingLevel.Ok, found);

    public static Finding Warning(string area, string found, string remedy) => new(area, FindingLevel.Warning, found, remedy);

    public static Finding Problem(string area, string found, string remedy) => new(area, FindingLevel.Problem, found, remedy);
}
