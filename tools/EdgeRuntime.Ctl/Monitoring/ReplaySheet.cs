using System.Globalization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>A replay on a page, for people.</summary>
internal sealed class ReplaySheet(ReplayedReports replayed, Surroundings around)
{
    private const int MostRefused = 5;

    /// <summary>Prints it.</summary>
    public void Print()
    {
        if (replayed.Alarms.Count > 0)
        {
            Table table = new("device", "alarm", "since", "until", "windows", "told", "what was found");
            foreach (ReplayedAlarm alarm in replayed.Alarms)
            {
                table.Add(
                    alarm.Device, alarm.Kind, Time(alarm.SinceUnixMs), alarm.EndedUnixMs is long ended ? Time(ended) : "stands",
                    $"{alarm.FirstWindow} to {alarm.LastWindow}", alarm.WasTold ? "yes" : "-",
                    string.Join(", ", alarm.Causes.Take(3).Select(Cause)) + (alarm.Causes.Count > 3 ? $" and {alarm.Causes.Count - 3} more" : ""));
            }

            table.Print(around);
        }

        string verdicts = replayed.Differing == 0
            ? around.Green("every verdict is the one that was told, bit for bit")
            : around.Yellow(string.Create(
                CultureInfo.InvariantCulture,
                $"{replayed.Differing} verdicts are not the same bits, at most {replayed.LargestDifference:G3} apart"));
        around.Output.WriteLine($"{replayed.Windows} windows judged again, {replayed.Alarms.Count} alarms: {verdicts}"
            + (replayed.Duplicates > 0 ? $"; {replayed.Duplicates} came more than once" : ""));
        foreach (AlarmMessage told in replayed.Missing)
        {
            around.Errors.WriteLine(
                $"replay: {told.Name} was told for window {told.LastWindow} ({Table.Plain(told.Detail)}), and these windows do not raise it so; are some missing?");
        }

        foreach ((string device, long sequence, string why) in replayed.Refused.Take(MostRefused))
        {
            around.Errors.WriteLine($"replay: window {sequence}{(device.Length > 0 ? $" of {Table.Plain(device)}" : "")} is not judged: {why}");
        }

        if (replayed.Refused.Count > MostRefused)
        {
            around.Errors.WriteLine($"replay: and {replayed.Refused.Count - MostRefused} more");
        }
    }

    private static string Cause(AlarmCause cause) =>
        string.Create(CultureInfo.InvariantCulture, $"{cause.Feature} ({cause.Statistic} {cause.Value:F2}, {cause.Ratio:F1} x its bound)");

    private static string Time(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
