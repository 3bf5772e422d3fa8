using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator.Torture;

/// <summary>What the world saw of one device in all its lives so far: its memory does not go with the power.</summary>
/// <param name="Ends">Ends of updates that were told, in order.</param>
/// <param name="Answered">Versions that answered, in order.</param>
internal sealed record Witness(IReadOnlyList<Outcome> Ends, IReadOnlyList<string> Answered)
{
    public static Witness OfNothing { get; } = new([], []);

    /// <summary>With what one more life showed.</summary>
    public Witness And(SimulatedDevice device) => new(
        [.. Ends, .. device.Steps.Select(step => step.End).OfType<Outcome>()], [.. Answered, .. device.Answered]);
}
