using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>The verb <c>compare</c>: has a table drifted from another, column by column?</summary>
internal static class CompareCommand
{
    public const string Usage = """
        usage: edgectl compare REFERENCE CURRENT [--json] [--method NAME] [--level P] [--min-effect X] [--min-sample N]
                               [--bins N] [--width-bins N] [--categories LIST] [--share X] [--seed N]

        Compares two tables column by column, through the code that a device runs: counts on bins between the reference's
        quantiles, or by class, each statistic against what chance does to these very counts; and the values themselves.
          REFERENCE, CURRENT   CSV or .npy; columns are matched by name, or by place where there are none
          --method        what decides: psi, js, g, chi_square, hellinger, total_variation, l_infinity, ks, wasserstein
                          (default: psi)
          --level         chance of one false alarm over all columns, by Holm's correction (default: 0.05)
          --min-effect    smallest effect that matters, in the method's unit (default: 0.1; l_infinity 0.05)
          --min-sample    values of either table that a verdict needs (default: 50)
          --bins          quantile bins of a column of numbers, 2 to 62 (default: 10)
          --width-bins    bins of one width over both tables, for numbers as other programs have them (default: 20)
          --categories    columns of numbers that are classes, by commas
          --share         independent observations that a row is worth: (1 - r) / (1 + r) for neighbours that
                          correlate by r, as those of a slow sensor do (default: 1)
          --seed          of the permutations behind Wasserstein's p-value (default: 1)
          --json          prints one object: reference, current, reference_rows, current_rows, method, level, drifted (a
                          number), not_compared (column, why) and for each of columns:
            column, kind, verdict, drifted, significant, decided_by, reference and current (values, missing), edges or cells
            counts    by method: statistic, threshold, p_value, effect, min_effect, reference_size, current_size, cells; of js
                      also divergence_bits and distance, of chi_square cramers_v
            values    ks, cramer_von_mises, mann_whitney, welch, student, anderson_darling, epps_singleton; of
                      classes fit_chi_square, fit_g, fisher: statistic, p_value. wasserstein, wasserstein_by_sd, energy,
                      and of bins of one width equal_width_hellinger, _js_bits, _psi, _bhattacharyya,
                      _intersection_complement
        null is what cannot be had: a threshold of ks and l_infinity (their p-values are exact), anything of no values.
        Missing values are a cell of their own. g and chi_square merge cells that expect fewer than five; their effect is
        Cramer's V as of two samples of one size. p-values of ks are exact with ties too, and that of
        cramer_von_mises far out, where scipy's series ends at some 1e-10.
        """;

    public const string Example = "edgectl compare training.csv today.csv --json | jq '.columns[] | {column, verdict}'";

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(
            words,
            ["--method", "--level", "--min-effect", "--min-sample", "--bins", "--width-bins", "--categories", "--share", "--seed"],
            ["--json"]);
        IReadOnlyList<string> files = read.RequiredFiles("REFERENCE", "CURRENT");
        CompareOptions options = Options(read);
        read.Check();
        Mistakes mistakes = new();
        DataTable? reference = DataFile.Read(files[0], mistakes);
        DataTable? current = DataFile.Read(files[1], mistakes);
        if (reference is null || current is null)
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
        }

        foreach (string name in options.Categories.Where(name => !ComparedTables.Has(reference, name)))
        {
            read.Mistakes.Add($"--categories: {files[0]} has no column '{name}'");
        }

        read.Check();
        CompareSheet sheet = new(ComparedTables.Of(reference, current, options), options, around);
        if (read.Has("--json"))
        {
            sheet.PrintJson();
        }
        else
        {
            sheet.Print();
        }

        return ExitCode.Done;
    }

    private static CompareOptions Options(Words read)
    {
        string method = read.Text("--method") ?? "psi";
        if (!CompareOptions.Methods.TryGetValue(method, out ComparisonMethod deciding))
        {
            read.Mistakes.Add($"--method {method}: is none of {string.Join(", ", CompareOptions.Methods.Keys)}");
        }

        double Within(string name, double absent, double low, double high)
        {
            double value = read.Number(name, absent);
            if (!(value >= low && value <= high))
            {
                read.Mistakes.Add(FormattableString.Invariant($"{name} {value}: is outside {low} to {high}"));
            }

            return value;
        }

        double? effect = read.Number("--min-effect", (double?)null);
        if (effect < 0)
        {
            read.Mistakes.Add(FormattableString.Invariant($"--min-effect {effect}: is less than 0"));
        }

        return new CompareOptions
        {
            Method = deciding,
            Level = Within("--level", 0.05, 1e-9, 0.5),
            MinEffect = effect,
            MinSample = Within("--min-sample", 50, 0, 1e9),
            Bins = (int)Within("--bins", 10, 2, 62),
            WidthBins = (int)Within("--width-bins", 20, 1, 10_000),
            Share = Within("--share", 1, 1e-6, 1),
            Seed = (int)Math.Min(read.Whole("--seed", 1), int.MaxValue),
            Categories = (read.Text("--categories") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
    }
}
