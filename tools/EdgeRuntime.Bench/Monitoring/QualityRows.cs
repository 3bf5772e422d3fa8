using System.Text.Json;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about quality: sampling errors, areas from histograms, and what estimates without labels are worth.</summary>
internal static class QualityRows
{
    private const int Windows = 500;
    private const int Samples = 500;

    /// <param name="fixtures">The directory of the reference values; null when it is absent.</param>
    public static void Add(string? fixtures, Figures figures)
    {
        figures.Add(Published(fixtures));
        figures.Add(Areas());

        Reference reference = Reference.Of(new SimulatedAnswers(1).Draw(20_000, 0, 0));
        AddShift("none", moved: 0, reversed: 0, leastCovered: 0.9);
        AddShift("inputs moved by 1 sd", moved: 1, reversed: 0, leastCovered: 0.9);
        AddShift("a fifth of the truths reversed", moved: 0, reversed: 0.2, leastCovered: null);

        void AddShift(string name, double moved, double reversed, double? leastCovered)
        {
            Outcome outcome = reference.Try(new SimulatedAnswers(2), moved, reversed);
            string how = $"{Windows} windows of {Samples}, calibrated on 20,000 answers; realised by labels that came later";
            figures.Add(new Figure($"estimate without labels, {name}: accuracy off by (mean)", outcome.AccuracyOff, "share", how));
            figures.Add(new Figure($"estimate without labels, {name}: F1 off by (mean)", outcome.F1Off, "share", how));
            figures.Add(new Figure($"estimate without labels, {name}: AUC off by (mean)", outcome.AucOff, "share", how));
            figures.Add(new Figure($"estimate by inputs, {name}: accuracy off by (mean)", outcome.LossOff, "share", $"{how}; an amount for each bin of two features"));
            figures.Add(new Figure(
                $"estimate without labels, {name}: accuracy within its band", outcome.Covered, "share",
                $"{how}; the band is three sampling errors" + (leastCovered is null ? "; it cannot see this, hence no gate on it alone" : ""),
                Least: leastCovered));
        }
    }

    private static Figure Published(string? fixtures)
    {
        const string Name = "quality: R23 sampling errors that differ from NannyML's";
        if (fixtures is null)
        {
            return new Figure(Name, null, "values", "no fixtures", 0);
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(fixtures, "quality.json")));
        JsonElement example = document.RootElement.GetProperty("sampling");
        long[] counts = [.. example.GetProperty("confusion").EnumerateArray().Select(count => count.GetInt64())];
        ConfusionCounts confusion = new(counts[0], counts[1], counts[2], counts[3]);
        byte[] truth = Convert.FromHexString(example.GetProperty("truth").GetString()!);
        ScoreHistogram scores = new();
        for (int i = 0; i < 10_000; i++)
        {
            scores.Record(i / 9999.0, (truth[i / 8] & (0x80 >> (i % 8))) != 0);
        }

        List<string> wrong = [];
        foreach ((string metric, SamplingError error) in (IEnumerable<(string, SamplingError)>)
        [
            ("auc", SamplingError.Auc(scores)), ("f1", SamplingError.F1(confusion)), ("precision", SamplingError.Precision(confusion)),
            ("recall", SamplingError.Recall(confusion)), ("specificity", SamplingError.Specificity(confusion)),
            ("accuracy", SamplingError.Accuracy(confusion)),
        ])
        {
            double got = Math.Round(error.Of(example.GetProperty("samples").GetDouble()), 4);
            double published = example.GetProperty("published").GetProperty(metric).GetDouble();
            if (got != published)
            {
                wrong.Add($"{metric} {got} for {published}");
            }
        }

