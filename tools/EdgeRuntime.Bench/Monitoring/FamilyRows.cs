using System.Globalization;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about many features judged together: how often a window has any false alarm.</summary>
internal static class FamilyRows
{
    private const int Families = 8_000;
    private const int Features = 100;
    private const int Reference = 2_000;
    private const int Size = 200;

    public static void Add(Figures figures, double level)
    {
        CountTest[] tests = [CountTest.All[0], CountTest.Device];
        int[] alarmed = new int[tests.Length];
        int[] tails = new int[tests.Length];
        Parallel.For(0, Families, family =>
        {
            Xoshiro random = new(family);
            double[][] pValues = [.. tests.Select(_ => new double[Features])];
            bool[] alarms = new bool[Features];
            for (int feature = 0; feature < Features; feature++)
            {
                Func<Random, double> draw = NullDistributions.All[feature % NullDistributions.All.Count].Draw;
                BinCounter expected = NullDistributions.Counted(NullDistributions.Drawn(random, draw, Reference), feature / 6 % 2 == 0 ? 10 : 32);
                BinCounter actual = NullDistributions.Counted(NullDistributions.Drawn(random, draw, Size), expected);
                for (int test = 0; test < tests.Length; test++)
                {
                    pValues[test][feature] = tests[test].PValue(expected, actual);
                }
            }

            for (int test = 0; test < tests.Length; test++)
            {
                Interlocked.Add(ref alarmed[test], Holm.Alarms(pValues[test], level, alarms) > 0 ? 1 : 0);
                Interlocked.Add(ref tails[test], pValues[test].Count(p => p <= level / Features));
            }
        });
        for (int test = 0; test < tests.Length; test++)
        {
            double share = (double)alarmed[test] / Families;
            double tail = (double)tails[test] / Families / level;
            figures.Add(new Figure(
                $"window tests: windows of 100 features with any false alarm at 5 %, {tests[test].Name}", 100 * share, "%",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"goal: 5 %, and two standard errors of a share that is measured; with Holm's correction and no smallest effect; {Families:N0} windows of {Size} values, half the features on 10 and half on 32 bins of fresh references of {Reference:N0}; one standard error is {100 * Math.Sqrt(share * (1 - share) / Families):F2} %. p-values up to {level / Features} came {tail:F2} times as often as they say; exact ones of independent features make {100 * (1 - Math.Pow(1 - (level / Features), Features)):F2} %"),
                100 * (level + (2 * Math.Sqrt(level * (1 - level) / Families)))));
        }
    }
}
