using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>What the device says about its own process: real time, reload, systemd; ids 4100 to 4199.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(4100, LogLevel.Information, "real time: {Name}: {Detail}")]
    public static partial void Granted(ILogger logger, string name, string detail);

    [LoggerMessage(4101, LogLevel.Warning, "real time: {Name}: {Detail}")]
    public static partial void Refused(ILogger logger, string name, string detail);

    [LoggerMessage(4102, LogLevel.Warning, "{Sentence}")]
    public static partial void NotifySocketUnusable(ILogger logger, string sentence);

    [LoggerMessage(4103, LogLevel.Error, "the sample path of {Model} stands still; the watchdog is not fed, so systemd will restart the service")]
    public static partial void PathStandsStill(ILogger logger, string model);

    [LoggerMessage(4104, LogLevel.Information, "every sample path moves again; the watchdog is fed")]
    public static partial void PathsMove(ILogger logger);

    [LoggerMessage(4105, LogLevel.Warning, "WatchdogSec is {Seconds} s, less than a busy machine may take for a turn; use 2 s or more")]
    public static partial void WatchdogTooShort(ILogger logger, double seconds);

    [LoggerMessage(4110, LogLevel.Error, "not reloaded: {Mistake}")]
    public static partial void ReloadMistake(ILogger logger, string mistake);

    [LoggerMessage(4111, LogLevel.Error, "the old configuration goes on; correct {Count} mistake(s) and reload again")]
    public static partial void ReloadRefused(ILogger logger, int count);

    [LoggerMessage(4112, LogLevel.Information, "reloaded: {Change}")]
    public static partial void Reloaded(ILogger logger, string change);

    [LoggerMessage(4113, LogLevel.Warning, "{Member} changed, and is only read at start: restart the service to use it")]
    public static partial void NeedsRestart(ILogger logger, string member);

    [LoggerMessage(4120, LogLevel.Warning, "{BytesPerSecond} managed bytes a second were allocated, above the budget of {Budget}; collections will disturb the sample paths")]
    public static partial void OverBudget(ILogger logger, long bytesPerSecond, long budget);

    [LoggerMessage(4121, LogLevel.Information, "{BytesPerSecond} managed bytes a second are allocated, within the budget of {Budget} again")]
    public static partial void WithinBudget(ILogger logger, long bytesPerSecond, long budget);

    [LoggerMessage(4122, LogLevel.Warning, "above a limit of the profile: {Detail}")]
    public static partial void OverLimit(ILogger logger, string detail);

    [LoggerMessage(4123, LogLevel.Information, "within the limit of the profile again: {Detail}")]
    public static partial void WithinLimit(ILogger logger, string detail);

    [LoggerMessage(4124, LogLevel.Warning, "{Detail}")]
    public static partial void Hot(ILogger logger, string detail);

    [LoggerMessage(4125, LogLevel.Information, "{Detail}")]
    public static partial void Cool(ILogger logger, string detail);
}
