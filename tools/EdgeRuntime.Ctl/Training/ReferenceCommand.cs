using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Training;

/// <summary>The verb <c>reference</c>: makes a package's yardstick for drift from the windows it was trained on.</summary>
internal static class ReferenceCommand
{
    public const string Usage = """
        usage: edgectl reference MANIFEST FEATURES.csv --output reference.json [--bins N] [--window-samples N]

        Makes the reference profile of a package from what 'edgectl features' (without --scaled) wrote of the training
        recordings: for each feature the bins between quantiles, with a bin at either end for what was never seen; how
        many of the rows count as independent; and the smallest drift worth an alarm, 1.25 times the largest that a
        stretch of the training itself shows. Of a classification the share of each label: by the column 'prediction'
        where there is one, else by 'label'. Of a regression or reconstruction the bins of the column 'prediction'.
        Where the manifest has monitoring.online, also what that detector needs of each feature, calibrated on these rows.
          --bins             bins between the smallest and the largest value (default: 10; 2 to 62)
          --window-samples   neighbouring windows judged together (default: as many as a device looks back on)
        """;

    public const string Example = """
        edgectl features models/vitals-2/manifest.json training/*.csv --output features.csv
        edgectl reference models/vitals-2/manifest.json features.csv --output models/vitals-2/reference.json
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--output", "--bins", "--window-samples"], []);
        string output = read.Required("--output");
        IReadOnlyList<string> files = read.RequiredFiles("MANIFEST", "FEATURES.csv");
        ulong bins = read.Whole("--bins", 10);
        if (bins is < 2 or > 62)
        {
            read.Mistakes.Add($"--bins {bins}: is outside 2 to 62");
        }

        ulong window = read.Whole("--window-samples", 0);
        if (window > 1_000_000 || (window == 0 && read.Has("--window-samples")))
        {
            read.Mistakes.Add($"--window-samples {window}: is outside 1 to 1000000");
        }

        read.Check();
        ModelManifest manifest = Manifest(files[0]);
        IReadOnlyList<string> names = manifest.Pipeline.ValueNames();
        FeatureTable table = FeatureTable.Read(files[1], names);
        ReferenceProfiling profiling = new(table, (int)bins);
        int samples = window == 0 ? profiling.Horizon : (int)window;
        ReferenceProfile profile = profiling.Profile(names, samples, manifest.Monitoring?.Online);
        profile = manifest.Output.HasLabels()
            ? profile with { PredictionShares = Shares(table, manifest.Output.Labels, files[1]) }
            : profile with { PredictionBins = Values(table, profiling, samples, files[1]) };

        byte[] utf8 = PackageWriter.Encode(profile);
        Mistakes mistakes = new();
        if (ReferenceReader.Read(utf8, manifest, mistakes, output) is null)
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
        }

        Files.Write(output, utf8);
        string worth = profile.EffectiveRows.ToString("0", CultureInfo.InvariantCulture);
        around.Output.WriteLine($"{output}: {profile.Features.Count} features, {profile.Rows} rows worth {worth}, "
            + $"calibrated on stretches of {samples} windows");
        return ExitCode.Done;
    }

    private static ModelManifest Manifest(string path)
    {
        Mistakes mistakes = new();
        byte[] utf8 = Files.Read(path, new PackageLimits().ManifestBytes);
        return ManifestReader.ReadModel(utf8, mistakes, path, ManifestForm.Source)
            ?? throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
    }

    private static double[] Shares(FeatureTable table, IReadOnlyList<string> labels, string path)
    {
        List<string> said = table.Predictions.Count > 0 ? table.Predictions : table.Labels;
        string[] present = [.. said.Where(label => label.Length > 0)];
        string[] unknown = [.. present.Distinct().Except(labels)];
        if (unknown.Length > 0)
        {
            throw new CommandException(ExitCode.Data, [.. unknown.Select(label =>
                $"{path}: the manifest has no label '{Table.Plain(label)}'{Spelling.Hint(label, labels)}")]);
        }

        return present.Length == 0
            ? throw new CommandException(ExitCode.Data, $"{path}: no row has a label")
            : [.. labels.Select(label => present.Count(other => other == label) / (double)present.Length)];
    }

    private static ReferenceFeature? Values(FeatureTable table, ReferenceProfiling profiling, int samples, string path)
    {
        if (table.Predictions.Count == 0)
        {
            return null;
        }

        double[] values = new double[table.Predictions.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.TryParse(table.Predictions[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
            {
                string written = Table.Plain(table.Predictions[i]);
                throw new CommandException(ExitCode.Data, $"{path}:{i + 2}: prediction: '{written}' is not a number");
            }
        }

        return profiling.Bins("prediction", values, samples);
    }
}
