namespace EdgeRuntime.Sensors.Replay;

/// <summary>Cuts one line of a CSV file into fields (RFC 4180, without line breaks inside quotes).</summary>
internal ref struct CsvLine(ReadOnlySpan<char> line)
{
    private readonly ReadOnlySpan<char> _line = line;
    private int _next;

    /// <summary>Column of the field last read: its first character, counted from 1.</summary>
    public int Column { get; private set; }

    /// <summary>Takes the next field, without its quotes and the spaces around it. False at the end of the line.</summary>
    /// <param name="broken">True when a quote is not closed; the field is then the rest of the line.</param>
    public bool TryField(out ReadOnlySpan<char> field, out bool broken)
    {
        broken = false;
        if (_next > _line.Length)
        {
            field = default;
            return false;
        }

        Column = _next + 1;
        ReadOnlySpan<char> rest = _line[_next..];
        if (rest.StartsWith("\""))
        {
            int end = 1;
            while (end < rest.Length && (rest[end] != '"' || (end + 1 < rest.Length && rest[end + 1] == '"')))
            {
                end += rest[end] == '"' ? 2 : 1;
            }

            broken = end >= rest.Length;
            field = rest[1..Math.Min(end, rest.Length)];

            // A doubled quote stands for one; only labels hold them.
            field = field.Contains("\"\"", StringComparison.Ordinal) ? field.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : field;
            int comma = broken ? -1 : rest[end..].IndexOf(',');
            _next = comma < 0 ? _line.Length + 1 : _next + end + comma + 1;
        }
        else
        {
            int comma = rest.IndexOf(',');
            field = (comma < 0 ? rest : rest[..comma]).Trim();
            _next = comma < 0 ? _line.Length + 1 : _next + comma + 1;
        }

        return true;
    }
}
