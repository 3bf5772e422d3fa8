using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>Reads a recording from CSV into memory, and lists what is wrong with it by line and column.</summary>
internal sealed class RecordingReader
{
    private const int MostMistakes = 20;
    private const int MostColumns = 4096;
    private const string UnixMs = "unix_ms";
    private const string SecondsName = "seconds";
    private const string LabelName = "label";
    private const int MostLabels = 1024;

    private readonly ReplayOptions _options;
    private readonly List<string> _mistakes = [];
    private readonly List<double> _values = [];
    private readonly List<double> _seconds = [];
    private readonly List<double> _wall = [];
    private readonly List<int> _lines = [];
    private readonly List<int> _labels = [];
    private readonly List<string> _labelNames = [];
    private string[] _names = [];
    private string[] _units = [];
    private bool[] _wanted = [];
    private bool[] _category = [];
    private int _labelColumn = -1;
    private string? _timeColumn;
    private bool _isDate;
    private int _firstColumn;
    private int _timeColumns;
    private double _start;
    private long _more;

    private RecordingReader(ReplayOptions options) => _options = options;

    /// <exception cref="RecordingException">The file is not a recording; all mistakes are listed, to a bound.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recording Read(ReplayOptions options)
    {
        using StreamReader text = new(options.Path);
        return Read(text, options);
    }

    /// <summary>As above, from text that is open already.</summary>
    public static Recording Read(StreamReader text, ReplayOptions options)
    {
        RecordingReader reader = new(options);
        Recording? recording = reader.Read(text);
        if (recording is null || reader._mistakes.Count > 0)
        {
            if (reader._more > 0)
            {
                reader._mistakes.Add($"and {reader._more} more mistakes");
            }

            throw new RecordingException(options.Path, reader._mistakes);
        }

        return recording;
    }

    private Recording? Read(StreamReader text)
    {
        if (text.ReadLine() is not { Length: > 0 } header)
        {
            Mistake(1, 1, "the file begins with no header line of channel names");
            return null;
        }

        // The first row shows which columns hold text; it is read twice.
        int number = 1;
        string? row = NextRow(text, ref number);
        if (!ReadHeader(header, row ?? ""))
        {
            return null;
        }

        int channels = _wanted.Count(wanted => wanted);
        for (; row is not null; row = NextRow(text, ref number))
        {
            if (_values.Count + channels > _options.MaxValues)
            {
                Mistake(number, 1, $"the recording holds more than {_options.MaxValues} values; raise max_values or cut it");
                return null;
            }

            ReadRow(row, number);
        }

        if (_seconds.Count == 0 && _mistakes.Count == 0)
        {
            Mistake(2, 1, "there is no row after the header");
        }

        return _mistakes.Count > 0 ? null : Assemble(channels);
    }

    private static string? NextRow(StreamReader text, ref int number)
    {
        while (text.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                return line;
            }
        }

