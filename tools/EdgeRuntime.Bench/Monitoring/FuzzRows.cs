using System.Globalization;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about what a fleet adds up of reports that nobody should have sent.</summary>
internal static class FuzzRows
{
    private const string Findings = "fuzz: findings over reports, sketches and labels";
    private const string Valid = "fuzz: reports and sketches that were valid and added up";

    private static readonly string[] Merged = ["report-protobuf", "report-json", "report-merge", "sketch", "category-sketches"];

    // Seconds of each target where nobody asks for a number of inputs.
    private const string Short = "20";

    public static void Add(MonitoringOptions options, Figures figures)
    {
        if (options.Fuzz is not string fuzz)
        {
            figures.Add(new Figure(Findings, null, "findings", "no tools/fuzz", 0));
            return;
        }

        string[] wanted = options.FuzzInputs is string inputs ? ["--inputs", inputs] : ["--inputs", "10000000", "--seconds", Short];
        string targets = string.Join(',', [.. Merged, "label", "labels"]);
        FuzzRun run = FuzzRun.Of(fuzz, Findings, ["--target", targets, "--jobs", $"{Environment.ProcessorCount}", .. wanted]);
        figures.Add(run.Row);

        // A line of a target: name, inputs, inputs a second, accepted.
        string[][] counted = [.. run.Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 3 && Merged.Contains(words[0]))];
        double ran = counted.Sum(words => double.Parse(words[1], CultureInfo.InvariantCulture));
        double accepted = counted.Sum(words => double.Parse(words[3], CultureInfo.InvariantCulture));
        figures.Add(new Figure(
            Valid, ran > 0 ? accepted / ran : null, "share",
            $"of {ran:0} inputs; after each: no count negative, sums that values can have, the same bytes in both orders", Least: 0.2));
    }
}
