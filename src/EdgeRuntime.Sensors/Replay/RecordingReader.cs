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
    private readonly List<int> _lines = [];
    private readonly List<int> _labels = [];
    private readonly List<string> _labelNames = [];
    private string[] _names = [];
    private string[] _units = [];
    private bool[] _wanted = [];
    private bool[] _category = [];
    private int _labelColumn = -1;
    private string? _timeColumn;
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
        _timeColumn = _names[0] is UnixMs or SecondsName ? _names[0] : null;
        if (_timeColumn is null && _options.RateHz <= 0)
        {
            Mistake(1, 1, $"the first column is neither {UnixMs} nor {SecondsName}; give rate_hz, the rows per second");
        }

        bool[] text = TextColumns(firstRow);
        _wanted = new bool[_names.Length];
        _category = new bool[_names.Length];
        for (int i = _timeColumn is null ? 0 : 1; i < _names.Length; i++)
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
        for (int i = 0; i < text.Length && line.TryField(out ReadOnlySpan<char> field, out _); i++)
        {
            text[i] = !TryValue(field, out _);
        }

        return text;
    }

    private void ReadRow(string row, int number)
    {
        CsvLine line = new(row);
        int column = 0;
        double seconds = _seconds.Count / Math.Max(_options.RateHz, double.Epsilon);
        while (line.TryField(out ReadOnlySpan<char> field, out bool broken))
        {
            if (broken)
            {
                Mistake(number, line.Column, "a quote is not closed");
            }

            if (column == 0 && _timeColumn is not null)
            {
                seconds = ReadTime(field, number, line.Column);
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

    private double ReadTime(ReadOnlySpan<char> field, int number, int column)
    {
        if (!TryValue(field, out double value) || double.IsNaN(value))
        {
            Mistake(number, column, $"{_timeColumn}: '{Excerpt(field)}' is not a time");
            return double.NaN;
        }

        double scaled = _timeColumn == UnixMs ? value / 1000 : value;
        if (_seconds.Count == 0)
        {
            _start = value;
            return 0;
        }

        double seconds = _timeColumn == UnixMs ? (value - _start) / 1000 : value - _start;
        if (seconds <= _seconds[^1])
        {
            Mistake(number, column, $"{_timeColumn}: {scaled:0.######} s is not later than line {_lines[^1]}");
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
            StartUnixMs = _timeColumn == UnixMs ? _start : null,
            RateHz = rate,
            Labels = [.. _labels],
            LabelNames = _labelNames,
        };
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
