using System.Globalization;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Output;

/// <summary>
/// Writes one line per entry to standard error, with the priority prefix that journald understands when it is there to
/// read it. Never used on the sample path.
/// </summary>
internal sealed class LineLogger(TextWriter target, TimeProvider time, LogLevel least, bool journal) : ILogger
{
    /// <summary>Writes to standard error; journald's prefix only under systemd, which says so in the environment.</summary>
    public static LineLogger ToStandardError(TimeProvider time, LogLevel least) =>
        new(Console.Error, time, least, Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string text = formatter(state, exception);
        string line = journal
            ? string.Create(CultureInfo.InvariantCulture, $"<{Priority(logLevel)}>{text} [{eventId.Id}]")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{time.GetLocalNow():HH:mm:ss} {Word(logLevel)} {text}");
        lock (target)
        {
            target.WriteLine(line);
        }
    }

    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical => "critical",
        LogLevel.Error => "error   ",
        LogLevel.Warning => "warning ",
        LogLevel.Information => "info    ",
        _ => "debug   ",
    };
}
