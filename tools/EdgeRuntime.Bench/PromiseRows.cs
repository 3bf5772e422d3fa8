using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeRuntime.Bench;

/// <summary>Rows about promises rather than times: the same tensors on every way, and no parser that gives in.</summary>
internal static partial class PromiseRows
{
    private const string Same = "recordings whose tensors differ live, replayed or offline";
    private const string Fuzzed = "findings over fuzzed inputs of all parsers";

    public static void Add(SuiteOptions options, Figures figures)
    {
        Parity(options, figures);
        Fuzz(options, figures);
    }

    private static void Parity(SuiteOptions options, Figures figures)
    {
        if (options is not { Ctl: { } ctl, Packages: { } packages })
        {
            figures.Add(new Figure(Same, null, "recordings", "no edgectl, or no packages to check", 0));
            return;
        }

        string[] recordings = Directory.GetFiles(Path.Combine(packages, "..", "recordings"), "vitals-*.csv");
        int different = 0;
        long samples = 0;
        foreach (string package in Directory.GetDirectories(packages, "vitals-*"))
        {
            string manifest = Path.Combine(package, "manifest.json");
            (int code, string said, _) = Programs.Words(ctl, ["features", manifest, .. recordings, "--check"]);
            different += code == 0 ? 0 : 1;
            samples += SampleCount().Matches(said).Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        figures.Add(new Figure(
            Same, different, "recordings",
            $"edgectl features --check over {recordings.Length} whole recordings of each demonstration package, {samples} input tensors: "
                + "live through a device's path at the recorded pace, replayed at once, offline; compared bit by bit", 0));
    }

    private static void Fuzz(SuiteOptions options, Figures figures)
    {
        if (options is not { Fuzz: { } fuzz, FuzzInputs: { } inputs })
        {
            figures.Add(new Figure(Fuzzed, null, "findings", "not asked for: tools/bench inference --fuzz 10000000", 0));
            return;
        }

        figures.Add(FuzzRun.Of(fuzz, Fuzzed, "--inputs", inputs).Row);
    }

    [GeneratedRegex(@"(\d+) (?:input tensors|samples)")]
    private static partial Regex SampleCount();
}
