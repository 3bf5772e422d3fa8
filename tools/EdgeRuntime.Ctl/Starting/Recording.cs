using System.Globalization;
using System.Text;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>A table as the recording that a device replays: its channels by their names and units, its times, its truth.</summary>
internal sealed record Recording
{
    private const double MillisecondsFrom = 1e11;
    private const double UnixSecondsFrom = 1e8;

    /// <summary>Name of the column of the truth, as recordings have it.</summary>
    private const string Label = "label";

    private static readonly string[] Taken = ["unix_ms", "seconds", Label];

    private readonly ColumnRoles _roles;
    private readonly int _rows;
    private readonly string? _timeHeader;
    private readonly double[] _times;

    private Recording(ColumnRoles roles, int rows, string? timeHeader, double[] times, double rateHz)
    {
        _roles = roles;
        _rows = rows;
        _timeHeader = timeHeader;
        _times = times;
        RateHz = rateHz;
    }

    /// <summary>Rows per second.</summary>
    public double RateHz { get; }

    /// <summary>Whether the recording tells its own times.</summary>
    public bool HasTimes => _timeHeader is not null;

    /// <summary>Values that a replay holds in memory.</summary>
    public long Values => (long)_rows * _roles.Channels.Count;

    /// <summary>Makes one of a table.</summary>
    public static Recording Of(DataTable table, ColumnRoles roles, NewOptions options, Guesses guesses)
    {
        foreach (DataColumn column in roles.Channels.Where(column => Taken.Contains(column.Name)))
        {
            column.Name += "_value";
        }

        string[] unknown = [.. roles.Channels.Where(column => column.Unit is null).Select(column => column.Name)];
        if (unknown.Length > 0)
        {
            guesses.Add(
                $"{string.Join(", ", unknown.Take(8))}{(unknown.Length > 8 ? ", ..." : "")} {(unknown.Length == 1 ? "has" : "have")} no unit, written as 1",
                "the header names none; a device's sensor must have the same UCUM code", "/channels/*/unit, and in the header of recording.csv");
        }

        if (roles.Time is { } time && Times(time) is (string header, double[] times))
        {
            double[] steps = [.. times.Zip(times.Skip(1)).Select(pair => (pair.Second - pair.First) / (header == "unix_ms" ? 1000 : 1)).Order()];
            double step = steps[steps.Length / 2];
            double own = Rounded(1 / step);
            guesses.Add($"there are {own} rows a second", $"that is what '{time.Header}' says in the median", "/pipeline/rate_hz");
            return new Recording(roles, table.Rows, header, times, own);
        }

        double rate = options.RateHz > 0 ? options.RateHz : 1;
        if (options.RateHz <= 0)
        {
            string why = roles.Time is null ? "no column tells when a row was taken" : $"the times in '{roles.Time.Header}' are not each later than the one before";
            guesses.Add($"there is {rate} row a second", why, "/pipeline/rate_hz, and in the sensor of edge.json; or --rate HZ");
        }

        return new Recording(roles, table.Rows, null, [], rate);
    }

    /// <summary>The file's bytes.</summary>
    /// <param name="truths">By row, as the package's labels call them; empty for none.</param>
    public byte[] ToCsv(IReadOnlyList<string> truths)
    {
        StringBuilder text = new();
        text.Append(_timeHeader).Append(_timeHeader is null ? "" : ",")
            .AppendJoin(',', _roles.Channels.Select(column => $"{column.Name}[{UnitOf(column)}]"))
            .Append(truths.Count > 0 ? $",{Label}" : "").Append('\n');
        for (int row = 0; row < _rows; row++)
        {
            text.Append(_timeHeader is null ? "" : Written(_times[row]) + ",")
                .AppendJoin(',', _roles.Channels.Select(column => column.Values.Length > row ? Written(column.Values[row]) : ""));
            if (truths.Count > 0)
            {
                text.Append(',').Append(truths[row].AsSpan().ContainsAny(",\"\n") ? $"\"{truths[row].Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : truths[row]);
            }

            text.Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A channel's unit.</summary>
    public static string UnitOf(DataColumn column) => column.Unit ?? "1";

    private static (string Header, double[] Times)? Times(DataColumn time)
    {
        double[] values = time.Values;
        bool dates = time.Kind == ColumnKind.Dates;

        // A clock that was set back now and then is one that a device may have too; two rows of one moment are not.
        int back = values.Zip(values.Skip(1)).Count(pair => !(pair.Second > pair.First));
        bool same = values.Zip(values.Skip(1)).Any(pair => pair.Second == pair.First);
        if (values.Length < 2 || values.Any(double.IsNaN) || same || back > (dates ? values.Length / 100 : 0))
        {
            return null;
        }

        return dates || values[0] >= MillisecondsFrom ? ("unix_ms", values)
            : values[0] >= UnixSecondsFrom ? ("unix_ms", [.. values.Select(seconds => seconds * 1000)])
            : ("seconds", [.. values.Select(seconds => seconds - values[0])]);
    }

    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Written(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
