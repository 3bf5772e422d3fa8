using System.Globalization;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>Values of the fleet as people read them.</summary>
internal static class Shown
{
    public static string Number(double? value, string format) =>
        value is double number ? number.ToString(format, CultureInfo.InvariantCulture) : "-";

    public static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>An amount of data: <c>12.3 MB</c>.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        < 1e3 => $"{Number(bytes, "0")} B",
        < 1e6 => $"{Number(bytes / 1e3, "0.0")} kB",
        < 1e9 => $"{Number(bytes / 1e6, "0.0")} MB",
        _ => $"{Number(bytes / 1e9, "0.0")} GB",
    };

    public static string Short(string? digest) => digest is { Length: > 12 } ? digest[..12] : digest ?? "";

    /// <summary>The beginning of a long text.</summary>
    public static string Cut(string? text, int longest) =>
        text is { Length: int length } && length > longest ? $"{text[..(longest - 1)]}…" : text ?? "";

    /// <summary>How long ago a moment was: <c>3 s</c>, <c>2 h</c>, <c>5 d</c>.</summary>
    public static string Age(long unixMs, TimeProvider time)
    {
        if (unixMs <= 0)
        {
            return "-";
        }

        double seconds = Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - unixMs) / 1000.0);
        (double value, string unit) = seconds switch
        {
            < 100 => (seconds, "s"),
            < 6000 => (seconds / 60, "min"),
            < 360_000 => (seconds / 3600, "h"),
            _ => (seconds / 86400, "d"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value:0} {unit}");
    }

    /// <summary>A moment on this machine's clock.</summary>
    public static string Clock(long unixMs, TimeProvider time) => TimeZoneInfo
        .ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(unixMs), time.LocalTimeZone)
        .ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A word of state, in the colour of what it means.</summary>
    public static Cell State(string? state, Surroundings around) => new(state ?? "", state switch
    {
        "online" or "completed" or "committed" or "passed" or "pass" => around.Green,
        "lost" or "halted" or "reverted" or "rejected" or "undone" or "failed" or "fail" or "error" => around.Red,
        "offline" or "aborted" or "safe" or "reverting" or "warning" => around.Yellow,
        _ => null,
    });

    /// <summary>Drift as a share of its threshold.</summary>
    public static Cell Drift(double? drift, bool drifting, Surroundings around) =>
        new(Number(drift, "0.00"), drifting ? around.Red : null);
}
