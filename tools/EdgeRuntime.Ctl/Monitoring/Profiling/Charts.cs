using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>The pictures of a profile's page.</summary>
internal static class Charts
{
    private const double Width = 420;
    private const double Left = 8;
    private const double Right = Width - 8;

    /// <summary>Histogram over a box plot, on one scale: the box from the lower to the upper quartile, whiskers to 1 and 99 percent.</summary>
    public static string Distribution(ColumnProfile column, FeatureSummary summary)
    {
        const double Top = 6;
        const double Base = 118;
        const double BoxTop = 126;
        const double BoxBottom = 144;
        int most = column.Counts.Max();
        double low = column.Edges[0];
        double high = column.Edges[^1];
        double X(double value) => Left + ((Right - Left) * Math.Clamp((value - low) / (high - low), 0, 1));

        Drawing drawing = new(
            Width, 166,
            $"Histogram of {column.Column.Name}: median {Drawing.Number(summary.Percentiles[5])}, half of the values between {Drawing.Number(summary.Percentiles[4])} and {Drawing.Number(summary.Percentiles[6])}");
        for (int i = 0; i < column.Counts.Count; i++)
        {
            double height = (Base - Top) * column.Counts[i] / most;
            drawing.Box(
                "bar", X(column.Edges[i]) + 0.5, Base - height, X(column.Edges[i + 1]) - X(column.Edges[i]) - 1, height,
                $"{Drawing.Number(column.Edges[i])} to {Drawing.Number(column.Edges[i + 1])}: {column.Counts[i]} rows");
        }

        double middle = (BoxTop + BoxBottom) / 2;
        IReadOnlyList<double> at = summary.Percentiles;
        drawing.Line("axis", Left, Base, Right, Base);
        drawing.Line("whisker", X(at[2]), middle, X(at[8]), middle);
        drawing.Line("whisker", X(at[2]), BoxTop + 4, X(at[2]), BoxBottom - 4);
        drawing.Line("whisker", X(at[8]), BoxTop + 4, X(at[8]), BoxBottom - 4);
        drawing.Box("box", X(at[4]), BoxTop, Math.Max(1, X(at[6]) - X(at[4])), BoxBottom - BoxTop, $"Half of the values: {Drawing.Number(at[4])} to {Drawing.Number(at[6])}");
        drawing.Line("median", X(at[5]), BoxTop, X(at[5]), BoxBottom);
        drawing.Text("tick", Left, 162, Drawing.Number(low));
        drawing.Text("tick", Width / 2, 162, $"median {Drawing.Number(at[5])}", "middle");
        drawing.Text("tick", Right, 162, Drawing.Number(high), "end");
        return drawing.ToString();
    }

    /// <summary>Correlation with the rows before, lag by lag, with the band that independent rows stay within 19 times of 20.</summary>
    public static string Correlogram(ColumnProfile column)
    {
        const double Zero = 76;
        const double Scale = 66;
        IReadOnlyList<double> lags = column.Correlogram;
        double band = Math.Min(1, 1.96 / Math.Sqrt(Math.Max(1, column.Column.Values.Length - column.Missing)));
        double step = (Right - Left - 24) / Math.Max(lags.Count, 12);
        Drawing drawing = new(
            Width, 166, $"Autocorrelation of {column.Column.Name}: {Drawing.Number(lags[0])} with the row before, {Drawing.Number(lags[^1])} with that {lags.Count} rows before");
        drawing.Box("band", Left + 24, Zero - (band * Scale), Right - Left - 24, 2 * band * Scale);
        for (int i = 0; i < lags.Count; i++)
        {
            double height = Scale * lags[i];
            drawing.Box("bar", Left + 24 + (i * step), Math.Min(Zero, Zero - height), Math.Max(1, step - 1.5), Math.Abs(height), $"lag {i + 1}: {Drawing.Number(Math.Round(lags[i], 3))}");
        }

        drawing.Line("axis", Left + 24, Zero, Right, Zero);
        drawing.Text("tick", Left + 18, Zero - Scale + 8, "1", "end");
        drawing.Text("tick", Left + 18, Zero + 4, "0", "end");
        drawing.Text("tick", Left + 18, Zero + Scale, "\u22121", "end");
        drawing.Text("tick", Left + 24, 162, "1 row before");
        drawing.Text("tick", Right, 162, $"{lags.Count} rows", "end");
        return drawing.ToString();
    }

    /// <summary>From the smallest to the largest value of each stretch of time, its mean, and beneath where values are missing.</summary>
    public static string OverTime(ColumnProfile column)
    {
        const double Top = 6;
        const double Base = 118;
        Drawing drawing = new(
            Width, 166, $"{column.Column.Name} over time: {Share(column.Missing / (double)column.Column.Values.Length)} missing in all, {Share(column.MissingOverTime.Max())} in the worst stretch");
        double low = column.Course.Min(stretch => stretch.Smallest);
        double high = column.Course.Max(stretch => stretch.Largest);
        double range = high > low ? high - low : 1;
        double Y(double value) => Base - ((Base - Top) * (value - low) / range);
        double step = (Right - Left) / column.Course.Count;
        for (int i = 0; i < column.Course.Count; i++)
        {
            (double smallest, double mean, double largest) = column.Course[i];
            if (double.IsFinite(mean))
            {
                string says = $"{RowsOf(column, i)}: {Drawing.Number(smallest)} to {Drawing.Number(largest)}, mean {Drawing.Number(mean)}";
                drawing.Box("band", Left + (i * step), Y(largest) - 0.5, step, Y(smallest) - Y(largest) + 1, says);
                drawing.Box("bar", Left + (i * step), Y(mean) - 1, step, 2);
            }
        }

        drawing.Line("axis", Left, Base, Right, Base);
        MissingTrack(drawing, column, 126);
        drawing.Text("tick", Left, 162, column.Missing == 0 ? "nothing is missing" : $"{Share(column.Missing / (double)column.Column.Values.Length)} missing");
        drawing.Text("tick", Right, 162, $"{Drawing.Number(low)} to {Drawing.Number(high)}", "end");
        return drawing.ToString();
    }

