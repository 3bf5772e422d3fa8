using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>One fault, put into a replay: what it does to a channel's value, and what it should be called.</summary>
/// <param name="Name">As the row has it.</param>
/// <param name="Fault">What the device should call it.</param>
/// <param name="Value">The value told, of the true one, the last one before the fault, and the channel's reference.</param>
internal sealed record PlantedFault(string Name, ChannelFault Fault, Func<double, double, ChannelReference, double> Value)
{
    /// <summary>Those that concern one channel.</summary>
    public static IReadOnlyList<PlantedFault> OfOneChannel { get; } =
    [
        new("stuck value", ChannelFault.Stuck, (_, last, _) => last),
        new("gap", ChannelFault.Missing, (_, _, _) => double.NaN),
        new("saturation at the ninth decile", ChannelFault.Saturated, (value, _, reference) => Math.Min(value, reference.HighDecile)),
        new("unit x1000", ChannelFault.Unit, (value, _, _) => 1000 * value),
        new("unit /1000", ChannelFault.Unit, (value, _, _) => value / 1000),
        new("other scale: 2.7 x + 40", ChannelFault.Unit, (value, _, _) => (2.7 * value) + 40),
        new("values never seen", ChannelFault.Novel, (value, _, reference) => value + (2 * (reference.High - reference.Low))),
    ];

    /// <summary>Those of a temperature.</summary>
    public static IReadOnlyList<PlantedFault> OfTemperatures { get; } =
    [
        new("unit degC told in degF", ChannelFault.Unit, (value, _, _) => (1.8 * value) + 32),
        new("unit degF told in degC", ChannelFault.Unit, (value, _, _) => (value - 32) / 1.8),
    ];
}
