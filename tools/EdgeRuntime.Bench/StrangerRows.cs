using System.Diagnostics;
using System.Globalization;

namespace EdgeRuntime.Bench;

/// <summary>
/// Rows about somebody who brings a model and data: from the README's first command to the first live prediction of a device.
/// </summary>
internal static class StrangerRows
{
    private const double Minutes = 10;
    private const string Person = "a stranger's person detection to live predictions";
    private const string Occupancy = "a stranger's occupancy model and CSV to live predictions";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="repository">Where the project is cloned from, so that building counts; null for the programs that are there.</param>
    public static void Add(UpdatesOptions options, string? repository, Figures figures, string scratch)
    {
        if (options is not { Device: not null, Ctl: not null, Material: { } material })
        {
            const string Why = "no published edge-device, no edgectl, or no material";
            figures.Add(new Figure(Person, null, "min", Why, Minutes));
            figures.Add(new Figure(Occupancy, null, "min", Why, Minutes));
            return;
        }

        string occupancy = Path.Combine(scratch, "occupancy.onnx");
        File.WriteAllBytes(occupancy, OccupancyNetwork.Train(Path.Combine(material, "occupancy", "datatraining.txt")));
        string[] occupancyWords = [occupancy, "--data", Path.Combine(material, "occupancy", "datatest.txt"), "--labels", "empty,occupied"];
        string[] personWords = [Path.Combine(material, "person_detection", "vww_96_float.onnx"), "--labels", "no-person,person"];
        figures.Add(Measure(Occupancy, occupancyWords, "its network trained here on the training period, the test period as data", options, repository, scratch, "occupancy"));
        figures.Add(Measure(Person, [.. personWords, "--quantize"], "MobileNet of MLPerf Tiny, no pictures given, so made up, made int8 by edgectl", options, null, scratch, "person"));
    }

    // One that fails is a row that says so, and keeps no other from being measured.
    private static Figure Measure(
        string name, string[] words, string what, UpdatesOptions options, string? repository, string scratch, string folder)
    {
        try
        {
            return Measured(name, words, what, options, repository, scratch, folder);
        }
        catch (BenchException failed)
        {
            return new Figure(name, null, "min", $"not measured: {failed.Message}", Minutes);
        }
    }

    private static Figure Measured(
        string name, string[] words, string what, UpdatesOptions options, string? repository, string scratch, string folder)
    {
        string output = Path.Combine(scratch, $"stranger-{folder}");
        string device = options.Device!;
        string made = options.Ctl!;
        List<string> steps = [];
        long begin = Stopwatch.GetTimestamp();
        if (repository is not null)
        {
            string clone = Path.Combine(scratch, "clone");
            Run("git", ["clone", "-q", repository, clone]);
            made = Path.Combine(clone, "tools", "new");
            device = Path.Combine(clone, "artifacts", "publish", Path.GetFileName(Path.GetDirectoryName(options.Device!)!), "edge-device");
            steps.Add(Step("git clone", begin));
        }

        long start = Stopwatch.GetTimestamp();
        string said = Run(made, [.. repository is null ? ["new"] : Array.Empty<string>(), .. words, "--output", output]);
        steps.Add(Step(repository is null ? "edgectl new" : "tools/new, both programs built by it", start));
        start = Stopwatch.GetTimestamp();
        string decision = FirstDecision(device, Path.Combine(output, "edge.json"));
        steps.Add(Step($"edge-device run to '{decision}'", start));
        string int8 = said.Split('\n').FirstOrDefault(line => line.StartsWith("int8", StringComparison.Ordinal))?.Trim() ?? "";
        string truth = said.Split('\n').FirstOrDefault(line => line.StartsWith("truth", StringComparison.Ordinal))?[6..].Trim() ?? "no truth";
        return new Figure(
            name, Stopwatch.GetElapsedTime(begin).TotalMinutes, "min",
            $"{what}: {string.Join(", ", steps)}; {truth}{(int8.Length > 0 ? $"; {int8}" : "")}{(repository is null ? "; the programs were built before, --stranger counts that too" : "")}", Minutes);
    }

    private static string Run(string program, string[] words)
    {
        (int code, string said, string complaint) = Programs.Words(program, words);
        return code == 0 ? said : throw new BenchException($"{program} ended with {code}: {complaint.Trim()}");
    }

    // A line of the log such as "12:29:13 info     occupancy: occupied (1.00)".
    private static string FirstDecision(string device, string configuration)
    {
        ProcessStartInfo start = new(device, ["run", "--config", configuration, "--plain"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        Programs.Prepare(start, null);
        using Process process = Process.Start(start) ?? throw new BenchException($"{device} did not start");
        try
        {
            using CancellationTokenSource late = new(Patience);
            while (process.StandardError.ReadLineAsync(late.Token).AsTask().GetAwaiter().GetResult() is { } line)
            {
                int colon = line.LastIndexOf(": ", StringComparison.Ordinal);
                string said = colon > 0 && line.Contains(" info ", StringComparison.Ordinal) ? line[(colon + 2)..] : "";
                if (said.EndsWith(')') && (said.Contains(" (0.", StringComparison.Ordinal) || said.Contains(" (1.0", StringComparison.Ordinal)))
                {
                    return said;
                }
            }

            throw new BenchException($"{device} ended without a prediction");
        }
        catch (OperationCanceledException)
        {
            throw new BenchException($"{device} made no prediction in {Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static string Step(string what, long start) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
}
