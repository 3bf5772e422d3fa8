namespace EdgeRuntime.Bench;

/// <summary>Makes rows of what was measured in rounds.</summary>
internal static class Rows
{
    public static Figure Time(string name, IEnumerable<double> nanoseconds, string how) =>
        InUnit(name, nanoseconds.Select(value => value / 1000), "us", how);

    public static Figure InUnit(string name, IEnumerable<double> rounds, string unit, string how)
    {
        Spread spread = Spread.Of(rounds);
        return new Figure(name, spread.Median, unit, $"{spread}; {how}");
    }

    public static Figure Ratio(string name, double[] ours, double[] theirs, string how, double? most = null)
    {
        Spread spread = Spread.Of(ours.Zip(theirs, (mine, other) => mine / other));
        return new Figure(name, spread.Median, "x", $"{spread}, a ratio for each round; {how}", most);
    }
}
