using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Ctl.Training;

/// <summary>
/// Makes what devices need to estimate quality without labels, of answers whose truth is known: a calibration of the scores, the loss by
/// where inputs lie, and how right the model was.
/// </summary>
internal static class QualityCalibration
{
    // Below these nothing that is fitted says more than what it was fitted to.
    private const int FewestAnswers = 100;
    private const int FewestOfOneSide = 20;
    private const double LeastShrinkage = 20;

    /// <summary>Makes it.</summary>
    /// <param name="reference">Its bins are those of the loss.</param>
    /// <returns>Null where too few answers have a truth.</returns>
    public static QualityReference? Of(ReferenceProfile reference, IReadOnlyList<string> names, JudgedAnswers answers)
    {
        if (answers.Count < FewestAnswers)
        {
            return null;
        }

        double[] losses = answers.Losses();
        double share = MeasuredQuality.ShareOf(losses, answers.Starts);
        bool scored = answers.Meaning.HasProbability && answers.Scores.All(double.IsFinite);
        int positives = Enumerable.Range(0, answers.Count).Count(answers.WasPositive);
        bool calibrates = scored && Math.Min(positives, answers.Count - positives) >= FewestOfOneSide;
        return new QualityReference
        {
            Calibration = calibrates ? Fitted(answers.Scores, answers.WasPositive) : null,
            Confidence = calibrates && answers.Meaning.Answers.Count > 2 && answers.Confidences.All(double.IsFinite)
                ? Fitted(answers.Confidences, answers.IsRight)
                : null,
            Loss = Loss(reference, names, answers, losses, share),
            Measured = answers.Meaning.IsValue ? OfValues(losses, share) : OfLabels(answers, share, scored),
        };
    }

    private static CalibrationKnots Fitted(IReadOnlyList<double> scores, Func<int, bool> wasTrue)
    {
        CalibrationTable table = IsotonicFit.FitIfBetter([.. scores], [.. Enumerable.Range(0, scores.Count).Select(wasTrue)]);
        List<double> rounded = [];
        List<double> probabilities = [];
        for (int i = 0; i < table.Scores.Length; i++)
        {
            // Rounded scores of two knots may become one.
            double score = Rounded(table.Scores[i]);
            if (rounded.Count == 0 || score > rounded[^1])
            {
                rounded.Add(score);
                probabilities.Add(Rounded(table.Probabilities[i]));
            }
        }

        return new CalibrationKnots { Scores = rounded, Probabilities = probabilities };
    }

    private static ExpectedLoss? Loss(
        ReferenceProfile reference, IReadOnlyList<string> names, JudgedAnswers answers, double[] losses, double share)
    {
        // A bin's amounts are three at least, and a file holds so many numbers of them.
        const int MostFeatures = 256;
        (ReferenceFeature Bins, int Column)[] features =
        [
            .. reference.Features.Select(feature => (feature, names.ToList().IndexOf(feature.Name))).Where(feature => feature.Item2 >= 0),
        ];
        if (features.Length is 0 or > MostFeatures || losses.Any(loss => loss > AdditiveLoss.Largest))
        {
            return null;
        }

        double[][] edges = [.. features.Select(feature => feature.Bins.Edges.ToArray())];
        int[][] bins =
        [
            .. answers.Values.Select(values => features.Select((feature, i) => BinOf(edges[i], values[feature.Column])).ToArray()),
        ];

        // Rows that are wrong together say as much as one.
        AdditiveLoss fitted = AdditiveLoss.Fit(bins, [.. edges.Select(edge => edge.Length + 2)], losses, LeastShrinkage / share);
        return new ExpectedLoss
        {
            Kind = answers.Meaning.IsValue ? MetricEstimate.Absolute : MetricEstimate.Error,
            Constant = Rounded(fitted.Constant),
            Features = features.Select((feature, i) => (feature.Bins.Name, Amounts: fitted.Amounts(i).ToArray())).ToDictionary(
                feature => feature.Name, feature => (IReadOnlyList<double>)[.. feature.Amounts.Select(Rounded)], StringComparer.Ordinal),
        };
    }

    private static int BinOf(double[] edges, double value) => double.IsFinite(value) ? BinCounter.BinOf(edges, value) : edges.Length + 1;

    private static MeasuredReference OfValues(double[] losses, double share)
    {
        double mean = losses.Average();
        return new MeasuredReference
        {
            Answers = losses.Length,
            EffectiveShare = Rounded(share),
            Absolute = Rounded(mean),
            AbsoluteDeviation = Rounded(Math.Sqrt(losses.Average(loss => (loss - mean) * (loss - mean)))),
        };
    }

    private static MeasuredReference OfLabels(JudgedAnswers answers, double share, bool scored)
    {
        ConfusionCounts confusion = default;
        ScoreHistogram scores = new();
        long right = 0;
        for (int i = 0; i < answers.Count; i++)
        {
            confusion = confusion.With(answers.SaidPositive(i), answers.WasPositive(i));
            right += answers.IsRight(i) ? 1 : 0;
            if (scored)
            {
                scores.Record(answers.Scores[i], answers.WasPositive(i));
            }
        }

        SamplingError auc = SamplingError.Auc(scores);
        bool known = double.IsFinite(scores.Auc) && double.IsFinite(auc.Deviation);
        return new MeasuredReference
        {
            Answers = answers.Count,
            EffectiveShare = Rounded(share),
            Right = right,
            TruePositives = confusion.TruePositives,
            FalsePositives = confusion.FalsePositives,
            TrueNegatives = confusion.TrueNegatives,
            FalseNegatives = confusion.FalseNegatives,
            Auc = known ? Rounded(scores.Auc) : null,
            AucDeviation = known ? Rounded(auc.Deviation) : null,
            AucShare = known ? Rounded(auc.Fraction) : null,
        };
    }

    // Eight digits: the file is read by people, and none of this is known better.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G8", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