        return null;
    }

    private bool ReadHeader(string header, string firstRow)
    {
        List<string> names = [];
        List<string> units = [];
        List<int> columns = [];
        CsvLine line = new(header);
        while (line.TryField(out ReadOnlySpan<char> field, out bool broken) && names.Count < MostColumns)
        {
            (string name, string unit) = SplitUnit(field.ToString());
            if (broken || name.Length == 0)
            {
                Mistake(1, line.Column, broken ? "a quote is not closed" : $"column {names.Count + 1} has no name");
            }
            else if (names.Contains(name))
            {
                Mistake(1, line.Column, $"'{name}' stands in the header twice");
            }

            names.Add(name);
            units.Add(unit);
            columns.Add(line.Column);
        }

        _names = [.. names];
        _units = [.. units];
        _firstColumn = FieldsOf(firstRow) == _names.Length + 1 ? -1 : 0;
        _isDate = _names[0] is not (UnixMs or SecondsName) && StartsWithDate(firstRow);
        _timeColumn = _isDate || _names[0] is UnixMs or SecondsName ? _names[0] : null;
        _timeColumns = _timeColumn is null ? 0 : IsWall(0) && _names.Length > 1 && _names[1] == SecondsName ? 2 : 1;
        if (_timeColumn is null && _options.RateHz <= 0)
        {
            Mistake(1, 1, $"the first column is neither {UnixMs} nor {SecondsName} nor a date; give rate_hz, the rows per second");
        }

        bool[] text = TextColumns(firstRow);
        _wanted = new bool[_names.Length];
        _category = new bool[_names.Length];
        for (int i = _timeColumns; i < _names.Length; i++)
        {
            bool named = _options.Columns.Contains(_names[i]);
            _category[i] = _options.Categories.Contains(_names[i]);
            _wanted[i] = named || (_options.Columns.Count == 0 && (!text[i] || _category[i]) && _names[i] != LabelName);
        }

        _labelColumn = Array.IndexOf(_names, LabelName);

        foreach (string missing in _options.Columns.Where(name => !_names.Contains(name)))
        {
            Mistake(1, 1, $"there is no column '{missing}'; the header has {string.Join(", ", _names.Take(12))}");
        }

        if (_mistakes.Count == 0 && !_wanted.Contains(true))
        {
            Mistake(1, columns[0], "no column holds numbers");
        }

        return _mistakes.Count == 0;
    }

    // A column whose first row is neither empty nor a number holds labels, and is no channel.
    private bool[] TextColumns(string firstRow)
    {
        bool[] text = new bool[_names.Length];
        CsvLine line = new(firstRow);
        for (int i = _firstColumn; i < text.Length && line.TryField(out ReadOnlySpan<char> field, out _); i++)
        {
            if (i >= 0)
            {
                text[i] = !TryValue(field, out _);
            }
        }

        return text;
    }

    private static int FieldsOf(string row)
    {
        int count = 0;
        for (CsvLine line = new(row); line.TryField(out _, out _);)
        {
            count++;
        }

        return count;
    }

    private bool StartsWithDate(string row)
    {
        CsvLine line = new(row);
        bool there = line.TryField(out ReadOnlySpan<char> field, out _) && (_firstColumn == 0 || line.TryField(out field, out _));
        return there && !TryValue(field, out _) && TryDate(field, out _);
    }

    // Without an offset it is UTC: a recording has no place.
    private static bool TryDate(ReadOnlySpan<char> field, out double unixMs)
    {
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        bool read = DateTimeOffset.TryParse(field, CultureInfo.InvariantCulture, Style, out DateTimeOffset date);
        unixMs = read ? (date - DateTimeOffset.UnixEpoch).TotalMilliseconds : double.NaN;
        return read;
    }

    private bool IsWall(int column) => column == 0 && (_isDate || _names[0] == UnixMs);

    private void ReadRow(string row, int number)
    {
        CsvLine line = new(row);
        int column = _firstColumn;
        double seconds = _seconds.Count / Math.Max(_options.RateHz, double.Epsilon);
        while (line.TryField(out ReadOnlySpan<char> field, out bool broken))
        {
            if (broken)
            {
                Mistake(number, line.Column, "a quote is not closed");
            }

            if (column < 0)
            {
                // The name of a row, as R writes tables: above it stands nothing.
            }
            else if (column < _timeColumns)
            {
                seconds = ReadTime(column, field, number, line.Column);
            }
            else if (column < _wanted.Length && _wanted[column])
            {
                if (!TryValue(field, out double value) && !TryCategory(column, field, out value))
                {
                    Mistake(number, line.Column, $"{_names[column]}: '{Excerpt(field)}' is not a finite number");
                }

                _values.Add(value);
            }
            else if (column == _labelColumn)
            {
                ReadLabel(field, number, line.Column);
            }

            column++;
        }

        if (column != _names.Length)
        {
            Mistake(number, 1, $"the row has {column} fields, the header {_names.Length}");
        }

        _seconds.Add(seconds);
        _lines.Add(number);
    }

    private bool TryCategory(int column, ReadOnlySpan<char> field, out double code)
    {
        code = _category[column] ? CategoryCode.Of(field) : double.NaN;
        return _category[column];
    }

    private void ReadLabel(ReadOnlySpan<char> field, int number, int column)
    {
        int index = 0;
        while (index < _labelNames.Count && !field.SequenceEqual(_labelNames[index]))
        {
            index++;
        }

        if (index == MostLabels)
        {
            Mistake(number, column, $"{LabelName}: there are more than {MostLabels} different ones");
            return;
        }

        if (index == _labelNames.Count)
        {
            _labelNames.Add(field.ToString());
        }

        _labels.Add(index);
    }

    private double ReadTime(int column, ReadOnlySpan<char> field, int number, int at)
    {
        string name = _names[column];
        double value;
        bool read = _isDate && column == 0 ? TryDate(field, out value) : TryValue(field, out value) && !double.IsNaN(value);
        if (!read)
        {
            Mistake(number, at, $"{name}: '{Excerpt(field)}' is not a time");
            value = double.NaN;
        }

        if (IsWall(column))
        {
            _wall.Add(value);
            return _timeColumns == 2 ? double.NaN : SecondsOfWall(value, number, at);
        }

        _start = _seconds.Count == 0 ? value : _start;
        double seconds = value - _start;
        if (_seconds.Count > 0 && seconds <= _seconds[^1])
        {
            Mistake(number, at, $"{name}: {value:0.######} s is not later than line {_lines[^1]}");
        }

        return seconds;
    }

    // Where the wall clock alone was recorded, time that goes back means that it was set; the row is then as far from the
    // one before as that was from its own.
    private double SecondsOfWall(double value, int number, int at)
    {
        int rows = _seconds.Count;
        _start = rows == 0 ? value : _start;
        double seconds = (value - _start) / 1000;
        if (rows > 0 && value == _wall[^2])
        {
            Mistake(number, at, $"{_names[0]}: {value / 1000:0.######} s is not later than line {_lines[^1]}");
        }
        else if (rows > 0 && value < _wall[^2])
        {
            seconds = _seconds[^1] + (rows > 1 ? _seconds[^1] - _seconds[^2] : _options.RateHz > 0 ? 1 / _options.RateHz : 1);
            _start = value - (seconds * 1000);
        }

        return seconds;
    }

    private Recording Assemble(int channels)
    {
        Channel[] kept = new Channel[channels];
        int next = 0;
        for (int i = 0; i < _names.Length; i++)
        {
            if (_wanted[i])
            {
                kept[next++] = new Channel(_names[i], _units[i]);
            }
        }

        double[] values = [.. _values];
        Arrange(kept, values);
        double rate = _timeColumn is null ? _options.RateHz : 1 / MedianStep();
        return new Recording
        {
            Channels = kept,
            Frames = FrameStore.Of(values, channels),
            Seconds = [.. _seconds],
            StartUnixMs = _wall.Count > 0 ? _wall[0] : null,
            WallMs = IsClockSet() ? [.. _wall] : null,
            RateHz = rate,
            Labels = [.. _labels],
            LabelNames = _labelNames,
        };
    }

    private bool IsClockSet()
    {
        for (int i = 1; i < _wall.Count; i++)
        {
            // Both clocks are written in steps of their own.
            if (Math.Abs(_wall[i] - _wall[0] - (_seconds[i] * 1000)) > 1)
            {
                return true;
            }
        }

        return false;
    }

    // Puts the columns in the order the options name them.
    private void Arrange(Channel[] kept, double[] values)
    {
        if (_options.Columns.Count == 0)
        {
            return;
        }

        int[] from = [.. _options.Columns.Select(name => Array.FindIndex(kept, channel => channel.Name == name))];
        Channel[] channels = [.. kept];
        double[] row = new double[kept.Length];
        for (int start = 0; start < values.Length; start += row.Length)
        {
            values.AsSpan(start, row.Length).CopyTo(row);
            for (int i = 0; i < from.Length; i++)
            {
                values[start + i] = row[from[i]];
            }
        }

        for (int i = 0; i < from.Length; i++)
        {
            kept[i] = channels[from[i]];
        }
    }

    private double MedianStep()
    {
        if (_seconds.Count < 2)
        {
            return _options.RateHz > 0 ? 1 / _options.RateHz : 1;
        }

        double[] steps = new double[_seconds.Count - 1];
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = _seconds[i + 1] - _seconds[i];
        }

        Array.Sort(steps);
        return steps[steps.Length / 2];
    }

    // Empty is NaN, and so is the word, which other programs write; infinity is a mistake of whoever recorded it.
    private static bool TryValue(ReadOnlySpan<char> field, out double value)
    {
        value = double.NaN;
        if (field.IsEmpty || field.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>A channel's name and unit of <c>name[unit]</c>; the unit is 1 where none stands.</summary>
    public static (string Name, string Unit) SplitUnit(string field)
    {
        int open = field.IndexOf('[', StringComparison.Ordinal);
        return open > 0 && field.EndsWith(']') ? (field[..open].Trim(), field[(open + 1)..^1]) : (field.Trim(), "1");
    }

    private static string Excerpt(ReadOnlySpan<char> field) => field.Length <= 20 ? field.ToString() : $"{field[..20]}...";

    private void Mistake(int line, int column, string text)
    {
        if (_mistakes.Count < MostMistakes)
        {
            _mistakes.Add($"line {line}, column {column}: {text}");
        }
        else
        {
            _more++;
        }
    }
}
