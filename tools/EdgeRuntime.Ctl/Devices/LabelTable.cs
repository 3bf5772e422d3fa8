using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>Reads a table of labels: a column <c>id</c>, one of <c>label</c> and <c>value</c>, and any others as groups.</summary>
internal static class LabelTable
{
    private const int MostMistakes = 20;

    /// <summary>Reads a table; all rows are right, or none is sent.</summary>
    /// <param name="name">What the file is called in messages.</param>
    /// <exception cref="CommandException">It is no such table; the message lists what is wrong, row by row.</exception>
    public static IReadOnlyList<TrueLabel> Read(byte[] utf8, string name)
    {
        string text = Encoding.UTF8.GetString(utf8);
        CsvRow[] rows = [.. CsvRows.Read(text, CsvRows.SeparatorOf(text))];
        string[] columns = rows.Length == 0 ? [] : [.. rows[0].Fields.Select(field => field.Text)];
        int id = Array.IndexOf(columns, "id");
        int label = Array.IndexOf(columns, "label");
        int value = Array.IndexOf(columns, "value");
        if (id < 0 || label < 0 == value < 0)
        {
            throw new CommandException(
                ExitCode.Data, $"{name}: needs a first line with the columns 'id' and one of 'label' and 'value'; the others are groups");
        }

        List<string> mistakes = [];
        List<TrueLabel> labels = new(rows.Length);
        foreach (CsvRow row in rows.Skip(1))
        {
            double number = double.NaN;
            string? wrong = row.Broken || row.Fields.Count != columns.Length ? $"has {row.Fields.Count} fields; the first line has {columns.Length}"
                : !AnswerId.TryParse(row.Fields[id].Text, out _) ? $"'{row.Fields[id].Text}' is not the id of an answer, such as 0123456789abcdef.vitals.17"
                : label >= 0 ? row.Fields[label].Text.Length == 0 ? "has no label" : null
                : double.TryParse(row.Fields[value].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number) ? null
                : $"'{row.Fields[value].Text}' is not a finite number";
            if (wrong is not null)
            {
                mistakes.Add($"{name}:{row.Line}: {wrong}");
                continue;
            }

            labels.Add(new TrueLabel
            {
                Id = row.Fields[id].Text,
                Label = label < 0 ? null : row.Fields[label].Text,
                Value = label < 0 ? number : null,
                Groups = Groups(row, columns, id, Math.Max(label, value)),
            });
        }

        return mistakes.Count == 0 ? labels : throw new CommandException(
            ExitCode.Data,
            [.. mistakes.Take(MostMistakes), .. mistakes.Count > MostMistakes ? [$"and {mistakes.Count - MostMistakes} more"] : Array.Empty<string>(), "nothing was sent"]);
    }

    private static Dictionary<string, string>? Groups(CsvRow row, string[] columns, int id, int truth)
    {
        Dictionary<string, string> groups = new(StringComparer.Ordinal);
        for (int column = 0; column < columns.Length; column++)
        {
            if (column != id && column != truth && row.Fields[column].Text.Length > 0)
            {
                groups[columns[column]] = row.Fields[column].Text;
            }
        }

        return groups.Count == 0 ? null : groups;
    }
}
