using System.Globalization;
using System.Text;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>A profile as one page: it needs no network and no scripts, and is light or dark as the reader has it.</summary>
internal static class ProfilePage
{
    private const string Style = """
        :root { color-scheme: light dark; --paper: #fbfaf7; --card: #fff; --ink: #1d2228; --muted: #5c6670; --line: #e2e0da; --fill: #3b6ea8;
          --soft: #d6e2f0; --mark: #b4441f; --warn: #fdf3e3; --edge: #e3b465; --track: #efede8; --along: #2f6fb0; --against: #c2551f; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #14171a; --card: #1c2024; --ink: #e8e6e1; --muted: #9aa4ad; --line: #30363c; --fill: #6ea3dc; --soft: #2a3c50;
            --mark: #f0956f; --warn: #2b2416; --edge: #8a6a2c; --track: #282d32; --along: #5b9bdd; --against: #e2803f; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
        h1 { font-size: 28px; font-weight: 650; margin: 0 0 4px; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { font-size: 19px; font-weight: 650; margin: 44px 0 12px; }
        h3 { font-size: 16px; font-weight: 650; margin: 0; overflow-wrap: anywhere; }
        p { margin: 0 0 8px; } .quiet { color: var(--muted); } .unit { color: var(--muted); font-weight: 400; }
        .look { background: var(--warn); border: 1px solid var(--edge); border-radius: 10px; padding: 14px 20px; margin: 22px 0 0; }
        .look h2 { margin: 0 0 6px; font-size: 16px; } .look ul { margin: 0; padding-left: 20px; } .look li { margin: 3px 0; }
        .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 7px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th { font-size: 12px; font-weight: 600; color: var(--muted); } tr:last-child td, tr:last-child th[scope=row] { border-bottom: 0; }
        th[scope=row], th:first-child { text-align: left; } th[scope=row] { font-size: 14px; color: var(--ink); } td svg { width: 110px; height: 26px; display: block; margin-left: auto; }
        a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; } a:hover { text-decoration-color: var(--fill); }
        a:focus-visible { outline: 2px solid var(--fill); outline-offset: 2px; border-radius: 3px; }
        section.column { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px; margin: 0 0 14px; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 4px 28px; margin-top: 10px; }
        figure { margin: 0; } figcaption { font-size: 12px; color: var(--muted); margin-bottom: 2px; } figure svg { width: 100%; height: auto; display: block; }
        dl { display: flex; flex-wrap: wrap; gap: 2px 22px; margin: 6px 0 0; font-size: 13px; } dl div { display: flex; gap: 6px; }
        dt { color: var(--muted); } dd { margin: 0; font-variant-numeric: tabular-nums; }
        .bar { fill: var(--fill); } .band { fill: var(--soft); } .track { fill: var(--track); } .gap { fill: var(--mark); }
        .along { fill: var(--along); } .against { fill: var(--against); } .box { fill: var(--soft); stroke: var(--fill); }
        .axis { stroke: var(--line); } .whisker { stroke: var(--fill); } .median { stroke: var(--mark); stroke-width: 2; }
        text { fill: var(--ink); font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; } .tick { fill: var(--muted); font-size: 11px; }
        .number { font-size: 11px; } .strong { fill: #fff; } .heat { max-width: 760px; padding: 12px 16px; margin-bottom: 8px; } .heat svg { width: 100%; height: auto; }
        @media (max-width: 600px) { main { padding: 24px 14px 60px; } section.column { padding: 14px; } }
        @media print { body { background: #fff; } section.column { break-inside: avoid; } }
        """;

