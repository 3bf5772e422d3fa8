namespace EdgeRuntime.Device.Supervision;

/// <summary>
/// What the supervisor told this process through its environment: taken out of it, because no child may speak for the service, and put
/// back for the program that the process becomes.
/// </summary>
/// <param name="NotifySocket">Where it listens.</param>
/// <param name="WatchdogMicroseconds">WatchdogSec.</param>
/// <param name="WatchdogProcess">The process that it watches.</param>
internal sealed record ServiceVariables(string? NotifySocket, string? WatchdogMicroseconds, string? WatchdogProcess)
{
    private const string Socket = "NOTIFY_SOCKET";
    private const string Interval = "WATCHDOG_USEC";
    private const string Process = "WATCHDOG_PID";

    /// <summary>Takes them.</summary>
    public static ServiceVariables Take() => new(Take(Socket), Take(Interval), Take(Process));

    /// <summary>Those that were there, as <c>NAME=value</c>.</summary>
    public IEnumerable<string> ToVariables() =>
        new[] { (Socket, NotifySocket), (Interval, WatchdogMicroseconds), (Process, WatchdogProcess) }
            .Where(variable => variable.Item2 is not null).Select(variable => $"{variable.Item1}={variable.Item2}");

    private static string? Take(string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
