using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>Which column of a table is what: channels that the model takes, the truth, the time.</summary>
/// <param name="Channels">In the order of the model's input; at least 1.</param>
/// <param name="Truth">What the answers should have been; null where no column tells.</param>
/// <param name="Time">When a row was taken; null where no column tells.</param>
internal sealed record ColumnRoles(IReadOnlyList<DataColumn> Channels, DataColumn? Truth, DataColumn? Time)
{
    private static readonly string[] Times = ["time", "timestamp", "date", "datetime", "date_time", "ts", "unix_ms", "seconds", "t", "unix"];
    private static readonly string[] Truths =
        ["label", "labels", "class", "target", "truth", "y", "output", "species", "category", "ground_truth", "outcome", "result"];

    private static readonly string[] RowNumbers = ["", "id", "index", "no", "row", "unnamed_0", "number", "nr"];

    /// <summary>Finds the roles.</summary>
    /// <param name="wanted">Values that the model takes of one row; 0 when it takes any number.</param>
    /// <param name="spans">Whether the model may take several rows at once: any divisor of <paramref name="wanted"/> will do.</param>
    /// <param name="named">Names of the model's inputs, which columns may be called like.</param>
    public static ColumnRoles? Find(
        DataTable table, long wanted, bool spans, IReadOnlyList<string> named, NewOptions options, Guesses guesses, List<string> mistakes)
    {
        DataColumn? time = table.Columns.FirstOrDefault(column => IsTime(column));
        DataColumn? truth = Named(table, options.Truth, "--truth", mistakes);
        DataColumn[] numbers =
        [
            .. table.Columns.Where(column => column != time && column != truth && column.Kind == ColumnKind.Numbers && !IsRowNumber(column)),
        ];
        if (options.Channels.Count > 0)
        {
            DataColumn?[] chosen = [.. options.Channels.Select(name => Named(table, name, "--channels", mistakes))];
            foreach (DataColumn text in chosen.OfType<DataColumn>().Where(column => column.Kind is not (ColumnKind.Numbers or ColumnKind.Empty)))
            {
                mistakes.Add($"--channels {text.Header}: the column holds {(text.Kind == ColumnKind.Dates ? "dates" : "texts")}, and the model takes numbers");
            }

            if (mistakes.Count > 0)
            {
                return null;
            }

            truth ??= TruthAmong(table.Columns.Except(chosen.OfType<DataColumn>()).Where(column => column != time), null, guesses);
            return WithGuess(new ColumnRoles([.. chosen.OfType<DataColumn>()], truth, time), table, guesses);
        }

        DataColumn[] byName = [.. named.Select(name => numbers.FirstOrDefault(column => column.Name == DataColumn.Split(name).Name)).OfType<DataColumn>()];
        if (byName.Length == named.Count && named.Count > 1)
        {
            truth ??= TruthAmong(table.Columns.Except(byName).Where(column => column != time), null, guesses);
            return WithGuess(new ColumnRoles(byName, truth, time), table, guesses);
        }

        return ByCount(table, wanted, spans, numbers, truth, time, guesses, mistakes);
    }

    private static ColumnRoles? ByCount(
        DataTable table, long wanted, bool spans, DataColumn[] numbers, DataColumn? truth, DataColumn? time, Guesses guesses,
        List<string> mistakes)
    {
        bool Fits(int count) => count > 0 && (wanted == 0 || wanted == count || (spans && wanted > count && wanted % count == 0));
        IEnumerable<DataColumn> texts = table.Columns.Where(column => column != time && column.Kind == ColumnKind.Texts);
        if (truth is null && wanted != numbers.Length)
        {
            // One column too many, or one that says by its name what it is.
            DataColumn? named = numbers.FirstOrDefault(column => Truths.Contains(column.Name));
            DataColumn? spare = named is not null && Fits(numbers.Length - 1) ? named
                : wanted == numbers.Length - 1 ? numbers.FirstOrDefault(column => column == numbers[^1] && column.IsClass())
                    ?? (numbers[0].IsClass() ? numbers[0] : numbers[^1])
                : !Fits(numbers.Length) && numbers.Length > 1 && numbers[^1].IsClass() && Fits(numbers.Length - 1) ? numbers[^1]
                : null;
            if (spare is not null)
            {
                truth = TruthAmong([spare], wanted, guesses);
                numbers = [.. numbers.Where(column => column != truth)];
            }
        }

        truth ??= TruthAmong(texts, null, guesses);
        if (Fits(numbers.Length))
        {
            return WithGuess(new ColumnRoles(numbers, truth, time), table, guesses);
        }

        string names = string.Join(", ", numbers.Take(16).Select(column => column.Header.Length > 0 ? column.Header : column.Name));
        string flags = numbers.Length > wanted
            ? "name those that it takes, in its order, with --channels A,B,..., and the column of the truth with --truth"
            : "give data with all the columns that it takes, or say with --set NAME=VALUE which inputs never change";
        mistakes.Add($"the model takes {wanted} values and {table.Path} has {numbers.Length} columns of numbers that could be meant"
            + $"{(names.Length > 0 ? $" ({names}{(numbers.Length > 16 ? ", ..." : "")})" : "")}; {flags}");
        return null;
    }

    private static ColumnRoles WithGuess(ColumnRoles roles, DataTable table, Guesses guesses)
    {
        string names = string.Join(", ", roles.Channels.Take(12).Select(column => column.Name)) + (roles.Channels.Count > 12 ? ", ..." : "");
        guesses.Add(
            $"the model's input is {names}", $"{Path.GetFileName(table.Path)} has them in this order{(table.HasHeader ? "" : ", and no header names them")}", "/channels");
        return roles;
    }

    private static DataColumn? TruthAmong(IEnumerable<DataColumn> columns, long? wanted, Guesses guesses)
    {
        DataColumn[] all = [.. columns.Where(column => !IsRowNumber(column))];
        DataColumn? truth = wanted is null
            ? all.FirstOrDefault(column => Truths.Contains(column.Name)) ?? (all.Length > 0 && all[^1].IsClass() ? all[^1] : null)
            : all.FirstOrDefault();
        if (truth is not null)
        {
            string why = Truths.Contains(truth.Name) ? "of its name"
                : wanted is long count ? $"the model takes {count} values, and this column is one too many"
                : "it holds few different values";
            guesses.AddElsewhere($"'{truth.Header}' is the truth, which the model does not see", why, "the command line: --truth COLUMN");
        }

        return truth;
    }

    private static DataColumn? Named(DataTable table, string? name, string option, List<string> mistakes)
    {
        if (name is null)
        {
            return null;
        }

        DataColumn? column = table.Find(name);
        if (column is null)
        {
            string[] names = [.. table.Columns.Select(known => known.Header.Length > 0 ? known.Header : known.Name)];
            mistakes.Add($"{option} {name}: {table.Path} has no such column{Spelling.Hint(name, names)}; it has {string.Join(", ", names.Take(16))}");
        }

        return column;
    }

    private static bool IsTime(DataColumn column) =>
        column.Kind == ColumnKind.Dates || (column.Kind == ColumnKind.Numbers && Times.Contains(column.Name) && IsAscending(column.Values));

    private static bool IsAscending(double[] values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            if (!(values[i] >= values[i - 1]))
            {
                return false;
            }
        }

        return values.Length > 1;
    }

    private static bool IsRowNumber(DataColumn column) =>
        column.IsRowNumber() && (column.Header.Length == 0 ? column.Number == 0 : RowNumbers.Contains(column.Name));
}
