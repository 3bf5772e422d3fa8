using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>What the device says about its own process: real time, reload, systemd; ids 4100 to 4199.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(4100, LogLevel.Information, "real time: {Name}: {Detail}")]
    public static partial void Granted(ILogger logger, string name, string detail);

    [LoggerMessage(4101, LogLevel.Warning, "real time: {Name}: {Detail}")]
    public static partial void Refused(ILogger logger, string name, string detail);
}
