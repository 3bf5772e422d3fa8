using System.Globalization;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Ctl.Training;

/// <summary>What 'edgectl features' wrote: one row a window, in the order of time within each recording.</summary>
internal sealed class FeatureTable
{
    private const int MostMistakes = 20;
    private const int LongestHead = 1024 * 1024;

    private readonly List<double[]> _rows = [];

    private FeatureTable()
    {
    }

    /// <summary>Rows of the features asked for, in that order; NaN where a window had no value.</summary>
    public IReadOnlyList<double[]> Rows => _rows;

    /// <summary>Label of each row; empty where it has none.</summary>
    public List<string> Labels { get; } = [];

    /// <summary>What the model said of each row, where the table has a column <c>prediction</c>; else empty.</summary>
    public List<string> Predictions { get; } = [];

    /// <summary>
    /// Probability of the positive label of each row, where the table has a column <c>score</c>; else empty. NaN where a row has none.
    /// </summary>
    public List<double> Scores { get; } = [];

    /// <summary>Stretches of neighbouring rows of one recording.</summary>
    public IReadOnlyList<Range> Recordings { get; private set; } = [];

    /// <summary>Stretches of neighbouring rows of one recording and one label: one state of the machine.</summary>
    public IReadOnlyList<Range> Runs { get; private set; } = [];

    /// <summary>Whether a file is a table of these features, by its first line.</summary>
    public static bool Has(string path, IReadOnlyList<string> features)
    {
        try
        {
            using StreamReader text = new(path);
            char[] line = new char[LongestHead];
            int length = text.ReadBlock(line, 0, line.Length);
            string[] heads = new string(line, 0, length).Split('\n')[0].TrimEnd('\r').Split(',');
            return features.Count > 0 && features.All(heads.Contains);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it says why it cannot be read.
            return false;
        }
    }

    /// <summary>Reads a table.</summary>
    /// <param name="features">Columns that must be there.</param>
    /// <exception cref="CommandException">Something is wrong; the mistakes are listed with their lines.</exception>
    public static FeatureTable Read(string path, IReadOnlyList<string> features)
    {
        const long Largest = 1024L * 1024 * 1024;
        using StreamReader text = new(new MemoryStream(Files.Read(path, Largest)));
        List<string> mistakes = [];
        string[] heads = (text.ReadLine() ?? "").Split(',');
        int[] columns = [.. features.Select(name => Array.IndexOf(heads, name))];
        for (int i = 0; i < columns.Length; i++)
        {
            if (columns[i] < 0)
            {
                mistakes.Add($"{path}:1: there is no column '{features[i]}'{Spelling.Hint(features[i], heads)}");
            }
        }

        if (mistakes.Count > 0)
        {
            throw new CommandException(ExitCode.Data, mistakes);
        }

        FeatureTable table = new();
        List<string> recordings = [];
        Columns places = new(
            columns,
            Array.IndexOf(heads, "recording"),
            Array.IndexOf(heads, "label"),
            Array.IndexOf(heads, "prediction"),
            Array.IndexOf(heads, "score"));
        for (int line = 2; text.ReadLine() is { } written && mistakes.Count < MostMistakes; line++)
        {
            string[] fields = written.Split(',');
            if (fields.Length != heads.Length)
            {
                mistakes.Add($"{path}:{line}: has {fields.Length} fields where the first line has {heads.Length}");
                continue;
            }

            recordings.Add(places.Recording < 0 ? "" : fields[places.Recording]);
            table.Add(fields, places, heads, $"{path}:{line}", mistakes);
        }

        if (table._rows.Count == 0 && mistakes.Count == 0)
        {
            mistakes.Add($"{path}: holds no rows");
        }

        if (mistakes.Count > 0)
        {
            throw new CommandException(ExitCode.Data, mistakes);
        }

        table.Recordings = Stretches(recordings.Count, (i, j) => recordings[i] == recordings[j]);
        table.Runs = Stretches(
            recordings.Count, (i, j) => recordings[i] == recordings[j] && table.Labels[i] == table.Labels[j]);
        return table;
    }

    /// <summary>A table in memory.</summary>
    /// <param name="labels">One for each row; empty where it has none.</param>
    /// <param name="recordings">Stretches of rows of one recording; null for one.</param>
    public static FeatureTable Of(IEnumerable<double[]> rows, IReadOnlyList<string> labels, IReadOnlyList<Range>? recordings = null)
    {
        FeatureTable table = new();
        table._rows.AddRange(rows);
        table.Labels.AddRange(labels);
        table.Recordings = recordings ?? [Range.EndAt(table._rows.Count)];
        HashSet<int> starts = [.. table.Recordings.Select(recording => recording.Start.Value)];
        table.Runs = Stretches(table._rows.Count, (i, j) => labels[i] == labels[j] && !starts.Contains(j));
        return table;
    }

    private static List<Range> Stretches(int count, Func<int, int, bool> alike)
    {
        List<Range> stretches = [];
        int start = 0;
        for (int i = 1; i <= count; i++)
        {
            if (i == count || !alike(start, i))
            {
                stretches.Add(start..i);
                start = i;
            }
        }

        return stretches;
    }

    private void Add(string[] fields, Columns places, string[] heads, string place, List<string> mistakes)
    {
        double NumberAt(int column)
        {
            double number = double.NaN;
            if (fields[column].Length > 0 && !double.TryParse(fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            {
                mistakes.Add($"{place}: {heads[column]}: '{Table.Plain(fields[column])}' is not a number");
            }

            return number;
        }

        _rows.Add([.. places.Features.Select(NumberAt)]);
        Labels.Add(places.Label < 0 ? "" : fields[places.Label]);
        if (places.Prediction >= 0)
        {
            Predictions.Add(fields[places.Prediction]);
        }

        if (places.Score >= 0)
        {
            Scores.Add(NumberAt(places.Score));
        }
    }

    private readonly record struct Columns(int[] Features, int Recording, int Label, int Prediction, int Score);
}
