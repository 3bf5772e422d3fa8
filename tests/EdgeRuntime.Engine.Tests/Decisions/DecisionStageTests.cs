using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Decisions;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Tests.Decisions;

/// <summary>
/// Sequences of samples 100 ms apart and the decision after each. Levels: <c>a</c> says above, <c>b</c> below, <c>h</c>
/// lies inside the hysteresis. Classes: <c>A B C</c> are sure of that label, <c>p q r</c> say it with 0.55. Both: <c>x</c>
/// is an invalid answer, <c>.</c> no sample at all, only a tick. Decisions: <c>a b</c> or <c>A B C</c>, <c>?</c> initial, <c>u</c> uncertain, <c>!</c> fail-safe.
/// </summary>
public sealed class DecisionStageTests
{
    private static readonly DecisionSpec Plain =
        new() { Threshold = 10, Hysteresis = 2, Initial = "?", Below = "b", Above = "a" };

    private static readonly DecisionSpec PlainClass = new() { Threshold = 0.5, Initial = "?" };

    public static TheoryData<string, DecisionSpec, string, string> Levels => new()
    {
        { "threshold alone", Plain, "bahbab", "baabab" },
        { "debounce by samples: the third in a row", Plain with { Debounce = new(3, null) }, "bbbaabaaabbb", "??bbbbbbaaab" },
        { "debounce by time: 200 ms are two steps", Plain with { Debounce = new(null, 200) }, "bbbaabaaabbb", "??bbbbbbaaab" },
        { "debounce by time: 201 ms are three", Plain with { Debounce = new(null, 201) }, "bbbbaaabaaaa", "???bbbbbbbba" },
        { "debounce by both: the later of the two", Plain with { Debounce = new(2, 250) }, "bbbbaaaab", "???bbbbaa" },
        { "an invalid answer neither counts nor breaks a debounce", Plain with { Debounce = new(3, null) }, "bbxbaaxxa", "???bbbbba" },
        { "time goes on over a gap in a debounce", Plain with { Debounce = new(null, 300) }, "b..b", "???b" },
        { "two of three", Plain with { Vote = new(2, 3) }, "babaabbb", "??baaabb" },
        { "one of three holds for two samples more", Plain with { Vote = new(1, 3) }, "bbbabbbb", "??baaabb" },
        { "three of three, and one contrary vote ends it", Plain with { Vote = new(3, 3) }, "baaabaaa", "bbbabbba" },
        { "refractory by samples: the next three cannot", Plain with { Refractory = new(3, null) }, "abbbbaaaa", "aaaabbbba" },
        { "refractory by time: 300 ms", Plain with { Refractory = new(null, 300) }, "abbbbaaa", "aaabbbaa" },
        { "votes count on in the refractory time", Plain with { Vote = new(2, 2), Refractory = new(3, null) }, "aabbbbb", "?aaaabb" },
        { "debounce counts on in the refractory time", Plain with { Debounce = new(3, null), Refractory = new(3, null) }, "aaabbbbb", "??aaaabb" },
        { "stale: more than 300 ms after the last", Plain with { StaleMs = 300, Stale = "!" }, "a....b", "aaaa!b" },
        { "stale: an answer just in time keeps the decision", Plain with { StaleMs = 300, Stale = "!" }, "a..a..a", "aaaaaaa" },
        { "stale: invalid answers do not keep it from going stale", Plain with { StaleMs = 300, Stale = "!" }, "axxxxa", "aaaa!a" },
        { "stale: a sensor dead from the start", Plain with { StaleMs = 200, Stale = "!" }, ".....a", "???!!a" },
        { "stale ignores the refractory time, and begins one", Plain with { StaleMs = 200, Stale = "!", Refractory = new(2, null) }, "a...bbbb", "aaa!!!bb" },
        { "stale may be a decision of the model's own", Plain with { StaleMs = 200, Stale = "a" }, "b...hb", "bbbaab" },
        { "a debounce begins anew after staleness", Plain with { Debounce = new(2, null), StaleMs = 200, Stale = "!" }, "aab...bb", "?aaaa!!b" },
        { "votes begin anew after staleness", Plain with { Vote = new(2, 2), StaleMs = 200, Stale = "!" }, "aab...aa", "?abbb!!a" },
    };

