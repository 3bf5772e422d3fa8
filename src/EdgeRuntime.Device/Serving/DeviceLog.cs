using EdgeRuntime.Engine.Models;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>What the device says in its log; ids 4000 to 4999.</summary>
internal static partial class DeviceLog
{
    [LoggerMessage(4000, LogLevel.Information, "{Device} starts, boot {Boot}, profile {Profile}")]
    public static partial void Starts(ILogger logger, string device, string boot, string profile);

    [LoggerMessage(4001, LogLevel.Information, "connected to {Broker}")]
    public static partial void Connected(ILogger logger, string broker);

    [LoggerMessage(4002, LogLevel.Warning, "{Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(4003, LogLevel.Information, "{Model} {Version} serves from {Driver} ({Digest})")]
    public static partial void Serves(ILogger logger, string model, string version, string driver, string digest);

    [LoggerMessage(4004, LogLevel.Information, "{Model}: {Decision} ({Score:0.00})")]
    public static partial void Decided(ILogger logger, string model, string decision, double score);

    [LoggerMessage(4005, LogLevel.Information, "{Model}: update {Deployment} {State}")]
    public static partial void UpdateStep(ILogger logger, string model, string deployment, string state);

    [LoggerMessage(4006, LogLevel.Warning, "{Model}: update {Deployment} {State}: {Reason}")]
    public static partial void UpdateEnded(ILogger logger, string model, string deployment, string state, string reason);

    [LoggerMessage(4007, LogLevel.Warning, "{Detail}")]
    public static partial void Noticed(ILogger logger, string detail);

    [LoggerMessage(4008, LogLevel.Error, "{Model} does not serve: {Reason}")]
    public static partial void DoesNotServe(ILogger logger, string model, string reason);

    [LoggerMessage(4009, LogLevel.Warning, "{Model}: the sensor fails: {Reason}")]
    public static partial void SensorFails(ILogger logger, string model, string reason);

    [LoggerMessage(4010, LogLevel.Information, "{Model}: the sensor reads again")]
    public static partial void SensorReads(ILogger logger, string model);

    [LoggerMessage(4011, LogLevel.Information, "stopping")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(4012, LogLevel.Critical, "stopped by a mistake in this program, in {Thread}: {Error}")]
    public static partial void Failed(ILogger logger, string thread, string error);

    [LoggerMessage(4013, LogLevel.Information, "{Detail}")]
    public static partial void Told(ILogger logger, string detail);

    [LoggerMessage(4014, LogLevel.Error, "{Model}: a line does not obey its decisions: {Reason}")]
    public static partial void LineFails(ILogger logger, string model, string reason);

    [LoggerMessage(4015, LogLevel.Information, "{Model}: the line obeys its decisions again")]
    public static partial void LineObeys(ILogger logger, string model);

    [LoggerMessage(4016, LogLevel.Information, "{Version} holds in the sandbox: {Runs} inferences, processor time {MedianMs:0.###} ms in the middle and {P99Ms:0.###} ms at the 99th percentile, {PeakMebibytes} MiB at the most")]
    public static partial void Proved(ILogger logger, string version, int runs, double medianMs, double p99Ms, long peakMebibytes);

    [LoggerMessage(4017, LogLevel.Warning, "sandbox: {Gap}")]
    public static partial void SandboxGap(ILogger logger, string gap);

    /// <summary>What a candidate was found to need, and what this kernel does not keep it from.</summary>
    public static void Proof(ILogger logger, string version, ProofReport report)
    {
        if (report.Refusal is null)
        {
            Proved(logger, version, report.Runs, report.MedianMs, report.P99Ms, report.PeakBytes >> 20);
        }

        foreach (string gap in report.Gaps)
        {
            SandboxGap(logger, gap);
        }
    }

    /// <summary>Which variant of a model serves, and everything that it was asked for and is not so.</summary>
    public static void Runs(ILogger logger, string model, LoadedModel answering)
    {
        if (answering.Variant is { } variant)
        {
            Told(logger, $"{model}: {variant}");
        }

        foreach (string fallback in answering.Runtime.Fallbacks)
        {
            Noticed(logger, $"{model}: {fallback}");
        }
    }
}
