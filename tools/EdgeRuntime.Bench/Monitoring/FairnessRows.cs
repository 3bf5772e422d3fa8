using System.Text.Json;
using EdgeRuntime.Statistics.Fairness;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about fairness: Fairlearn's example, and whether the intervals keep what they promise.</summary>
internal static class FairnessRows
{
    private const double Confidence = 0.95;
    private const int Runs = 4000;

    /// <param name="fixtures">The directory of the reference values; null when it is absent.</param>
    public static void Add(string? fixtures, Figures figures)
    {
        figures.Add(Fairlearn(fixtures));
        figures.Add(Equal());
        figures.Add(Covered());
        (double entropy, double theil) = Inequality();
        string how = $"{Runs} draws of 500 cases with known shares of right, given and denied answers; nominal {Confidence:P0}";
        figures.Add(new Figure("fairness: intervals of the entropy index that hold the true value", entropy, "share", how, Least: 0.93));
        figures.Add(new Figure("fairness: intervals of the Theil index that hold the true value", theil, "share", how, Least: 0.93));
    }

    private static Figure Fairlearn(string? fixtures)
    {
        const string Name = "fairness: R27 values that differ from Fairlearn's";
        if (fixtures is null)
        {
            return new Figure(Name, null, "values", "no fixtures", 0);
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(fixtures, "quality.json")));
        JsonElement example = document.RootElement.GetProperty("fairlearn");
        string of = example.GetProperty("group").GetString()!;
        ConfusionCounts[] groups = new ConfusionCounts[3];
        for (int i = 0; i < of.Length; i++)
        {
            ref ConfusionCounts group = ref groups[of[i] - 'a'];
            group = group.With(example.GetProperty("answer")[i].GetInt32() == 1, example.GetProperty("truth")[i].GetInt32() == 1);
        }

        FairnessReport report = FairnessReport.Of(groups, 1, Confidence);
        int values = 0;
        int wrong = 0;
        foreach ((string rate, Disparity found, Func<ConfusionCounts, double> share) in (IEnumerable<(string, Disparity, Func<ConfusionCounts, double>)>)
        [
            ("tpr", report.TruePositiveRate, group => group.Recall),
            ("fpr", report.FalsePositiveRate, group => group.FalsePositiveRate),
            ("sel", report.Selection, group => group.SelectionRate),
        ])
        {
            JsonElement expected = example.GetProperty(rate);
            foreach ((double got, double wanted) in (IEnumerable<(double, double)>)
            [
                .. groups.Select((group, i) => (share(group), expected.GetProperty("groups")[i].GetDouble())),
                (found.Difference, expected.GetProperty("difference").GetDouble()),
                (found.Ratio, expected.GetProperty("ratio").GetDouble()),
                (found.DifferenceToOverall, expected.GetProperty("to_overall").GetDouble()),
                (found.RatioToOverall, expected.GetProperty("ratio_to_overall").GetDouble()),
            ])
            {
                values++;
                wrong += Math.Abs(got - wanted) < 1e-6 ? 0 : 1;
            }
        }

        return new Figure(Name, wrong, "values", $"{values} values of the user guide's 18 rows and 3 groups, six digits", 0);
    }

    private static Figure Equal()
    {
        Random random = new(1);
        int found = 0;
        GroupShare[] shares = new GroupShare[10];
        for (int run = 0; run < Runs; run++)
        {
            for (int group = 0; group < shares.Length; group++)
            {
                shares[group] = Draw(random, 0.2, 200);
            }

            found += Disparity.Of(shares, 30, Confidence).IsCertain ? 1 : 0;
        }

        return new Figure(
            "fairness: ten equal groups said to differ", found / (double)Runs, "share",
            $"{Runs} draws of 200 cases a group with a rate of 0.2; the extremes of ten, allowed for; nominal 0.05", 0.05);
    }

    private static Figure Covered()
    {
        Random random = new(2);
        int held = 0;
        for (int run = 0; run < Runs; run++)
        {
            GroupShare[] shares = [Draw(random, 0.6, 80), Draw(random, 0.3, 120)];
            Disparity found = Disparity.Of(shares, 30, Confidence);
            held += found.RatioInterval.Low <= 0.5 && 0.5 <= found.RatioInterval.High
                && found.DifferenceInterval.Low <= 0.3 && 0.3 <= found.DifferenceInterval.High ? 1 : 0;
        }

        return new Figure(
            "fairness: intervals of difference and ratio that both hold the true value", held / (double)Runs, "share",
            $"{Runs} draws of groups of 80 and 120 with rates of 0.6 and 0.3; nominal 0.95 each", Least: 0.92);
    }

    private static (double Entropy, double Theil) Inequality()
    {
        BenefitInequality truth = BenefitInequality.Of(new ConfusionCounts(40, 12, 40, 8), Confidence);
        Random random = new(3);
        int entropy = 0;
        int theil = 0;
        for (int run = 0; run < Runs; run++)
        {
            ConfusionCounts counts = default;
            for (int i = 0; i < 500; i++)
            {
                double draw = random.NextDouble();
                counts = counts.With(said: draw < 0.52, wasTrue: draw is < 0.4 or >= 0.92);
            }

            BenefitInequality found = BenefitInequality.Of(counts, Confidence);
            entropy += found.EntropyInterval.Low <= truth.Entropy && truth.Entropy <= found.EntropyInterval.High ? 1 : 0;
            theil += found.TheilInterval.Low <= truth.Theil && truth.Theil <= found.TheilInterval.High ? 1 : 0;
        }

        return (entropy / (double)Runs, theil / (double)Runs);
    }

    private static GroupShare Draw(Random random, double share, int trials)
    {
        int events = 0;
        for (int i = 0; i < trials; i++)
        {
            events += random.NextDouble() < share ? 1 : 0;
        }

        return new GroupShare(events, trials);
    }
}
