using System.Globalization;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>What the answers should have been, by row.</summary>
internal sealed record Truth
{
    private Truth(IReadOnlyList<string> texts, IReadOnlyList<string>? classes)
    {
        Texts = texts;
        Classes = classes;
    }

    /// <summary>The class, or the number as it stands there; empty where nobody knows.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Every class, numbers in ascending and texts in ordinal order, as encoders of labels have them; null for other truths.</summary>
    public IReadOnlyList<string>? Classes { get; }

    /// <summary>Of a column, or null where there is none.</summary>
    public static Truth? Of(DataColumn? column)
    {
        if (column is null)
        {
            return null;
        }

        if (!column.IsClass())
        {
            return new Truth(column.Texts, null);
        }

        IReadOnlyList<string> classes = column.Classes()!;
        return new Truth([.. Enumerable.Range(0, column.Texts.Count).Select(row => column.ClassOf(row, classes))], classes);
    }

    /// <summary>Of the names of classes, or null where there are none.</summary>
    public static Truth? Of(IReadOnlyList<string> names) =>
        names.Count == 0 ? null : new Truth(names, [.. names.Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>The place of a row's class among those of the model's output; -1 when it is none of them.</summary>
    /// <param name="labels">By output.</param>
    public int IndexOf(int row, IReadOnlyList<string> labels)
    {
        string text = Texts[row];
        if (text.Length == 0)
        {
            return -1;
        }

        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] == text || (NumberOf(labels[i]) is double label && NumberOf(text) == label))
            {
                return i;
            }
        }

        // Labels of other names: the classes stand in the same order as the outputs.
        return Classes?.Count == labels.Count ? Classes.ToList().IndexOf(text) : -1;
    }

    /// <summary>A row's truth as a number, or null.</summary>
    public double? NumberAt(int row) => NumberOf(Texts[row]);

    private static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
}