        return new Figure(
            Name, wrong.Count, "of 6", wrong.Count > 0 ? string.Join(", ", wrong) : "four digits each, that of the AUC from 64 bins", 0);
    }

    private static Figure Areas()
    {
        double worst = 0;
        string of = "";
        int cases = 0;
        foreach (double separation in (double[])[0.2, 0.5, 1, 2, 3])
        {
            foreach (double sharpness in (double[])[0.5, 1, 3, 8])
            {
                foreach (double prevalence in (double[])[0.05, 0.1, 0.5])
                {
                    cases++;
                    double off = AreaOff(new Random(cases), separation, sharpness, prevalence);
                    (worst, of) = off > worst
                        ? (off, $"the worst: classes {separation} sd apart, log odds times {sharpness}, {prevalence:P0} of them true")
                        : (worst, of);
                }
            }
        }

        return new Figure("quality: AUC from 64 bins, largest error", worst, "area", $"{cases} distributions of 20,000 scores; {of}", 0.005);
    }

    private static double AreaOff(Random random, double separation, double sharpness, double prevalence)
    {
        ScoreHistogram histogram = new();
        List<(double Score, bool WasTrue)> answers = [];
        for (int i = 0; i < 20_000; i++)
        {
            bool wasTrue = random.NextDouble() < prevalence;
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            double odds = (sharpness * (normal + (wasTrue ? separation / 2 : -separation / 2))) + Math.Log(prevalence / (1 - prevalence));
            double score = 1 / (1 + Math.Exp(-odds));
            histogram.Record(score, wasTrue);
            answers.Add((score, wasTrue));
        }

        // No two scores are equal, so the area is a count of pairs.
        double pairs = 0;
        double below = 0;
        foreach ((_, bool wasTrue) in answers.OrderBy(answer => answer.Score))
        {
            pairs += wasTrue ? below : 0;
            below += wasTrue ? 0 : 1;
        }

        return Math.Abs(histogram.Auc - (pairs / (below * (answers.Count - below))));
    }

    /// <summary>How far the estimates of many windows were from what was realised; means over the windows.</summary>
    private sealed record Outcome(double AccuracyOff, double F1Off, double AucOff, double LossOff, double Covered);

    private sealed record Reference(CalibrationTable Calibration, SamplingError Accuracy, AdditiveLoss Loss)
    {
        private static readonly double[] Edges = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5];

        public static Reference Of(SimulatedAnswer[] answers)
        {
            ConfusionCounts confusion = default;
            foreach (SimulatedAnswer answer in answers)
            {
                confusion = confusion.With(answer.Said, answer.WasTrue);
            }

            return new Reference(
                IsotonicFit.FitIfBetter([.. answers.Select(answer => answer.Score)], [.. answers.Select(answer => answer.WasTrue)]),
                SamplingError.Accuracy(confusion),
                AdditiveLoss.Fit(
                    [.. answers.Select(answer => new[] { BinCounter.BinOf(Edges, answer.First), BinCounter.BinOf(Edges, answer.Second) })],
                    [Edges.Length + 2, Edges.Length + 2],
                    [.. answers.Select(answer => answer.Said == answer.WasTrue ? 0.0 : 1.0)]));
        }

        public Outcome Try(SimulatedAnswers source, double moved, double reversed)
        {
            double accuracyOff = 0;
            double f1Off = 0;
            double aucOff = 0;
            double lossOff = 0;
            double covered = 0;
            for (int window = 0; window < Windows; window++)
            {
                ExpectedScores expected = new();
                ScoreHistogram scores = new();
                ConfusionCounts realised = default;
                BinCounter first = new(Edges);
                BinCounter second = new(Edges);
                foreach (SimulatedAnswer answer in source.Draw(Samples, moved, reversed))
                {
                    double probability = Calibration.Of(answer.Score);
                    expected.Record(probability, answer.Said, answer.Said ? probability : 1 - probability);
                    scores.Record(answer.Score, answer.WasTrue);
                    realised = realised.With(answer.Said, answer.WasTrue);
                    first.Record(answer.First);
                    second.Record(answer.Second);
                }

                double loss = AdditiveLoss.Mean(
                    Loss.Parts(Samples) + Loss.Parts(0, first.Counts, 0) + Loss.Parts(1, second.Counts, 0), Samples);
                double off = Math.Abs(expected.Accuracy - realised.Accuracy);
                accuracyOff += off / Windows;
                f1Off += Math.Abs(expected.Confusion.F1 - realised.F1) / Windows;
                aucOff += Math.Abs(expected.Auc - scores.Auc) / Windows;
                lossOff += Math.Abs(1 - loss - realised.Accuracy) / Windows;
                covered += off <= 3 * Accuracy.Of(Samples) ? 1.0 / Windows : 0;
            }

            return new Outcome(accuracyOff, f1Off, aucOff, lossOff, covered);
        }
    }
}
