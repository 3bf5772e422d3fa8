using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Tests.Runtimes;

public sealed class RuntimeTrialTests
{
    private const long Limit = 100L << 20;
    private static readonly RuntimeSoakSpec Soak = new() { Seconds = 120, AnswerSeconds = 30 };
    private readonly SteppedClock _clock = new();

    [Fact]
    public void A_program_under_which_everything_works_as_before_is_trusted_after_its_time_and_not_before()
    {
        RuntimeTrial trial = Trial(linkUp: true);

        Assert.Null(After(trial, 1, [], linkUp: false));
        Assert.Null(After(trial, 20, ["a", "b"], linkUp: true));
        Assert.Null(After(trial, 98, ["a", "b"], linkUp: false));
        Assert.IsType<SoakVerdict.Commit>(After(trial, 1, ["a", "b"], linkUp: false));
    }

    [Fact]
    public void A_model_that_answered_before_and_does_not_again_undoes_it_long_before_the_trial_ends()
    {
        RuntimeTrial trial = Trial(linkUp: false);
        After(trial, 10, ["a"], linkUp: false);

        Assert.Equal("b answered before it and did not within 30 s", Reason(After(trial, 20, ["a"], linkUp: false)));
    }

    [Fact]
    public void A_model_that_answers_and_then_does_not_any_more_undoes_it_at_the_end()
    {
        RuntimeTrial trial = Trial(linkUp: false);
        After(trial, 10, ["a", "b"], linkUp: false);

        Assert.Null(After(trial, 60, ["b"], linkUp: false));
        Assert.Equal("a answered before it and does not at the end of its trial", Reason(After(trial, 60, ["b"], linkUp: false)));
    }

    [Fact]
    public void A_link_that_does_not_come_back_undoes_it_and_one_that_was_down_before_does_not()
    {
        Assert.Contains("the broker was reached before it", Reason(After(Trial(linkUp: true), 120, ["a", "b"], linkUp: false)), StringComparison.Ordinal);
        Assert.IsType<SoakVerdict.Commit>(After(Trial(linkUp: false), 120, ["a", "b"], linkUp: false));
    }

    [Fact]
    public void Memory_above_the_profiles_limit_undoes_it_once_it_stays_and_not_where_it_was_so_before()
    {
        RuntimeTrial trial = Trial(linkUp: false);
        After(trial, 1, ["a", "b"], linkUp: false, Limit + 1);
        Assert.Null(After(trial, 5, ["a", "b"], linkUp: false, Limit));
        Assert.Null(After(trial, 1, ["a", "b"], linkUp: false, Limit + (1 << 20)));
        Assert.Equal(
            "it holds 101 MiB of memory where the profile allows 100", Reason(After(trial, 10, ["a", "b"], linkUp: false, Limit + (1 << 20))));

        RuntimeTrial greedy = new(Soak, new RuntimeBefore(["a"], false, OverMemory: true), Limit, _clock);
        Assert.IsType<SoakVerdict.Commit>(After(greedy, 120, ["a"], linkUp: false, 2 * Limit));
    }

    private RuntimeTrial Trial(bool linkUp) => new(Soak, new RuntimeBefore(["a", "b"], linkUp, OverMemory: false), Limit, _clock);

    private SoakVerdict? After(RuntimeTrial trial, int seconds, string[] answering, bool linkUp, long resident = 0)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        return trial.Look(new RuntimeMoment(answering, linkUp, resident));
    }

    private static string Reason(SoakVerdict? verdict) => Assert.IsType<SoakVerdict.Undo>(verdict).Reason;
}
