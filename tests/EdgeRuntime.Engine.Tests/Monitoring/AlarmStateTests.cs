using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class AlarmStateTests
{
    private const double Finding = 1.5;
    private const double Between = 0.9;
    private const double Quiet = 0.1;

    private static readonly AlarmSpec Spec = new() { RaiseAfter = 2, ClearAfter = 3, ClearBelow = 0.8, CoolDownS = 25 };

    [Fact]
    public void An_alarm_stands_since_the_first_of_the_windows_that_raised_it()
    {
        AlarmState state = After(Quiet, Quiet, Quiet, Finding, Finding);

        Assert.Equal(new AlarmState.Standing(30_000, 0), state);
    }

    [Fact]
    public void A_single_finding_between_two_windows_without_one_raises_nothing()
    {
        Assert.IsNotType<AlarmState.Standing>(After(Quiet, Quiet, Quiet, Finding, Quiet, Finding, Between, Finding));
    }

    [Fact]
    public void A_statistic_between_the_two_bounds_keeps_an_alarm_that_stands()
    {
        AlarmState state = After(Finding, Finding, Quiet, Quiet, Between, Quiet, Quiet);

        Assert.Equal(new AlarmState.Standing(0, 2), state);
        Assert.IsType<AlarmState.Clear>(After(Finding, Finding, Quiet, Quiet, Between, Quiet, Quiet, Quiet));
    }

    [Fact]
    public void An_alarm_that_ended_is_not_raised_again_before_the_cool_down_is_over_and_then_at_once()
    {
        double[] ended = [Finding, Finding, Quiet, Quiet, Quiet];

        Assert.IsType<AlarmState.Clear>(After([.. ended, Finding, Finding]));
        Assert.Equal(new AlarmState.Standing(50_000, 0), After([.. ended, Finding, Finding, Finding]));
    }

    [Fact]
    public void A_window_with_too_few_samples_is_no_evidence_either_way()
    {
        AlarmState standing = After(Finding, Finding, Quiet, Quiet);

        Assert.Same(standing, AlarmState.Next(standing, new AlarmEvidence(40_000, 50_000, null), Spec));
    }

    [Fact]
    public void An_alarm_of_the_run_before_is_called_ended_only_after_as_many_quiet_windows_as_any_other()
    {
        Assert.IsType<AlarmState.Unheard>(After(Quiet, Quiet));
        Assert.IsType<AlarmState.Unheard>(After(Quiet, Quiet, Between, Quiet));
        Assert.IsType<AlarmState.Clear>(After(Quiet, Quiet, Quiet));
    }

    private static AlarmState After(params double[] ratios)
    {
        AlarmState state = AlarmState.Initial;
        for (int i = 0; i < ratios.Length; i++)
        {
            state = AlarmState.Next(state, new AlarmEvidence(10_000L * i, 10_000L * (i + 1), ratios[i]), Spec);
        }

        return state;
    }
}
