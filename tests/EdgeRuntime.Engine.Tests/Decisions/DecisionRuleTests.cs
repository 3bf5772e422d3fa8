using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Decisions;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Tests.Decisions;

public sealed class DecisionRuleTests
{
    private static readonly OutputSpec Labels =
        new() { Kind = "classification", Activation = "none", Labels = ["idle", "busy", "broken"] };

    private static readonly OutputSpec Value = new() { Kind = "regression" };

    [Fact]
    public void The_first_label_that_reaches_the_threshold_replaces_the_initial_decision()
    {
        DecisionRule rule = new(new() { Threshold = 0.5, Hysteresis = 0.4 }, Labels);

        Assert.Equal("unknown", rule.CurrentName);
        Assert.False(Step(rule, Class(0.375f, 0.375f, 0.25f)));
        Assert.Equal("unknown", rule.CurrentName);
        Assert.True(Step(rule, Class(0.25f, 0.5f, 0.25f)));
        Assert.Equal("busy", rule.CurrentName);
    }

    [Fact]
    public void A_label_in_force_yields_only_to_one_that_is_sure_enough_and_leads_by_the_hysteresis()
    {
        DecisionRule rule = new(new() { Threshold = 0.5, Hysteresis = 0.25 }, Labels);
        Step(rule, Class(1, 0, 0));

        // Sure enough, but leading by an eighth only.
        Assert.False(Step(rule, Class(0.4375f, 0.5625f, 0)));

        // Leading by far, but not sure enough.
        Assert.False(Step(rule, Class(0.125f, 0.4375f, 0.4375f)));

        // Both, on the very edge of both.
        Assert.True(Step(rule, Class(0.25f, 0.5f, 0.25f)));
        Assert.Equal("busy", rule.CurrentName);
    }

    [Fact]
    public void An_answer_that_confirms_the_decision_changes_nothing_however_unsure()
    {
        DecisionRule rule = new(new() { Threshold = 0.9 }, Labels);
        Step(rule, Class(1, 0, 0));

        Assert.False(Step(rule, Class(0.375f, 0.3125f, 0.3125f)));
        Assert.Equal("idle", rule.CurrentName);
    }

    [Fact]
    public void An_initial_decision_that_is_a_label_is_not_listed_twice_and_must_be_led_too()
    {
        DecisionRule rule = new(new() { Threshold = 0.5, Hysteresis = 0.25, Initial = "idle" }, Labels);

        Assert.Equal(["idle", "busy", "broken"], rule.Names);
        Assert.False(Step(rule, Class(0.4375f, 0.5625f, 0)));
        Assert.Equal("idle", rule.CurrentName);
    }

    [Fact]
    public void An_alarm_begins_at_the_threshold_and_ends_below_it_by_the_hysteresis()
    {
        DecisionRule rule = new(new() { Threshold = 10, Hysteresis = 2 }, Value);
        List<string> decisions = [];

        foreach (float value in (float[])[9, 9.99f, 10, 9, 8, 7.99f, 9, 10])
        {
            Step(rule, Number(value));
            decisions.Add(rule.CurrentName);
        }

        Assert.Equal(
            ["normal", "normal", "anomaly", "anomaly", "anomaly", "normal", "normal", "anomaly"], decisions);
    }

    [Fact]
    public void The_first_value_decides_at_the_threshold_alone()
    {
        DecisionRule rule = new(new() { Threshold = 10, Hysteresis = 2, Below = "cold", Above = "hot" }, Value);

        Assert.Equal("unknown", rule.CurrentName);
        Assert.True(Step(rule, Number(9)));

        Assert.Equal("cold", rule.CurrentName);
        Assert.Equal(["cold", "hot", "unknown"], rule.Names);
    }

    [Fact]
    public void No_answer_changes_nothing()
    {
        DecisionRule rule = new(new() { Threshold = 10 }, Value);
        Step(rule, Number(12));

        Assert.False(Step(rule, Decoded.Invalid));
        Assert.Equal("anomaly", rule.CurrentName);
        Assert.Equal("", rule.LabelOf(Decoded.Invalid));
    }

    [Fact]
    public void An_answer_by_itself_has_a_label_without_hysteresis()
    {
        DecisionRule values = new(new() { Threshold = 10, Hysteresis = 5 }, Value);
        DecisionRule classes = new(new() { Threshold = 0.9 }, Labels);
        Step(values, Number(12));

        Assert.Equal("normal", values.LabelOf(Number(9)));
        Assert.Equal("anomaly", values.LabelOf(Number(10)));
        Assert.Equal("broken", classes.LabelOf(Class(0.25f, 0.25f, 0.5f)));
    }

    [Fact]
    public void A_reset_puts_the_initial_decision_in_force_again()
    {
        DecisionRule rule = new(new() { Threshold = 0.5 }, Labels);
        Step(rule, Class(1, 0, 0));

        rule.Reset();

        Assert.Equal("unknown", rule.CurrentName);
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        DecisionRule rule = new(new() { Threshold = 0.5 }, Labels);
        OutputDecoder decoder = new(Labels, 3);
        float[][] outputs = [[1, 0, 0], [0, 1, 0], [0.25f, 0.25f, 0.5f], [float.NaN, 0, 0]];
        Step(rule, decoder.Decode([], outputs[0]));

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                Step(rule, decoder.Decode([], outputs[i % 4]));
            }
        }));
    }

    // None of these rules asks for the time.
    private static bool Step(DecisionRule rule, in Decoded decoded) => rule.Step(decoded, 0);

    private static Decoded Class(params float[] scores) => new OutputDecoder(Labels, 3).Decode([], scores);

    private static Decoded Number(float value) => new OutputDecoder(Value, 1).Decode([], [value]);
}
