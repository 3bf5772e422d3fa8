using System.Globalization;
using System.Text;

namespace EdgeRuntime.Device.Output;

/// <summary>What the live view shows of one model.</summary>
/// <param name="Version">Version that answers; empty for none.</param>
/// <param name="Phase">Where its update stands, in words; empty when nothing is pending.</param>
/// <param name="Drift">Largest ratio of a stability index to its threshold in the last window; null before the first.</param>
internal sealed record ModelView(
    string Name, string Version, string Decision, double Score, long Samples, long Failed, long Dropped, double InferMicroseconds,
    double? Drift, string Phase);

/// <summary>What the live view shows of the device.</summary>
internal sealed record DeviceView(
    string Device, string Link, bool LinkUp, long Waiting, long Dropped, TimeSpan Uptime, IReadOnlyList<ModelView> Models,
    IReadOnlyList<string> News);

/// <summary>Draws the device's state on a terminal, in place, a few times a second.</summary>
internal sealed class LiveView(TextWriter terminal, bool colour)
{
    private const int BarWidth = 24;

    private readonly StringBuilder _screen = new();
    private int _lines;

    /// <summary>Draws over what was drawn before.</summary>
    public void Draw(DeviceView view)
    {
        _screen.Clear();
        if (_lines > 0)
        {
            _screen.Append(CultureInfo.InvariantCulture, $"\e[{_lines}A");
        }

        _lines = 0;
        Line($"{Bold(view.Device)}  up {Duration(view.Uptime)}  {(view.LinkUp ? Green("● " + view.Link) : Red("○ " + view.Link))}  outbox {view.Waiting}{(view.Dropped > 0 ? Red($", {view.Dropped} dropped") : "")}");
        Line("");
        Line($"{"model",-12} {"version",-9} {"decision",-14} {"score",-BarWidth}        {"infer",9} {"samples",9} {"failed",6} {"dropped",8} {"drift",6}");
        foreach (ModelView model in view.Models)
        {
            Line($"{Fit(model.Name, 12)} {Fit(model.Version, 9)} {Bold(Fit(model.Decision, 14))} {Bar(model.Score)} {model.Score,6:0.000} {model.InferMicroseconds,6:0} µs {model.Samples,9} {(model.Failed > 0 ? Red($"{model.Failed,6}") : $"{model.Failed,6}")} {model.Dropped,8} {Drift(model.Drift)}  {model.Phase}");
        }

        Line("");
        foreach (string news in view.News)
        {
            Line(news);
        }

        // Whatever a longer screen left below.
        _screen.Append("\e[J");
        terminal.Write(_screen.ToString());
        terminal.Flush();
    }

    private static string Fit(string text, int width) => text.Length > width ? text[..(width - 1)] + "…" : text.PadRight(width);

    private static string Duration(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}h{time.Minutes:00}m" : $"{time.Minutes}m{time.Seconds:00}s";

    private static string Bar(double score)
    {
        int full = double.IsFinite(score) ? (int)Math.Round(Math.Clamp(score, 0, 1) * BarWidth) : 0;
        return new string('█', full) + new string('░', BarWidth - full);
    }

    private string Drift(double? ratio) => ratio switch
    {
        null => "     –",
        > 1 => Red($"{ratio,6:0.00}"),
        _ => $"{ratio,6:0.00}",
    };

    private void Line(string text)
    {
        _screen.Append(text).Append("\e[K\n");
        _lines++;
    }

    private string Bold(string text) => Coloured(text, "1");

    private string Green(string text) => Coloured(text, "32");

    private string Red(string text) => Coloured(text, "31");

    private string Coloured(string text, string code) => colour ? $"\e[{code}m{text}\e[0m" : text;
}
