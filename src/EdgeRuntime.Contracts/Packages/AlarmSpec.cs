using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>When findings become an alarm, and when it ends; counted in windows, so that stored windows lead to the same alarms.</summary>
public sealed record AlarmSpec
{
    /// <summary>Windows in a row with a finding that raise the alarm. (default: 1; 1 to 1000)</summary>
    public int RaiseAfter { get; init; } = 1;

    /// <summary>Windows in a row without one that end it. (default: 3; 1 to 1000)</summary>
    public int ClearAfter { get; init; } = 3;

    /// <summary>
    /// Share of its threshold below which a statistic must fall for its window to count towards the end. Between it and the
    /// threshold an alarm that stands goes on standing, and none is raised. (default: 0.8; greater than 0, to 1)
    /// </summary>
    public double ClearBelow { get; init; } = 0.8;

    /// <summary>Seconds after an alarm ended in which it is not raised again, by the samples' own time. (default: 0; 0 to 604,800)</summary>
    public double CoolDownS { get; init; }

    internal static AlarmSpec Read(JsonObjectReader alarms) => new()
    {
        RaiseAfter = alarms.Int("raise_after", 1, 1, 1000),
        ClearAfter = alarms.Int("clear_after", 3, 1, 1000),
        ClearBelow = alarms.Double("clear_below", 0.8, JsonObjectReader.AboveZero, 1),
        CoolDownS = alarms.Double("cool_down_s", 0, 0, 604_800),
    };
}
