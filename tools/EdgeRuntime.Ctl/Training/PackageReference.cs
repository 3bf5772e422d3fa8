using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Makes the reference profile of a package from a table of its features, its predictions among them.</summary>
internal static class PackageReference
{
    /// <summary>Makes one.</summary>
    /// <param name="bins">Bins between the smallest and the largest value; 2 to 62.</param>
    /// <param name="windowSamples">Neighbouring windows judged together; 0 for as many as a device looks back on.</param>
    /// <param name="path">What mistakes call the table.</param>
    /// <exception cref="CommandException">Labels or predictions are not the manifest's.</exception>
    public static (ReferenceProfile Profile, int WindowSamples) Of(ModelManifest manifest, FeatureTable table, int bins, int windowSamples, string path)
    {
        ReferenceProfiling profiling = new(table, bins);
        int samples = windowSamples == 0 ? profiling.Horizon : windowSamples;
        ReferenceProfile profile = profiling.Profile(manifest.Pipeline.ValueNames(), samples, manifest.Monitoring);
        profile = profile with { Quality = QualityCalibration.Of(profile, manifest.Pipeline.ValueNames(), Judged(manifest, table)) };
        return (manifest.Output.HasLabels()
            ? profile with { PredictionShares = Shares(table, manifest.Output.Labels, path) }
            : profile with { PredictionBins = Values(table, profiling, samples, path) }, samples);
    }

    /// <summary>Writes a profile, once it was read back without a mistake.</summary>
    /// <exception cref="CommandException">It is none that a device would read.</exception>
    public static void Write(ReferenceProfile profile, ModelManifest manifest, string output)
    {
        byte[] utf8 = PackageWriter.Encode(profile);
        Mistakes mistakes = new();
        if (ReferenceReader.Read(utf8, manifest, mistakes, output) is null)
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
        }

        Files.Write(output, utf8);
    }

    /// <summary>Reads a manifest that is not packed yet, or one that is.</summary>
    /// <exception cref="CommandException">It is none, or not of a model.</exception>
    public static ModelManifest Manifest(string path)
    {
        Mistakes mistakes = new();
        byte[] utf8 = Files.Read(path, new PackageLimits().ManifestBytes);
        return ManifestReader.ReadModel(utf8, mistakes, path, ManifestForm.Source)
            ?? throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
    }

    // Rows that have both a prediction and a truth.
    private static JudgedAnswers Judged(ModelManifest manifest, FeatureTable table)
    {
        JudgedAnswers judged = new(new AnswerMeaning(manifest));
        HashSet<int> starts = [.. table.Recordings.Select(recording => recording.Start.Value)];
        for (int row = 0; row < table.Predictions.Count; row++)
        {
            if (starts.Contains(row))
            {
                judged.Begin();
            }

            double score = table.Scores.Count > 0 ? table.Scores[row] : double.NaN;
            double said = NumberOf(judged.Meaning, table.Predictions[row]);

            // Of two labels the score tells the confidence; of more nothing does.
            double confidence = judged.Meaning.Answers.Count != 2 ? double.NaN : (int)said == judged.Meaning.Positive ? score : 1 - score;
            judged.Add(table.Rows[row], said, score, confidence, NumberOf(judged.Meaning, table.Labels[row]));
        }

        return judged;
    }

    // A label's number, or a value; NaN for none.
    private static double NumberOf(AnswerMeaning meaning, string text)
    {
        int label = meaning.Answers.ToList().IndexOf(text);
        return label >= 0 ? label
            : meaning.IsValue && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : double.NaN;
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
