using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Decisions;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>What a model's decisions drive on the way of its samples.</summary>
public sealed class DecisionOutputTests
{
    private readonly List<bool> _driven = [];
    private readonly ManualTime _time = new();
    private bool _works = true;

    [Fact]
    public void It_is_on_while_one_of_its_decisions_is_in_force_and_is_driven_only_when_that_changes()
    {
        (PathRig rig, DecisionOutput output) = Rig(isSafeOn: false, "busy");
        rig.Sensor.Script = n => n is 3 or 4 or 7 ? FrameKind.Busy : FrameKind.Good;

        rig.Read(9);

        Assert.Equal([true, false, true, false], _driven);
        Assert.Equal((4, 0, false), (output.Changes, output.Failures, output.IsOn));
    }

    [Fact]
    public void It_is_driven_by_the_fail_safe_decision_of_a_dead_sensor()
    {
        (PathRig rig, DecisionOutput output) = Rig(isSafeOn: false, "stopped");
        rig.Sensor.Script = n => n > 3 ? FrameKind.None : FrameKind.Good;

        for (int i = 0; i < 10; i++)
        {
            _time.Advance(0.1);
            rig.Read(1);
        }

        Assert.True(output.IsOn);
        Assert.Equal([true], _driven);
    }

    [Fact]
    public void It_is_safe_while_no_model_answers_and_keeps_its_state_from_one_model_to_the_next()
    {
        (PathRig rig, DecisionOutput output) = Rig(isSafeOn: true, "busy");
        rig.Read(2);
        bool whileIdle = output.IsOn;
        rig.Sensor.Script = _ => FrameKind.Busy;
        rig.Read(2);
        rig.Serve(gain: 2);
        rig.Read(2);
        List<bool> beforeWithdrawal = [.. _driven];
        rig.Sensor.Script = _ => FrameKind.Good;
        rig.Read(1);

        rig.Path.Withdraw();
        rig.Read(1);

        Assert.False(whileIdle);
        Assert.Equal([false, true], beforeWithdrawal);
        Assert.True(rig.Path.IsWithdrawn);
        Assert.Equal([false, true, false, true], _driven);
    }

    [Fact]
    public void A_try_that_failed_is_counted_and_made_again_with_the_next_decision()
    {
        (PathRig rig, DecisionOutput output) = Rig(isSafeOn: false, "busy");
        rig.Sensor.Script = _ => FrameKind.Busy;
        _works = false;
        rig.Read(3);
        (bool failing, bool on) = (output.IsFailing, output.IsOn);
        _works = true;

        rig.Read(2);

        Assert.Equal((true, false), (failing, on));
        Assert.Equal((1, 3, false, true), (output.Changes, output.Failures, output.IsFailing, output.IsOn));
    }

    [Fact]
    public void A_gated_model_leaves_it_as_it_is()
    {
        ModelGate gate = new(["open"], TimeSpan.Zero, _time);
        gate.Decide(opens: true, timestamp: 0);
        DecisionOutput output = new(["busy"], isSafeOn: false, Drive);
        PathRig rig = new(new PathOptions { Gate = gate, Outputs = [output] }, _time, TestPackages.Verification);
        rig.Serve();
        rig.Sensor.Script = _ => FrameKind.Busy;
        rig.Read(1);
        gate.Decide(opens: false, timestamp: 0);
        rig.Sensor.Script = _ => FrameKind.Good;

        rig.Read(3);

        Assert.True(output.IsOn);
    }

    private (PathRig Rig, DecisionOutput Output) Rig(bool isSafeOn, string decision)
    {
        DecisionOutput output = new([decision], isSafeOn, Drive);
        PathRig rig = new(new PathOptions { Outputs = [output] }, _time, TestPackages.Verification);
        rig.Serve(change: FailsSafe);
        return (rig, output);
    }

    private bool Drive(bool on)
    {
        if (_works)
        {
            _driven.Add(on);
        }

        return _works;
    }

    private static ModelManifest FailsSafe(ModelManifest manifest) => manifest with
    {
        Decision = manifest.Decision with { StaleMs = 500, Stale = "stopped" },
    };
}
