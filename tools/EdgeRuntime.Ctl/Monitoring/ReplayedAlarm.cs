using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>One alarm that stored windows raise.</summary>
internal sealed record ReplayedAlarm
{
    /// <summary>The device; empty where the lines do not say.</summary>
    public required string Device { get; init; }

    /// <summary>What it is about: <c>drift</c> or <c>quality</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The run of its program.</summary>
    public required BootId Boot { get; init; }

    /// <summary>First sample of the first window with the finding, UTC milliseconds.</summary>
    public required long SinceUnixMs { get; init; }

    /// <summary>Last sample of the window that ended it, UTC milliseconds; null while it stands.</summary>
    public long? EndedUnixMs { get; init; }

    /// <summary>Sequence of the oldest window that the verdict rests on.</summary>
    public required long FirstWindow { get; init; }

    /// <summary>Sequence of the window that raised it.</summary>
    public required long LastWindow { get; init; }

    /// <summary>What was found, the worst first.</summary>
    public required IReadOnlyList<AlarmCause> Causes { get; init; }

    /// <summary>True when the device told it, by what was written down.</summary>
    public bool WasTold { get; init; }

    /// <summary>Writes it as a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("device", Device);
        json.WriteString("kind", Kind);
        json.WriteString("boot", Boot.ToString());
        json.WriteNumber("since_unix_ms", SinceUnixMs);
        if (EndedUnixMs is long ended)
        {
            json.WriteNumber("ended_unix_ms", ended);
        }

        json.WriteNumber("first_window", FirstWindow);
        json.WriteNumber("last_window", LastWindow);
        json.WriteBoolean("told", WasTold);
        json.WriteStartArray("causes");
        foreach (AlarmCause cause in Causes)
        {
            json.WriteStartObject();
            json.WriteString("feature", cause.Feature);
            json.WriteString("statistic", cause.Statistic);
            json.WriteNumber("value", cause.Value);
            json.WriteNumber("ratio", cause.Ratio);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
