namespace EdgeRuntime.Simulator.Network;

/// <summary>What a line does to packets, in each direction.</summary>
/// <param name="Delay">One way.</param>
/// <param name="Jitter">At most this much more or less; packets stay in their order, as on a wire.</param>
/// <param name="Loss">Share of packets that never arrive, 0 to 1.</param>
/// <param name="Cut">The line is there this long, then away this long, and so on; zero for always there.</param>
/// <param name="BytesPerSecond">What it carries; infinite for as much as comes.</param>
internal sealed record Line(TimeSpan Delay, TimeSpan Jitter, double Loss, TimeSpan Cut, double BytesPerSecond)
{
    private static readonly Dictionary<string, Line> Profiles = new()
    {
        ["offline"] = new(TimeSpan.Zero, TimeSpan.Zero, 0, TimeSpan.FromSeconds(5), 250_000),
        ["satellite"] = new(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(25), 0.02, TimeSpan.Zero, double.PositiveInfinity),
        ["cellular"] = new(TimeSpan.FromMilliseconds(50), TimeSpan.Zero, 0, TimeSpan.Zero, double.PositiveInfinity),
    };

    /// <summary>The names of the lines there are.</summary>
    public static IEnumerable<string> Names => Profiles.Keys;

    /// <summary>The line of a name, or null.</summary>
    public static Line? Named(string name) => Profiles.GetValueOrDefault(name);
}
