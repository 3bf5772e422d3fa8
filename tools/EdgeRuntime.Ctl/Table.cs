using System.Text;

namespace EdgeRuntime.Ctl;

/// <summary>One cell: its text, and the colour it gets once its width is known.</summary>
internal readonly record struct Cell(string Text, Func<string, string>? Colour = null)
{
    /// <summary>The text in its colour, without what could steer a terminal.</summary>
    public string Coloured => Colour?.Invoke(Table.Plain(Text)) ?? Table.Plain(Text);

    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>Rows in aligned columns.</summary>
internal sealed class Table(params string[] heads)
{
    private readonly List<Cell[]> _rows = [];

    /// <summary>Adds a row with one cell for each head.</summary>
    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>Prints heads and rows.</summary>
    public void Print(Surroundings around)
    {
        int[] widths =
            [.. heads.Select((head, i) => _rows.Select(row => Plain(row[i].Text).Length).Append(head.Length).Max())];
        around.Output.WriteLine(Line([.. heads.Select(head => new Cell(head, around.Faint))], widths));
        foreach (Cell[] row in _rows)
        {
            around.Output.WriteLine(Line(row, widths));
        }
    }

    /// <summary>Text from elsewhere without what could steer a terminal.</summary>
    public static string Plain(string? text)
    {
        if (text is null || !text.Any(char.IsControl))
        {
            return text ?? "";
        }

        StringBuilder plain = new(text.Length);
        foreach (char c in text)
        {
            plain.Append(char.IsControl(c) ? '\uFFFD' : c);
        }

        return plain.ToString();
    }

    private static string Line(Cell[] cells, int[] widths)
    {
        StringBuilder line = new();
        for (int i = 0; i < cells.Length; i++)
        {
            string text = Plain(cells[i].Text);
            string padding = i == cells.Length - 1 ? "" : new string(' ', widths[i] - text.Length + 2);
            line.Append(cells[i].Coloured).Append(padding);
        }

        return line.ToString().TrimEnd(' ');
    }
}
