namespace EdgeRuntime.Simulator.Torture;

/// <summary>How much is tried, and what of it.</summary>
internal sealed record TortureOptions
{
    /// <summary>Where everything random comes from. (default: 1)</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Only the story of this name; null for all.</summary>
    public string? Story { get; init; }

    /// <summary>Only <c>crashes</c>, <c>faults</c>, <c>flips</c>, <c>clocks</c> or <c>storms</c>; null for all.</summary>
    public string? Only { get; init; }

    /// <summary>Only the crash point of this number; null for all.</summary>
    public int? First { get; init; }

    /// <summary>Only this crash point of the recovery from <see cref="First"/>; null for all.</summary>
    public int? Second { get; init; }

    /// <summary>Whether the device is killed again while it recovers. (default: true)</summary>
    public bool Nested { get; init; } = true;

    /// <summary>Every how many things of a kind one is tried; 1 is all of them. (default: 1)</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Stories told at the same time, each by a thread of its own; 1 or more. (default: 1)</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Whether the thing of this number is tried; numbers count from 1.</summary>
    public bool Wants(int first) => First is int only ? only == first : first % Stride == Seed % Stride;
}
