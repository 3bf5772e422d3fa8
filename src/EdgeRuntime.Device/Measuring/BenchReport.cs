using System.Globalization;
using System.Text.Json;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Measuring;

/// <summary>Prints what was measured, as a table for people or as JSON for tools.</summary>
internal static class BenchReport
{
    private static readonly (string Name, double Q)[] Quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1)];

    /// <summary>The table.</summary>
    /// <param name="header">Machine, library and settings, in one line.</param>
    public static void Write(TextWriter to, string header, IReadOnlyList<BenchRow> rows, PacedRow? paced)
    {
        to.WriteLine(header);
        if (rows.Count > 0)
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{"µs",-30} {"kind",-10}{string.Concat(Quantiles.Select(each => $"{each.Name,10}"))} {"runs/s",10} {"cpu",6} {"B/run",7} {"resident",9}"));
            foreach (BenchRow row in rows)
            {
                to.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Fit(row.Name),-30} {row.Kind,-10}{Times(row.Times)} {row.PerSecond,10:0} {row.ProcessorShare,6:0%} {row.ManagedBytes / Math.Max(1.0, row.Times.Count),7:0.##} {row.ResidentBytes / 1048576.0,5:0.0} MiB"));
            }
        }

        if (paced is not null)
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Fit(paced.Name)} at {paced.RateHz:0.###} Hz for {paced.Elapsed.TotalSeconds:0} s: {paced.Misses} of {paced.Lateness.Count} deadlines missed, {paced.Collections} collections, {paced.ManagedBytes} managed bytes, cpu {paced.Processor / paced.Elapsed:0.0%}"));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"µs",-30} {"",-10}{string.Concat(Quantiles.Select(each => $"{each.Name,10}"))}"));
            to.WriteLine($"{"frame taken after due",-30} {"",-10}{Times(paced.Lateness)}");
            to.WriteLine($"{"decision after due",-30} {"",-10}{Times(paced.Response)}");
        }
    }

    /// <summary>The same as one JSON object; times in microseconds.</summary>
    public static void WriteJson(
        Stream to, string header, IReadOnlyList<BenchRow> rows, IReadOnlyList<RefusedRow> refused, PacedRow? paced)
    {
        using (Utf8JsonWriter json = new(to, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("machine", header);
            json.WriteStartArray("rows");
            foreach (BenchRow row in rows)
            {
                json.WriteStartObject();
                json.WriteString("name", row.Name);
                json.WriteString("kind", row.Kind);
                json.WriteNumber("runs", row.Times.Count);
                WriteTimes(json, row.Times);
                json.WriteNumber("per_second", Math.Round(row.PerSecond, 1));
                json.WriteNumber("cpu_share", Math.Round(row.ProcessorShare, 3));
                json.WriteNumber("managed_bytes", row.ManagedBytes);
                json.WriteNumber("resident_bytes", row.ResidentBytes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("refused");
            foreach (RefusedRow row in refused)
            {
                json.WriteStartObject();
                json.WriteString("name", row.Name);
                json.WriteString("reason", row.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (paced is not null)
            {
                json.WriteStartObject("paced");
                json.WriteString("name", paced.Name);
                json.WriteNumber("rate_hz", paced.RateHz);
                json.WriteNumber("seconds", Math.Round(paced.Elapsed.TotalSeconds, 1));
                json.WriteNumber("deadlines", paced.Lateness.Count);
                json.WriteNumber("misses", paced.Misses);
                json.WriteNumber("collections", paced.Collections);
                json.WriteNumber("managed_bytes", paced.ManagedBytes);
                json.WriteNumber("cpu_share", Math.Round(paced.Processor / paced.Elapsed, 4));
                json.WriteStartObject("lateness");
                WriteTimes(json, paced.Lateness);
                json.WriteEndObject();
                json.WriteStartObject("response");
                WriteTimes(json, paced.Response);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        to.WriteByte((byte)'\n');
    }

    private static string Times(LatencyHistogram times) => string.Concat(
        Quantiles.Select(each => string.Create(CultureInfo.InvariantCulture, $"{Microseconds(times, each.Q),10:0.0}")));

    private static void WriteTimes(Utf8JsonWriter json, LatencyHistogram times)
    {
        foreach ((string name, double q) in Quantiles)
        {
            json.WriteNumber($"{name.Replace('.', '_')}_us", Math.Round(Microseconds(times, q), 3));
        }
    }

    private static double Microseconds(LatencyHistogram times, double q) => (q >= 1 ? times.Max : times.Quantile(q)) / 1000.0;

    private static string Fit(string name) => name.Length <= 30 ? name : string.Concat(name.AsSpan(0, 29), "…");
}
