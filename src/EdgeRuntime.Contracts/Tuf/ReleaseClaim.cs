using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>
/// What Uptane adds to a target's <c>custom</c>, signed offline with it: which release it is, and what it runs on. So whoever
/// holds only the online keys can neither pick an older release nor one for another board.
/// </summary>
public sealed record ReleaseClaim
{
    /// <summary>Most hardware ids of one target.</summary>
    public const int MaxHardwareIds = 64;

    /// <summary>Name of <see cref="Counter"/> in <c>custom</c>.</summary>
    public const string CounterMember = "release_counter";

    /// <summary>Name of <see cref="HardwareIds"/> in <c>custom</c>.</summary>
    public const string HardwareMember = "hardware_ids";

    /// <summary>The claim of a target that says neither.</summary>
    public static ReleaseClaim None { get; } = new();

    /// <summary>Never goes back within one target path; null when not said.</summary>
    public long? Counter { get; init; }

    /// <summary>What it runs on; empty for anything.</summary>
    public IReadOnlyList<string> HardwareIds { get; init; } = [];

    /// <summary>Refuses a target that this device must not install.</summary>
    /// <param name="path">The target's path, for the sentence.</param>
    /// <param name="hardware">What this device is, by any of its names; empty to take any.</param>
    /// <param name="floor">Lowest counter that may be installed, or null for any.</param>
    /// <exception cref="TufException">It is for other hardware, or older than the floor.</exception>
    public void Check(string path, IReadOnlyList<string> hardware, long? floor)
    {
        if (hardware.Count > 0 && HardwareIds.Count > 0 && !HardwareIds.Any(hardware.Contains))
        {
            throw new TufException(
                TufFault.WrongSoftware,
                $"{path} is for {string.Join(", ", HardwareIds)}; this device is {string.Join(", ", hardware)}");
        }

        if (floor is long lowest && !(Counter >= lowest))
        {
            string counter = Counter is long said ? $"has release counter {said}" : "says no release counter";
            throw new TufException(TufFault.Rollback, $"{path} {counter}; the floor here is {lowest}");
        }
    }

    /// <summary>Reads both members of a target's <c>custom</c> and passes over all others.</summary>
    internal static ReleaseClaim Read(JsonObjectReader custom)
    {
        ReleaseClaim claim = new()
        {
            Counter = custom.Long(CounterMember, 0, long.MaxValue),
            HardwareIds = custom.Strings(HardwareMember, 0, MaxHardwareIds),
        };
        custom.IgnoreUnknown();
        return claim;
    }
}