    /// <summary>The page's bytes.</summary>
    /// <param name="title">What was profiled.</param>
    public static byte[] Of(string title, IReadOnlyList<TableProfile> tables)
    {
        StringBuilder page = new();
        string name = Drawing.Safe(title);
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append(Invariant($"<title>Profile of {name}</title>\n<style>\n{Style}\n</style></head>\n<body><main>\n<h1>{name}</h1>\n"));
        page.Append("<p class=\"quiet\">Reference profile: ")
            .AppendJoin("; ", tables.Select(table => Invariant($"{Drawing.Safe(table.Counted)}")))
            .Append("</p>\n");
        Look(page, tables);
        for (int i = 0; i < tables.Count; i++)
        {
            Overview(page, tables[i], i);
        }

        for (int i = 0; i < tables.Count; i++)
        {
            TableProfile table = tables[i];
            if (table.Correlated.Count > 1)
            {
                page.Append(Invariant($"<h2>What goes along with what: {Drawing.Safe(table.Table.Title)}</h2>\n<div class=\"scroll heat\">"))
                    .Append(Charts.HeatMap(table.Correlated, table.Correlations))
                    .Append("</div>\n<p class=\"quiet\">Spearman's rank correlation: 1 where both always go up together, \u22121 where one goes down.</p>\n");
            }

            page.Append(Invariant($"<h2>{Capital(Drawing.Safe(table.Table.Title))}, one by one</h2>\n"));
            for (int column = 0; column < table.Columns.Count; column++)
            {
                Column(page, table.Columns[column], Invariant($"t{i}c{column}"));
            }
        }

        page.Append("</main></body></html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static void Look(StringBuilder page, IReadOnlyList<TableProfile> tables)
    {
        string[] findings = [.. tables.SelectMany(table => table.Findings)];
        if (findings.Length == 0)
        {
            page.Append("<p>Nothing looks suspicious.</p>\n");
            return;
        }

        page.Append("<div class=\"look\"><h2>Look at this first</h2><ul>\n");
        foreach (string finding in findings)
        {
            page.Append(Invariant($"<li>{Drawing.Safe(finding)}</li>\n"));
        }

        page.Append("</ul></div>\n");
    }

    private static void Overview(StringBuilder page, TableProfile table, int number)
    {
        page.Append(Invariant($"<h2>{Capital(Drawing.Safe(table.Table.Title))}</h2>\n<div class=\"scroll\"><table>\n"))
            .Append("<thead><tr><th scope=\"col\">name</th><th scope=\"col\">shape</th><th scope=\"col\">missing</th><th scope=\"col\">smallest</th>")
            .Append("<th scope=\"col\">median</th><th scope=\"col\">largest</th><th scope=\"col\">mean</th><th scope=\"col\">deviation</th><th scope=\"col\">with the row before</th></tr></thead>\n<tbody>\n");
        for (int i = 0; i < table.Columns.Count; i++)
        {
            ColumnProfile column = table.Columns[i];
            double rows = column.Column.Values.Length;
            page.Append(Invariant($"<tr><th scope=\"row\"><a href=\"#t{number}c{i}\">{Drawing.Safe(column.Column.Name)}</a>{UnitOf(column.Column)}</th>"));
            if (column.Summary is { } summary)
            {
                string correlation = summary.Autocorrelation is { } r ? Drawing.Number(Math.Round(r, 3)) : "";
                page.Append(Invariant($"<td>{Charts.Spark(column)}</td><td>{Share(column.Missing / rows)}</td><td>{Drawing.Number(summary.Percentiles[0])}</td><td>{Drawing.Number(summary.Percentiles[5])}</td>"))
                    .Append(Invariant($"<td>{Drawing.Number(summary.Percentiles[^1])}</td><td>{Drawing.Number(summary.Mean)}</td><td>{Drawing.Number(summary.Sd)}</td><td>{correlation}</td></tr>\n"));
            }
            else
            {
                string what = column.Column.IsCategory && column.Distinct > 0 ? Invariant($"{column.Distinct} categories") : "no value";
                page.Append(Invariant($"<td class=\"quiet\">{what}</td><td>{Share(column.Missing / rows)}</td><td colspan=\"6\"></td></tr>\n"));
            }
        }

        page.Append("</tbody></table></div>\n");
    }

    private static void Column(StringBuilder page, ColumnProfile column, string id)
    {
        page.Append(Invariant($"<section class=\"column\" id=\"{id}\" aria-labelledby=\"{id}h\"><h3 id=\"{id}h\">{Drawing.Safe(column.Column.Name)}{UnitOf(column.Column)}</h3>\n<dl>"));
        Fact(page, "different values", Invariant($"{column.Distinct}"));
        Fact(page, "longest without a change", Invariant($"{column.LongestStay} rows"));
        if (column.Summary is { } facts)
        {
            Fact(page, "skewness", Drawing.Number(facts.Skewness));
            Fact(page, "excess kurtosis", Drawing.Number(facts.Kurtosis));
            Fact(page, "far outside", Invariant($"{facts.Outliers} rows"));
            if (facts.Season is { } season)
            {
                Fact(page, "repeats every", Invariant($"{season.Rows:0} rows, which explains {Share(season.Strength)}"));
            }

            if (facts.Correlations.Count > 0)
            {
                Fact(page, "goes along with", string.Join(", ", facts.Correlations.Take(3).Select(each => $"{Drawing.Safe(each.Name)} {Drawing.Number(Math.Round(each.R, 2))}")));
            }
        }

        page.Append("</dl>\n<div class=\"plots\">\n");
        if (column.Summary is { } summary)
        {
            Figure(page, "values, 0.1 to 99.9 %, over quartiles and 1 to 99 %", Charts.Distribution(column, summary));
            if (column.Correlogram.Count > 0)
            {
                Figure(page, "correlation with the rows before", Charts.Correlogram(column));
            }

            Figure(page, "over time, and what is missing", Charts.OverTime(column));
        }
        else
        {
            if (column.Categories.Count > 0)
            {
                Figure(page, "most frequent", Charts.Categories(column));
            }

            Figure(page, "missing over time", Charts.Missing(column));
        }

        page.Append("</div></section>\n");
    }

    private static void Figure(StringBuilder page, string caption, string drawing) =>
        page.Append(Invariant($"<figure><figcaption>{caption}</figcaption>{drawing}</figure>\n"));

    private static void Fact(StringBuilder page, string name, string value) =>
        page.Append(Invariant($"<div><dt>{name}</dt><dd>{value}</dd></div>"));

    private static string UnitOf(ProfiledColumn column) => column.Unit is { Length: > 0 } unit and not "1" ? $" <span class=\"unit\">{Drawing.Safe(unit)}</span>" : "";

    private static string Share(double share) => share == 0 ? "0" : share.ToString("0.##%", CultureInfo.InvariantCulture);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
