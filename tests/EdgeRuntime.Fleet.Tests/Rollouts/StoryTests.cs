using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Rollouts;

/// <summary>Whole rollouts over the wire, with devices that check and obey.</summary>
public sealed class StoryTests
{
    [Fact]
    public void A_good_update_goes_through_the_canary_to_every_device()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        rig.Pass(60);
        rig.Push(rig.V2);

        Rollout rollout = rig.Start("vitals@1.1.0");
        rig.Settle();
        Assert.Single(rig.Devices, device => device.Active.Version == "1.1.0");
        rig.Pass(300, () => rig.Rollout(rollout.Id).State is RolloutState.Completed);

        Assert.IsType<RolloutState.Completed>(rig.Rollout(rollout.Id).State);
        Assert.All(rig.Devices, device => Assert.Equal("1.1.0", device.Active.Version));
        Assert.All(rig.Devices, device => Assert.Single(device.Served));
    }

    [Fact]
    public void A_wrong_update_is_halted_in_the_canary_and_undone_everywhere_it_went()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        rig.Pass(60);
        foreach (ScriptedDevice device in rig.Devices)
        {
            device.Behaviours[TestPackages.LabelOf(rig.V3).Digest] = Behaviour.WrongLabels;
        }

        rig.Push(rig.V3);
        Rollout rollout = rig.Start("vitals@1.2.0");
        rig.Pass(300, () => rig.Rollout(rollout.Id).State is RolloutState.Reverted);

        RolloutState.Reverted state = Assert.IsType<RolloutState.Reverted>(rig.Rollout(rollout.Id).State);
        Assert.Contains("answers otherwise", state.Reason, StringComparison.Ordinal);
        Assert.All(rig.Devices, device => Assert.Equal("1.0.0", device.Active.Version));
        Assert.Single(rig.Devices, device => device.Served.Count > 0);
        Assert.Equal(["1.2.0", "1.0.0"], rig.Devices.Single(device => device.Served.Count > 0).Served.Select(label => label.Version));
    }

    [Fact]
    public void A_device_that_refuses_the_package_halts_the_rollout_with_its_reason()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        foreach (ScriptedDevice device in rig.Devices)
        {
            device.Refuses[TestPackages.LabelOf(rig.V2).Digest] = "golden vector 3 differs by 0.7";
        }

        rig.Push(rig.V2);
        Rollout rollout = rig.Start("vitals@1.1.0");
        rig.Pass(10);

        RolloutState.Reverted state = Assert.IsType<RolloutState.Reverted>(rig.Rollout(rollout.Id).State);
        Assert.Contains("refused it: golden vector 3 differs by 0.7.", state.Reason, StringComparison.Ordinal);
        Assert.Equal(3, rig.Devices.Count(device => device.Generation == 0));
    }

    [Fact]
    public void A_device_that_was_away_during_a_halt_is_taken_back_when_it_returns()
    {
        using FleetRig rig = new FleetRig().With(3);
        rig.Push(rig.V1);
        rig.Pass(60);
        rig.Push(rig.V3);
        Rollout rollout = rig.Start("vitals@1.2.0", FleetRig.QuickPlan with { Gate = new GateLimits { TimeoutSeconds = 30 } });
        rig.Settle();
        ScriptedDevice canary = rig.Devices.Single(device => device.Active.Version == "1.2.0");
        canary.Link.Cut();
        rig.Pass(60, () => !rig.Rollout(rollout.Id).State.IsActive);

        Assert.IsType<RolloutState.Reverted>(rig.Rollout(rollout.Id).State);
        Assert.Equal("1.2.0", canary.Active.Version);
        canary.Link.Mend();
        rig.Settle();

        Assert.Equal("1.0.0", canary.Active.Version);
        Assert.Equal(TargetState.Reverted, rig.Rollout(rollout.Id).Target(canary.Id)!.State);
    }

    [Fact]
    public void A_manager_that_restarts_in_the_middle_goes_on_where_it_was()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        rig.Pass(60);
        rig.Push(rig.V2);
        Rollout rollout = rig.Start("vitals@1.1.0");
        rig.Pass(12);
        Assert.IsType<RolloutState.Soaking>(rig.Rollout(rollout.Id).State);
        long[] generations = [.. rig.Devices.Select(device => device.Generation)];

        rig.RestartManager();

        Assert.IsType<RolloutState.Soaking>(rig.Rollout(rollout.Id).State);
        Assert.Equal(generations, rig.Devices.Select(device => device.Generation));
        rig.Pass(300, () => rig.Rollout(rollout.Id).State is RolloutState.Completed);
        Assert.IsType<RolloutState.Completed>(rig.Rollout(rollout.Id).State);
        Assert.All(rig.Devices, device => Assert.Equal(["1.1.0"], device.Served.Select(label => label.Version)));
    }

    [Fact]
    public void A_manager_that_restarts_while_it_reverts_takes_the_rest_back_too()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        rig.Pass(60);
        rig.Push(rig.V2);
        Rollout rollout = rig.Start("vitals@1.1.0");
        rig.Pass(60, () => rig.Devices.All(device => device.Active.Version == "1.1.0"));
        rig.Devices[0].Link.Cut();
        rig.Devices[1].Link.Cut();
        rig.Settle();
        rig.Ask(() => rig.State.Rollouts.Ask(rollout.Id, new RolloutEvent.AbortAsked(Revert: true) { AtMs = rig.Time.NowMs }));

        rig.RestartManager();
        rig.Devices[0].Link.Mend();
        rig.Devices[1].Link.Mend();
        rig.Pass(5);

        Assert.IsType<RolloutState.Reverted>(rig.Rollout(rollout.Id).State);
        Assert.All(rig.Devices, device => Assert.Equal("1.0.0", device.Active.Version));
    }

    [Fact]
    public void A_broker_that_forgets_everything_hears_every_order_again()
    {
        using FleetRig rig = new FleetRig().With(2);
        rig.Push(rig.V1);
        rig.Pass(60);
        rig.Push(rig.V2);
        Rollout rollout = rig.Start("vitals@1.1.0");
        rig.Pass(120, () => rig.Rollout(rollout.Id).State is RolloutState.Completed);
        int[] heard = [.. rig.Devices.Select(device => device.OrdersHeard)];

        rig.Broker.GoDown(forget: true);
        rig.Settle();
        rig.Broker.ComeUp();
        rig.Pass(2);

        Assert.All(rig.Devices, (device, i) => Assert.True(device.OrdersHeard > heard[i]));
        Assert.All(rig.Devices, device => Assert.Single(device.Served));
        Assert.NotNull(rig.Broker.Retained("edge/v1/dev-0/down/desired"));
    }

    [Fact]
    public void A_second_rollout_of_the_same_model_is_refused_while_one_is_active()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        rig.Push(rig.V2);
        rig.Push(rig.V3);
        rig.Start("vitals@1.1.0");

        RolloutRefusedException refused = Assert.Throws<RolloutRefusedException>(() => rig.Start("vitals@1.2.0"));

        Assert.True(refused.IsConflict);
    }

    [Fact]
    public void A_rollout_that_could_not_be_undone_is_not_begun()
    {
        using FleetRig rig = new FleetRig().With(2);
        rig.Push(rig.V2);

        RolloutRefusedException refused = Assert.Throws<RolloutRefusedException>(() => rig.Start("vitals@1.1.0"));

        Assert.Equal(2, refused.Sentences.Count);
        Assert.All(refused.Sentences, sentence => Assert.Contains("push it first", sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void Generations_grow_even_when_the_managers_database_is_lost()
    {
        using FleetRig rig = new FleetRig().With(1);
        rig.Push(rig.V1);
        rig.Pass(30);
        rig.Push(rig.V2);
        rig.Start("vitals@1.1.0");
        rig.Pass(1);
        long before = rig.Devices[0].Generation;

        // A new manager knows the device only from what it reports.
        using FleetRig other = new();
        long next = other.Ask(() => other.State.Orders.Issue(
            rig.Devices[0].Id, TestPackages.Model, rig.Devices[0].Active.Digest, false, "again", before, other.Time.NowMs));

        Assert.Equal(before + 1, next);
    }

    [Fact]
    public void Every_decision_of_the_gate_is_stored_with_evidence_that_leads_to_it_again()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        rig.Pass(60);
        rig.Push(rig.V2);
        Rollout rollout = rig.Start("vitals@1.1.0");
        rig.Pass(300, () => rig.Rollout(rollout.Id).State is RolloutState.Completed);

        List<(GateEvidence Evidence, GateFinding Finding)> stored = rig.Ask(() => rig.State.Store.Evaluations(rollout.Id, 500));

        Assert.Equal(2, stored.Count(evaluation => evaluation.Finding.Verdict == GateVerdict.Pass));
        Assert.All(stored, evaluation =>
        {
            GateFinding again = Gate.Judge(evaluation.Evidence);
            Assert.Equal(evaluation.Finding.Verdict, again.Verdict);
            Assert.Equal(evaluation.Finding.Criteria.Select(c => c.Value), again.Criteria.Select(c => c.Value));
        });
    }

    [Fact]
    public void A_rollout_without_evidence_halts_and_is_undone()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Push(rig.V1);
        rig.Pass(30);
        rig.Push(rig.V2);
        Rollout rollout = rig.Start("vitals@1.1.0", FleetRig.QuickPlan with { Gate = new GateLimits { TimeoutSeconds = 30 } });
        rig.Settle();
        foreach (ScriptedDevice device in rig.Devices)
        {
            device.Behaviours.Clear();
        }

        for (int i = 0; i < 40; i++)
        {
            rig.Time.Advance(1);
            rig.Settle();
        }

        RolloutState.Reverted state = Assert.IsType<RolloutState.Reverted>(rig.Rollout(rollout.Id).State);
        Assert.StartsWith("No verdict within 30 s: Waits for the first window of 1.1.0", state.Reason, StringComparison.Ordinal);
        Assert.All(rig.Devices, device => Assert.Equal("1.0.0", device.Active.Version));
        Assert.Equal(UpdateState.Committed, rig.Devices.Single(device => device.Served.Count == 2).Phase);
    }

    [Fact]
    public void A_first_configuration_that_is_aborted_is_taken_back_to_none_also_by_a_manager_that_restarts()
    {
        using FleetRig rig = new FleetRig().With(4);
        rig.Devices.ForEach(device => device.TakesSettings = true);
        rig.Settle();
        rig.Push(TestPackages.Configuration());
        Rollout rollout = rig.Start($"{TestPackages.Settings}@1.0.0");
        rig.Settle();
        ScriptedDevice canary = rig.Devices.Single(device => device.Settings is not null);

        rig.Ask(() => rig.State.Rollouts.Ask(rollout.Id, new RolloutEvent.AbortAsked(Revert: true) { AtMs = rig.Time.NowMs }));
        rig.Settle();

        Assert.IsType<RolloutState.Reverted>(rig.Rollout(rollout.Id).State);
        Assert.Null(canary.Settings);
        Assert.Equal("1.0.0", canary.Active.Version);
        rig.RestartManager();
        Assert.True(rig.Show.Device(canary.Id, windows: 1, events: 1)!.Models.Single(model => model.Kind is not null).OnTarget);
        rig.Start($"{TestPackages.Settings}@1.0.0");
        rig.Settle();
        Assert.Single(rig.Devices, device => device.Settings is not null);
    }
}