    /// <summary>Where in time values are missing.</summary>
    public static string Missing(ColumnProfile column)
    {
        string share = Share(column.Missing / (double)column.Column.Values.Length);
        Drawing drawing = new(Width, 34, $"Missing values of {column.Column.Name} over time: {share} in all, {Share(column.MissingOverTime.Max())} in the worst stretch");
        MissingTrack(drawing, column, 2);
        drawing.Text("tick", Left, 31, column.Missing == 0 ? "nothing is missing" : $"{share} missing");
        return drawing.ToString();
    }

    private static void MissingTrack(Drawing drawing, ColumnProfile column, double top)
    {
        const double Height = 14;
        IReadOnlyList<double> shares = column.MissingOverTime;
        double step = (Right - Left) / shares.Count;
        drawing.Box("track", Left, top, Right - Left, Height);
        for (int i = 0; i < shares.Count; i++)
        {
            if (shares[i] > 0)
            {
                drawing.Box("gap", Left + (i * step), top, step, Height, $"{RowsOf(column, i)}: {Share(shares[i])} missing", 0.25 + (0.75 * shares[i]));
            }
        }
    }

    private static string RowsOf(ColumnProfile column, int stretch)
    {
        long rows = column.Column.Values.Length;
        int stretches = column.MissingOverTime.Count;
        return $"rows {1 + (rows * stretch / stretches)} to {rows * (stretch + 1) / stretches}";
    }

    /// <summary>The most frequent categories.</summary>
    public static string Categories(ColumnProfile column)
    {
        const double RowHeight = 19;
        const double LabelWidth = 120;
        double most = column.Categories.Max(category => category.Rows);
        Drawing drawing = new(
            Width, (RowHeight * column.Categories.Count) + 6,
            $"Categories of {column.Column.Name}: {string.Join(", ", column.Categories.Take(3).Select(category => $"{category.Name} in {category.Rows} rows"))}");
        for (int i = 0; i < column.Categories.Count; i++)
        {
            (string name, int rows) = column.Categories[i];
            double y = i * RowHeight;
            drawing.Text("label", LabelWidth - 6, y + 14, name.Length > 16 ? $"{name[..15]}…" : name, "end");
            drawing.Box("bar", LabelWidth, y + 3, (Right - LabelWidth - 60) * rows / most, RowHeight - 5, $"{name}: {rows} rows");
            drawing.Text("tick", LabelWidth + ((Right - LabelWidth - 60) * rows / most) + 5, y + 14, rows.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return drawing.ToString();
    }

    /// <summary>A histogram without words, for a table.</summary>
    public static string Spark(ColumnProfile column)
    {
        const double SparkWidth = 110;
        const double Height = 26;
        Drawing drawing = new(SparkWidth, Height, $"Shape of {column.Column.Name}");
        double most = column.Counts.Max();
        for (int i = 0; i < column.Counts.Count; i++)
        {
            double step = SparkWidth / column.Counts.Count;
            drawing.Box("bar", i * step, Height - (Height * column.Counts[i] / most), Math.Max(0.8, step - 0.6), Height * column.Counts[i] / most);
        }

        return drawing.ToString();
    }

    /// <summary>Rank correlations of all pairs.</summary>
    public static string HeatMap(IReadOnlyList<string> names, double[,] matrix)
    {
        double cell = names.Count <= 12 ? 46 : names.Count <= 24 ? 30 : 16;
        double left = Math.Min(170, 20 + (7 * names.Max(name => Math.Min(name.Length, 22))));
        double top = 0.66 * left;
        Drawing drawing = new(
            left + (cell * names.Count) + top, top + (cell * names.Count) + 8, $"Rank correlations of {names.Count} columns; the table beside says the strongest");
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i].Length > 22 ? $"{names[i][..21]}…" : names[i];
            drawing.Text("label", left - 8, top + (cell * i) + (cell / 2) + 4, name, "end");
            drawing.Slanted("label", left + (cell * i) + (cell / 2), top - 8, name);
            for (int j = 0; j < names.Count; j++)
            {
                double r = matrix[i, j];
                if (double.IsNaN(r))
                {
                    drawing.Box("track", left + (cell * j), top + (cell * i), cell - 2, cell - 2, $"{names[i]} and {names[j]}: one of them does not vary");
                    continue;
                }

                drawing.Box("track", left + (cell * j), top + (cell * i), cell - 2, cell - 2);
                drawing.Box(r < 0 ? "against" : "along", left + (cell * j), top + (cell * i), cell - 2, cell - 2, $"{names[i]} and {names[j]}: {Drawing.Number(Math.Round(r, 3))}", Math.Abs(r));
                if (cell >= 30)
                {
                    string style = Math.Abs(r) > 0.6 ? "number strong" : "number";
                    drawing.Text(style, left + (cell * j) + ((cell - 2) / 2), top + (cell * i) + (cell / 2) + 3, r.ToString("0.0#", System.Globalization.CultureInfo.InvariantCulture).Replace('-', '\u2212'), "middle");
                }
            }
        }

        return drawing.ToString();
    }

    private static string Share(double share) => share.ToString("0.#%", System.Globalization.CultureInfo.InvariantCulture);
}
