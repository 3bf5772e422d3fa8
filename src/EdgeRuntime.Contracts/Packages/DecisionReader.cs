using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the <c>decision</c> of a manifest.</summary>
internal static class DecisionReader
{
    private const int MostVotes = 1000;
    private const int MostSamples = 1_000_000;
    private const double LongestMs = 86_400_000;

    /// <param name="output">The manifest's output; of kind "" where that was wrong, and then nothing that hangs on it is judged.</param>
    public static DecisionSpec Read(JsonObjectReader decision, OutputSpec output)
    {
        bool classification = output.HasLabels();
        bool level = output.Kind is "regression" or "reconstruction";
        double largest = classification ? 1 : double.MaxValue;
        DecisionSpec spec = new()
        {
            Threshold = decision.RequiredDouble("threshold", classification ? 0 : double.MinValue, largest),
            Thresholds = Thresholds(decision, output, classification),
            Hysteresis = decision.Double("hysteresis", 0, 0, largest),
            Initial = decision.String("initial", "unknown", Name),
            Below = decision.String("below", "normal", Name),
            Above = decision.String("above", "anomaly", Name),
            MinConfidence = decision.Double("min_confidence", 0, 1),
            Uncertain = decision.String("uncertain", Name),
            Vote = decision.Object("vote", vote => ReadVote(vote, classification)),
            Debounce = decision.Object("debounce", ReadSpan),
            Refractory = decision.Object("refractory", ReadSpan),
            StaleMs = decision.Double("stale_ms", JsonObjectReader.AboveZero, LongestMs),
            Stale = decision.String("stale", Name),
        };

        const string ToLevels = "is only for regression and reconstruction";
        const string ToClasses = "is only for classification";
        Misplaced(decision, "below", classification && spec.Below != "normal", ToLevels);
        Misplaced(decision, "above", classification && spec.Above != "anomaly", ToLevels);
        Misplaced(decision, "thresholds", level, ToClasses);
        Misplaced(decision, "min_confidence", level, ToClasses);
        Misplaced(decision, "uncertain", spec.MinConfidence is null, "needs min_confidence beside it; without it no sample is unsure");
        Misplaced(decision, "stale_ms", spec.Stale is null, "needs stale beside it, the decision that then comes into force");
        Misplaced(decision, "stale", spec.StaleMs is null, "needs stale_ms beside it, the time without a valid answer");
        if (level && spec.Below.Length > 0 && spec.Below == spec.Above)
        {
            decision.Mistake("above", $"\"{spec.Above}\" is the same as below; nothing would ever be decided");
        }

        return spec;
    }

    private static string? Name(string text) => PackageNames.Line(text, 63);

    private static IReadOnlyDictionary<string, double>? Thresholds(
        JsonObjectReader decision, OutputSpec output, bool classification) => !decision.Has("thresholds")
        ? null
        : decision.Map("thresholds", (labels, label) =>
        {
            double threshold = labels.RequiredDouble(label, 0, 1);
            if (classification && output.Labels.Count > 0 && !output.Labels.Contains(label))
            {
                labels.Mistake(label, $"is no label of the output{Spelling.Hint(label, output.Labels)}");
            }

            return threshold;
        });

    private static VoteSpec ReadVote(JsonObjectReader vote, bool classification)
    {
        int n = vote.RequiredInt("n", 1, MostVotes);
        int k = vote.RequiredInt("k", 1, vote.IsWrong("n") ? MostVotes : n);
        if (classification && !vote.IsWrong("n") && !vote.IsWrong("k") && 2 * k <= n)
        {
            vote.Mistake("k", $"{k} of {n} is not more than half; two labels could have as many");
        }

        return new VoteSpec(k, n);
    }

    private static SampleSpanSpec ReadSpan(JsonObjectReader span)
    {
        SampleSpanSpec spec = new(span.Int("samples", 1, MostSamples), span.Double("ms", JsonObjectReader.AboveZero, LongestMs));
        if (spec.Samples is null && spec.Ms is null)
        {
            span.Mistake("needs samples, ms, or both");
        }

        return spec;
    }

    private static void Misplaced(JsonObjectReader decision, string name, bool wrong, string sentence)
    {
        if (wrong && decision.Has(name))
        {
            decision.Mistake(name, sentence);
        }
    }
}
