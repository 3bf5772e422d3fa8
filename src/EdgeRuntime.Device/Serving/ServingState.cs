namespace EdgeRuntime.Device.Serving;

/// <summary>How models, sensors and the process stand at one moment.</summary>
/// <param name="OverLimits">Limits of the process that it is over.</param>
internal sealed record ServingState(
    IReadOnlyList<ModelStanding> Models, IReadOnlyList<SensorStanding> Sensors, IReadOnlyCollection<string> OverLimits);

/// <summary>One model.</summary>
/// <param name="Answers">Whether a package of it answers.</param>
/// <param name="Due">Samples since the process began that it was to answer: without those left out by a gate, by every_nth and by the
/// end of a path.</param>
/// <param name="Dropped">Those of them that it did not.</param>
internal sealed record ModelStanding(string Name, bool Answers, long Due, long Dropped);

/// <summary>One sensor.</summary>
/// <param name="Frames">Frames since it was opened.</param>
/// <param name="Fault">Why it does not read, or null.</param>
internal sealed record SensorStanding(string Name, long Frames, string? Fault);
