using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>One column to be profiled.</summary>
/// <param name="Name">As the package or the table has it.</param>
/// <param name="Unit">UCUM code, or null.</param>
/// <param name="Values">In the order of time; NaN where there is none. Codes for categories.</param>
internal sealed record ProfiledColumn(string Name, string? Unit, double[] Values)
{
    /// <summary>What its codes stand for; null for numbers.</summary>
    public IReadOnlyDictionary<double, string>? Categories { get; init; }

    /// <summary>Whether its values are categories.</summary>
    public bool IsCategory => Categories is not null;

    /// <summary>A column of texts.</summary>
    /// <param name="texts">Row by row; null where there is none.</param>
    public static ProfiledColumn Of(string name, IReadOnlyList<string?> texts)
    {
        Dictionary<double, string> categories = [];
        double[] codes = new double[texts.Count];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = CategoryCode.Of(texts[i]);
            if (texts[i] is { } text && !double.IsNaN(codes[i]))
            {
                categories.TryAdd(codes[i], text);
            }
        }

        return new ProfiledColumn(name, null, codes) { Categories = categories };
    }
}

/// <summary>Columns that have a row in common: frames of channels, windows of features, or the rows of a table.</summary>
/// <param name="Title">What its rows are.</param>
/// <param name="Columns">All of one length.</param>
/// <param name="Recordings">Stretches of rows that followed each other.</param>
/// <param name="UnixMs">When each row was taken; NaN, or none at all, where they do not tell.</param>
internal sealed record ProfiledTable(string Title, IReadOnlyList<ProfiledColumn> Columns, IReadOnlyList<Range> Recordings, double[] UnixMs)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Values.Length;
}
