using System.Text;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>One field of a table.</summary>
/// <param name="Text">Without its quotes and the blanks around it.</param>
/// <param name="Column">Its first character in the line, from 1.</param>
internal readonly record struct CsvField(string Text, int Column);

/// <summary>One row of a table.</summary>
/// <param name="Line">The line it begins in, from 1.</param>
/// <param name="Broken">True when a quote in it is not closed.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<CsvField> Fields, bool Broken);

/// <summary>
/// Cuts a table into rows of fields as RFC 4180 does; commas, semicolons or tabs part the fields, whichever the first line has
/// most of. Blank lines are passed over.
/// </summary>
internal static class CsvRows
{
    private static readonly char[] Separators = [',', ';', '\t'];

    /// <summary>The separator of a table, by its first line that is not blank.</summary>
    public static char SeparatorOf(string text)
    {
        string first = text.Split('\n').FirstOrDefault(line => line.Trim().Length > 0) ?? "";
        bool quoted = false;
        int[] counts = new int[Separators.Length];
        foreach (char c in first)
        {
            quoted ^= c == '"';
            int at = quoted ? -1 : Array.IndexOf(Separators, c);
            if (at >= 0)
            {
                counts[at]++;
            }
        }

        return Separators[Array.IndexOf(counts, counts.Max())];
    }

    /// <summary>Every row.</summary>
    public static IEnumerable<CsvRow> Read(string text, char separator)
    {
        int at = 0;
        int line = 1;
        while (at < text.Length)
        {
            int startLine = line;
            int lineStart = at;
            List<CsvField> fields = [];
            bool broken = false;
            bool more = true;
            while (more)
            {
                fields.Add(ReadField(text, separator, lineStart, ref at, ref line, ref broken));
                more = at < text.Length && text[at] == separator;
                at += more ? 1 : 0;
            }

            at += at < text.Length && text[at] == '\r' ? 1 : 0;
            at += at < text.Length && text[at] == '\n' ? 1 : 0;
            line++;
            if (fields.Count > 1 || fields[0].Text.Length > 0)
            {
                yield return new CsvRow(startLine, fields, broken);
            }
        }
    }

    // Ends before the separator or the end of the line.
    private static CsvField ReadField(string text, char separator, int lineStart, ref int at, ref int line, ref bool broken)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        int column = at - lineStart + 1;
        if (at < text.Length && text[at] == '"')
        {
            StringBuilder field = new();
            for (at++; at < text.Length; at++)
            {
                if (text[at] == '"' && at + 1 < text.Length && text[at + 1] == '"')
                {
                    at++;
                }
                else if (text[at] == '"')
                {
                    break;
                }

                line += text[at] == '\n' ? 1 : 0;
                field.Append(text[at]);
            }

            broken |= at >= text.Length;
            at = IndexOfEnd(text, separator, Math.Min(at + 1, text.Length));
            return new CsvField(field.ToString(), column);
        }

        int end = IndexOfEnd(text, separator, at);
        string plain = text[at..end].Trim();
        at = end;
        return new CsvField(plain, column);
    }

    private static int IndexOfEnd(string text, char separator, int from)
    {
        int end = text.AsSpan(from).IndexOfAny(separator, '\n', '\r');
        while (end >= 0 && text[from + end] == '\r' && !(from + end + 1 < text.Length && text[from + end + 1] == '\n'))
        {
            int next = text.AsSpan(from + end + 1).IndexOfAny(separator, '\n', '\r');
            end = next < 0 ? -1 : end + 1 + next;
        }

        return end < 0 ? text.Length : from + end;
    }
}
