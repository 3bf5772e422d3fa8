using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EdgeRuntime.Bench;

/// <summary>
/// Rows about keeping time: a model at 1000 Hz on one core while stress-ng loads the other, beside a loop by hand in C++ and
/// beside cyclictest, which does nothing but wake. In turns of a minute, because the machine's own noise comes and goes: misses are
/// added up, percentiles are medians of the turns.
/// </summary>
internal static class RealTimeRows
{
    private const int Hertz = 1000;
    private const int Priority = 60;
    private const string Missed = "1 kHz under load, deadlines missed, ours";
    private const string Lateness = "1 kHz under load, p99.9 of lateness, ours";

    public static void Add(SuiteOptions options, Figures figures, string scratch)
    {
        if (options.RealTimeMinutes is not { } minutes)
        {
            return;
        }

        if (options is not { Device: { } device, BuiltInModel: { } model } || Environment.ProcessorCount < 2)
        {
            string why = Environment.ProcessorCount < 2 ? "only one core: there is no other to load" : "no published edge-device";
            figures.Add(new Figure(Missed, null, "", why));
            figures.Add(new Figure(Lateness, null, "us", why));
            return;
        }

        int core = Environment.ProcessorCount - 1;
        int turns = (int)Math.Max(1, Math.Round(minutes));
        double turn = minutes / turns;
        string seconds = Text(Math.Max(1, Math.Round(turn * 60)));
        string profile = Path.Combine(scratch, "real-time.json");
        File.WriteAllText(profile, $$"""
            {
              "inherits": "{{options.Profile}}", "name": "real-time",
              "realtime": { "scheduler": "fifo", "priority": {{Priority}}, "cores": [{{core}}], "lock_memory": "touched" }
            }
            """);
        using Process load = Start(
            "taskset", ["-c", core == 1 ? "0" : $"0-{core - 1}", "stress-ng", "--cpu", $"{core}", "--vm", "1", "--vm-bytes", "256M", "--quiet"], options);
        try
        {
            List<Times> ours = [];
            List<Times> cpp = [];
            List<Times> bare = [];
            for (int i = 0; i < turns; i++)
            {
                ours.Add(Ours(Output(
                    device, ["bench", "--profile", profile, "--rate", $"{Hertz}", "--minutes", Text(turn), "--json"], options)));
                cpp.Add(Cpp(Output(
                    options.CppProgram("beat"), [model, options.Library, $"{Hertz}", seconds, $"{core}", $"{Priority}"], options)));
                bare.Add(Cyclictest(Output(
                    "cyclictest",
                    ["-q", "-m", "-t1", "-a", $"{core}", "-p", $"{Priority}", "-i", $"{1_000_000 / Hertz}", "-D", $"{seconds}s", "-h", "100000"],
                    options)));
            }

            string how = $"{turns} turns of {seconds} s each, alternating: SCHED_FIFO {Priority}, core {core}, stress-ng (cpu, vm) on the others";
            AddMisses(figures, Missed, ours, $"edge-device bench: frame, window, features, int8 model, decision; {how}");
            AddMisses(figures, "1 kHz under load, deadlines missed, C++", cpp, $"beat.cpp: sleep and inference; {how}");
            AddMisses(figures, "1 kHz under load, deadlines missed, cyclictest", bare, $"wakes and does nothing; {how}");
            AddLateness(figures, Lateness, ours, $"frame taken after due; {how}");
            AddLateness(figures, "1 kHz under load, p99.9 of lateness, C++", cpp, how);
            AddLateness(figures, "1 kHz under load, p99.9 of lateness, cyclictest", bare, how);
            figures.Add(Rows.InUnit("1 kHz under load, p99.9 of decision, ours", ours.Select(each => each.Response), "us", $"decision after due; {how}"));
            figures.Add(Rows.InUnit("1 kHz under load, p99.9 of decision, C++", cpp.Select(each => each.Response), "us", $"inference done after due; {how}"));
            figures.Add(Rows.Ratio(
                "1 kHz under load, p99.9 of decision, ours / C++", [.. ours.Select(each => each.Response)], [.. cpp.Select(each => each.Response)], how, 2));
        }
        finally
        {
            load.Kill(entireProcessTree: true);
            load.WaitForExit();
        }
    }

    private static void AddMisses(Figures figures, string name, List<Times> turns, string how) => figures.Add(new Figure(
        name, turns.Sum(turn => turn.Misses), $"of {turns.Sum(turn => turn.Deadlines)}", $"by turn: {string.Join(", ", turns.Select(turn => turn.Misses))}; {how}"));

    private static void AddLateness(Figures figures, string name, List<Times> turns, string how) => figures.Add(Rows.InUnit(
        name, turns.Select(turn => turn.P999), "us",
        $"p50 {Text(Spread.Of(turns.Select(turn => turn.P50)).Median)}, p99 {Text(Spread.Of(turns.Select(turn => turn.P99)).Median)}, max {Text(turns.Max(turn => turn.Max))}; {how}"));

    private static Times Ours(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement paced = document.RootElement.GetProperty("paced");
        JsonElement lateness = paced.GetProperty("lateness");
        return new Times(
            paced.GetProperty("deadlines").GetInt64(), paced.GetProperty("misses").GetInt64(), lateness.GetProperty("p50_us").GetDouble(),
            lateness.GetProperty("p99_us").GetDouble(), lateness.GetProperty("p99_9_us").GetDouble(), lateness.GetProperty("max_us").GetDouble(),
            paced.GetProperty("response").GetProperty("p99_9_us").GetDouble());
    }

    private static Times Cpp(string text)
    {
        string[][] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
        double[] lateness = [.. lines[1][1..].Select(Number)];
        return new Times((long)Number(lines[0][1]), (long)Number(lines[0][2]), lateness[0], lateness[1], lateness[2], lateness[3], Number(lines[2][3]));
    }

    // Lines of "microseconds count" and comments; values beyond the histogram stand in its comments and are misses in any case.
    private static Times Cyclictest(string text)
    {
        SortedDictionary<int, long> counts = [];
        long beyond = 0;
        double max = 0;
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2 && int.TryParse(words[0], out int microseconds))
            {
                counts[microseconds] = long.Parse(words[1], CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith("# Histogram Overflows:", StringComparison.Ordinal))
            {
                beyond = long.Parse(words[^1], CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith("# Max Latencies:", StringComparison.Ordinal))
            {
                max = Number(words[^1]);
            }
        }

        long all = counts.Values.Sum() + beyond;
        double Quantile(double q)
        {
            long rank = (long)Math.Ceiling(q * all);
            foreach ((int microseconds, long count) in counts)
            {
                rank -= count;
                if (rank <= 0)
                {
                    return microseconds;
                }
            }

            return max;
        }

        long misses = beyond + counts.Where(entry => entry.Key > 1_000_000 / Hertz).Sum(entry => entry.Value);
        return new Times(all, misses, Quantile(0.5), Quantile(0.99), Quantile(0.999), max, double.NaN);
    }

    private static Process Start(string program, IEnumerable<string> words, SuiteOptions options)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardOutput = true };
        Programs.Prepare(start, null);
        start.Environment["EDGE_ONNXRUNTIME"] = options.Library;
        return Process.Start(start) ?? throw new BenchException($"{program} did not start");
    }

    private static string Output(string program, IEnumerable<string> words, SuiteOptions options)
    {
        using Process process = Start(program, words, options);
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new BenchException($"{program} ended with {process.ExitCode}; real-time scheduling needs root here");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>What one competitor did; microseconds.</summary>
    private sealed record Times(long Deadlines, long Misses, double P50, double P99, double P999, double Max, double Response);
}