    public static TheoryData<string, DecisionSpec, string, string> Classes => new()
    {
        { "threshold alone", PlainClass, "ABpC", "ABAC" },
        { "a threshold of a label's own", PlainClass with { Thresholds = new Dictionary<string, double> { ["B"] = 0.8 } }, "AqBpC", "AABAC" },
        { "hysteresis against the label in force", PlainClass with { Hysteresis = 0.5 }, "AqB", "AAB" },
        { "an unsure sample holds", PlainClass with { MinConfidence = 0.6 }, "ArB", "AAB" },
        { "an unsure sample is uncertain", PlainClass with { MinConfidence = 0.6, Uncertain = "u" }, "ArBq", "AuBu" },
        { "an unsure sample breaks a debounce", PlainClass with { MinConfidence = 0.6, Debounce = new(2, null) }, "AABpBB", "?AAAAB" },
        { "two of three labels", PlainClass with { Vote = new(2, 3) }, "AABCBBCC", "?AAABBBC" },
        { "three of five against single outliers", PlainClass with { Vote = new(3, 5) }, "AAABABABBB", "??AAAAABBB" },
        { "uncertain is voted for too", PlainClass with { MinConfidence = 0.6, Uncertain = "u", Vote = new(2, 3) }, "AArqrA", "?AAuuu" },
        { "confidence, votes, debounce and refractory time in that order",
            PlainClass with { MinConfidence = 0.6, Vote = new(2, 3), Debounce = new(2, null), Refractory = new(2, null) },
            "AABBBBAAAA", "??AAABBBAA" },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_level_comes_into_force_exactly_at_its_sample(string stage, DecisionSpec spec, string samples, string expected) =>
        Assert.Equal($"{stage}: {expected}", $"{stage}: {Decide(spec, new OutputSpec { Kind = "regression" }, 1, samples)}");

    [Theory]
    [MemberData(nameof(Classes))]
    public void A_label_comes_into_force_exactly_at_its_sample(string stage, DecisionSpec spec, string samples, string expected)
    {
        OutputSpec output = new() { Kind = "classification", Activation = "none", Labels = ["A", "B", "C"] };

        Assert.Equal($"{stage}: {expected}", $"{stage}: {Decide(spec, output, 3, samples)}");
    }

    private static string Decide(DecisionSpec spec, OutputSpec output, int length, string samples)
    {
        DecisionRule rule = new(spec, output);
        OutputDecoder decoder = new(output, length);
        List<string> decisions = [];
        for (int i = 0; i < samples.Length; i++)
        {
            int before = rule.Current;
            bool changed = samples[i] == '.'
                ? rule.Tick(1000 + (100 * i))
                : rule.Step(decoder.Decode([], Answer(samples[i], length)), 1000 + (100 * i));
            Assert.Equal(rule.Current != before, changed);
            decisions.Add(rule.CurrentName);
        }

        return string.Concat(decisions);
    }

    private static float[] Answer(char sample, int length) => sample switch
    {
        'x' => [.. Enumerable.Repeat(float.NaN, length)],
        'a' => [10],
        'h' => [9],
        'b' => [1],
        'A' => [0.95f, 0.03f, 0.02f],
        'B' => [0.03f, 0.95f, 0.02f],
        'C' => [0.03f, 0.02f, 0.95f],
        'p' => [0.55f, 0.25f, 0.2f],
        'q' => [0.25f, 0.55f, 0.2f],
        _ => [0.25f, 0.2f, 0.55f],
    };
}
