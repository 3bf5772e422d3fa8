using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Device.Configuration;

/// <summary>What a model's decisions do in the world. How a device is wired is its own matter, so no package says it.</summary>
/// <param name="Decisions">Decisions that it is about, the fail-safe one included where that is meant; at least one.</param>
public abstract record ActionConfiguration(IReadOnlyList<string> Decisions)
{
    /// <summary>A GPIO line that is on while one of the decisions is in force, and off while another is.</summary>
    public sealed record Line(IReadOnlyList<string> Decisions) : ActionConfiguration(Decisions)
    {
        /// <summary>A pin of the profile's header, from 1; null where chip and line are named.</summary>
        public int? Pin { get; init; }

        /// <summary>The chip: a device such as <c>/dev/gpiochip0</c>, or its name or label. Settled from the pin where that is named.</summary>
        public string Chip { get; init; } = "";

        /// <summary>Offset of the line in the chip.</summary>
        public int Offset { get; init; }

        /// <summary>Whether it is on when its level is low. (default: false)</summary>
        public bool ActiveLow { get; init; }

        /// <summary>Whether it is on while no model answers, and when the device stops. (default: false)</summary>
        public bool IsSafeOn { get; init; }
    }

    /// <summary>An event on the device's own topic when one of the decisions comes into force, and when none is any more.</summary>
    /// <param name="Severity">Of the first; the second is an information.</param>
    public sealed record Event(IReadOnlyList<string> Decisions, EventSeverity Severity) : ActionConfiguration(Decisions);

    /// <summary>A message on a topic of the user's choice, such as what switches a lamp.</summary>
    public sealed record Message(IReadOnlyList<string> Decisions) : ActionConfiguration(Decisions)
    {
        /// <summary>Where it goes.</summary>
        public required string Topic { get; init; }

        /// <summary>Sent when one of the decisions comes into force.</summary>
        public required string Payload { get; init; }

        /// <summary>Sent when none of them is in force any more; null for nothing.</summary>
        public string? Otherwise { get; init; }

        /// <summary>Whether the broker keeps it for those who come later. (default: false)</summary>
        public bool Retain { get; init; }
    }
}
