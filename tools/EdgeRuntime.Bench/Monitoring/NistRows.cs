using System.Globalization;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about NIST's certified values of univariate data (StRD): digits that agree, which is -log10 of the relative error.</summary>
internal static class NistRows
{
    private const double Most = 15;

    // What is left of the deviation when the values themselves are rounded to doubles.
    private static readonly Dictionary<string, double> OfDoubles = new() { ["NumAcc3"] = 9.4, ["NumAcc4"] = 8.2 };

    /// <param name="material">The test material; null where it is absent.</param>
    public static void Add(string? material, Figures figures)
    {
        string directory = Path.Combine(material ?? "", "nist");
        if (!Directory.Exists(directory))
        {
            figures.Add(new Figure("nist: digits of means", null, "digits", "no material", Least: 10));
            return;
        }

        List<(string Name, double Mean, double Deviation, double? Correlation)> found =
            [.. Directory.GetFiles(directory, "*.dat").Order(StringComparer.Ordinal).Select(Digits)];
        string all = $"{found.Count} certified series, the worst of them";
        figures.Add(new Figure("nist: digits of means", found.Min(row => row.Mean), "digits", all, Least: 10));
        figures.Add(new Figure("nist: digits of autocorrelations", found.Min(row => row.Correlation), "digits", all, Least: 10));
        figures.Add(new Figure(
            "nist: digits of deviations", found.Where(row => !OfDoubles.ContainsKey(row.Name)).Min(row => row.Deviation), "digits",
            $"{all}; without NumAcc3 and NumAcc4", Least: 10));
        foreach ((string name, double _, double deviation, double? _) in found.Where(row => OfDoubles.ContainsKey(row.Name)))
        {
            figures.Add(new Figure(
                $"nist: digits of the deviation of {name}", Math.Round(deviation, 1), "digits", "doubles carry no more", Least: OfDoubles[name]));
        }
    }

    private static (string Name, double Mean, double Deviation, double? Correlation) Digits(string file)
    {
        string[] lines = File.ReadAllLines(file);
        double[] values =
        [
            .. lines.Skip(Array.FindLastIndex(lines, line => line.StartsWith("Data:", StringComparison.Ordinal)) + 2)
                .Where(line => line.Trim().Length > 0).Select(Number),
        ];
        Moments moments = Moments.Of(values);
        return (
            Path.GetFileNameWithoutExtension(file),
            Agreeing(moments.Mean, Certified(lines, "Sample Mean")!.Value),
            Agreeing(moments.StandardDeviation, Certified(lines, "Sample Standard Deviation")!.Value),
            Certified(lines, "Sample Autocorrelation") is double correlation ? Agreeing(Moments.Autocorrelation(values), correlation) : null);
    }

    // Not every file has every value.
    private static double? Certified(string[] lines, string name) =>
        Array.Find(lines, each => each.StartsWith(name, StringComparison.Ordinal)) is string line
            ? Number(line[(line.LastIndexOf(':') + 1)..])
            : null;

    private static double Number(string text) => double.Parse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double Agreeing(double value, double certified) => value.Equals(certified)
        ? Most
        : Math.Clamp(-Math.Log10(Math.Abs(value - certified) / Math.Max(Math.Abs(certified), 1e-300)), 0, Most);
}
