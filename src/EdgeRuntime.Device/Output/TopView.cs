using System.Globalization;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Output;

/// <summary>What <c>top</c> shows: one line for the device, one for each model and sensor.</summary>
internal static class TopView
{
    /// <summary>Columns that lines can be sorted by; all but the name with the largest first.</summary>
    public static readonly IReadOnlyList<string> Columns = ["name", "rate", "infer", "total", "dropped", "misses", "drift"];

    // The parts of "total", in the order in which a sample meets them.
    private static readonly string[] Stages = ["read", "features", "queue", "infer", "decide", "act", "publish"];

    /// <summary>The lines.</summary>
    /// <param name="sort">One of <see cref="Columns"/>.</param>
    public static IReadOnlyList<string> Lines(LedgerInterval interval, string sort)
    {
        LiveLedger now = interval.Now;
        List<string> lines =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{now.Device}  up {TimeSpan.FromMilliseconds(now.UptimeMs):d\\.hh\\:mm\\:ss}  {(now.LinkUp ? "connected to " : "")}{now.Link}  outbox {now.Waiting}, {now.Dropped} dropped  {now.ResidentBytes / 1048576.0:0.0} MiB  {now.Collections} collections, {now.PausedMs:0.0} ms"),
            "",
            $"{"model",-14} {"version",-8} {"decision",-12} {"score",6} {"rate/s",8} {"infer p50",9} {"p99",9} {"total p50",9} {"p99",9} {"p99.9",9} {"max",9} {"dropped",8} {"missed",7} {"drift",6}",
        ];
        foreach (LiveModel model in Sorted(interval, sort))
        {
            LatencyHistogram infer = interval.Times(model, "infer");
            LatencyHistogram total = interval.Times(model, "end_to_end");
            string notes = string.Join(", ", Notes(interval, model));
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Fit(model.Name, 14)} {Fit(model.Version ?? "-", 8)} {Fit(model.Decision ?? "-", 12)} {Number(model.Score, "0.000"),6} {interval.Rate(model),8:0.0} {Time(infer, 0.5),9} {Time(infer, 0.99),9} {Time(total, 0.5),9} {Time(total, 0.99),9} {Time(total, 0.999),9} {Time(total, 1),9} {interval.Dropped(model),8} {interval.Misses(model),7} {Number(model.Drift, "0.00"),6}  {notes}").TrimEnd());
        }

        lines.Add("");
        lines.Add($"{"since start",-14} {"due",12} {"served",12} {"dropped",10} {"waiting",8}  p99 of {string.Concat(Stages.Select(stage => $"{stage,-10}"))}{"p99.99 in all",10}");
        foreach (LiveModel model in Sorted(interval, sort))
        {
            string stages = string.Concat(Stages.Select(stage => $"{Time(interval.Times(model, stage), 0.99),-10}"));
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Fit(model.Name, 14)} {model.Due,12} {model.Samples,12} {model.Dropped.Values.Sum(),10} {model.Waiting,8}         {stages}{Time(interval.Times(model, "end_to_end"), 0.9999),10}"));
        }

        lines.Add("");
        lines.Add($"{"sensor",-14} {"driver",-10} {"rate Hz",9} {"frames",12} {"errors",8}");
        foreach (LiveSensor sensor in now.Sensors)
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Fit(sensor.Name, 14)} {Fit(sensor.Driver, 10)} {sensor.RateHz,9:0.###} {sensor.Frames,12} {sensor.Errors,8}  {sensor.Fault}").TrimEnd());
        }

        return lines;
    }

    /// <summary>The part of some lines that a terminal shows without wrapping and scrolling; the last line is always there.</summary>
    /// <param name="width">Columns of the terminal; 0 where it does not tell.</param>
    /// <param name="height">Its rows; 0 likewise.</param>
    public static IEnumerable<string> Fit(IReadOnlyList<string> lines, int width, int height)
    {
        const int Narrowest = 20, Lowest = 3;
        int columns = width <= 0 ? int.MaxValue : Math.Max(Narrowest, width - 1);
        int rows = height <= 0 ? int.MaxValue : Math.Max(Lowest, height - 1);
        IEnumerable<string> shown = lines.Count <= rows ? lines : [.. lines.Take(rows - 2), $"… {lines.Count - rows + 1} more lines", lines[^1]];
        return shown.Select(line => line.Length > columns ? line[..columns] : line);
    }

    private static IEnumerable<LiveModel> Sorted(LedgerInterval interval, string sort) => sort switch
    {
        "rate" => interval.Now.Models.OrderByDescending(interval.Rate),
        "infer" => interval.Now.Models.OrderByDescending(model => interval.Times(model, "infer").Quantile(0.99)),
        "total" => interval.Now.Models.OrderByDescending(model => interval.Times(model, "end_to_end").Quantile(0.99)),
        "dropped" => interval.Now.Models.OrderByDescending(interval.Dropped),
        "misses" => interval.Now.Models.OrderByDescending(interval.Misses),
        "drift" => interval.Now.Models.OrderByDescending(model => model.Drift ?? -1),
        _ => interval.Now.Models.OrderBy(model => model.Name, StringComparer.Ordinal),
    };

    private static IEnumerable<string> Notes(LedgerInterval interval, LiveModel model)
    {
        if (model.Phase.Length > 0)
        {
            yield return model.Phase;
        }

        if (interval.MostCause(model) is string cause)
        {
            yield return cause;
        }

        if (model.GateOpen is bool open)
        {
            yield return $"gate {(open ? "open" : "closed")}";
        }

        if (model.Failed > 0)
        {
            yield return $"{model.Failed} failed";
        }
    }

    private static string Time(LatencyHistogram times, double q) => times.Count == 0 ? "-" : Duration(q >= 1 ? times.Max : times.Quantile(q));

    private static string Duration(long nanoseconds) => nanoseconds switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.0} µs"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.00} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:0.00} s"),
    };

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string Fit(string text, int width) => text.Length > width ? string.Concat(text.AsSpan(0, width - 1), "…") : text.PadRight(width);
}
