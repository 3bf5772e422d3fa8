using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Rollouts;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Rollouts;

public sealed class RolloutTests
{
    private static readonly PackageLabel Old = new(Digest('a'), "1.0.0");
    private static readonly PackageLabel New = new(Digest('b'), "1.1.0");

    [Theory]
    [InlineData(1, 25, 1)]
    [InlineData(2, 25, 1)]
    [InlineData(4, 25, 1)]
    [InlineData(9, 25, 2)]
    [InlineData(100, 25, 25)]
    [InlineData(3, 99, 2)]
    [InlineData(2, 99, 1)]
    [InlineData(1000, 0.01, 1)]
    public void A_share_exposes_at_least_one_device_and_leaves_at_least_one_as_control(int devices, double percent, int quota)
    {
        RolloutPlan plan = new() { Stages = [new("canary", percent), new("all", 100)] };

        Assert.Equal(quota, plan.Quota(0, devices, chosen: 0));
        Assert.Equal(devices, plan.Quota(1, devices, chosen: 0));
    }

    [Fact]
    public void A_rollout_goes_through_canary_and_all_to_its_end()
    {
        Fleet fleet = new(4);
        Assert.Equal(["dev-0"], fleet.Exposed);

        fleet.Install("dev-0");
        Assert.IsType<RolloutState.Soaking>(fleet.State);

        fleet.Judge(GateVerdict.Pass);
        Assert.Equal(["dev-0", "dev-1", "dev-2", "dev-3"], fleet.Exposed);

        fleet.Install("dev-1", "dev-2", "dev-3");
        fleet.Judge(GateVerdict.Pass);
        Assert.IsType<RolloutState.Completed>(fleet.State);
        Assert.All(fleet.Rollout.Targets, target => Assert.Equal(TargetState.Committed, target.State));
    }

    [Fact]
    public void A_failed_gate_takes_the_canary_back_and_touches_nobody_else()
    {
        Fleet fleet = new(4);
        fleet.Install("dev-0");

        fleet.Judge(GateVerdict.Fail, "It is wrong.");

        Assert.Equal("It is wrong.", Assert.IsType<RolloutState.Reverting>(fleet.State).Reason);
        Assert.Equal(TargetOrder.Old, fleet.Target("dev-0").Order);
        fleet.Report("dev-0", Old, UpdateState.Committed);
        Assert.IsType<RolloutState.Reverted>(fleet.State);
        Assert.Equal(["dev-0"], fleet.Exposed);
    }

    [Theory]
    [InlineData(UpdateState.Rejected, "dev-0 refused it: bad hash.")]
    [InlineData(UpdateState.Undone, "dev-0 undid it: bad hash.")]
    public void A_device_that_refuses_or_undoes_the_package_halts_the_rollout_at_once(UpdateState step, string reason)
    {
        Fleet fleet = new(4);

        fleet.Step("dev-0", step, "bad hash");

        Assert.Equal(reason, Assert.IsType<RolloutState.Reverting>(fleet.State).Reason);
    }

    [Fact]
    public void Failures_that_are_tolerated_do_not_halt()
    {
        Fleet fleet = new(10, new RolloutPlan { Stages = [new("canary", 30), new("all", 100)], Gate = new GateLimits { MaxFailedInstalls = 1 } });

        fleet.Step("dev-0", UpdateState.Rejected, "no room");
        fleet.Install("dev-1", "dev-2");
        Assert.IsType<RolloutState.Soaking>(fleet.State);

        fleet.Step("dev-1", UpdateState.Undone, "crashed");
        Assert.IsType<RolloutState.Reverting>(fleet.State);
    }

    [Fact]
    public void A_stage_without_evidence_halts_when_its_time_is_over_and_says_what_was_missing()
    {
        Fleet fleet = new(4, new RolloutPlan { Gate = new GateLimits { TimeoutSeconds = 60 } });

        fleet.Tick(60_000);
        Assert.IsType<RolloutState.Installing>(fleet.State);
        fleet.Tick(60_001);

        Assert.Equal(
            "No verdict within 60 s: not installed yet on dev-0 (ordered).", Assert.IsType<RolloutState.Reverting>(fleet.State).Reason);
    }

    [Fact]
    public void A_rollout_on_hold_waits_for_a_person_and_goes_on_with_its_failures_accepted()
    {
        Fleet fleet = new(10, new RolloutPlan { Stages = [new("canary", 20), new("all", 100)], RevertOnHalt = false });
        fleet.Step("dev-0", UpdateState.Rejected, "no room");
        Assert.IsType<RolloutState.Halted>(fleet.State);
        fleet.Install("dev-1");
        Assert.IsType<RolloutState.Halted>(fleet.State);

        fleet.Apply(new RolloutEvent.ResumeAsked { AtMs = fleet.NowMs });

        Assert.IsType<RolloutState.Soaking>(fleet.State);
        Assert.Equal(1, fleet.Rollout.AcceptedFailures);
    }

    [Fact]
    public void Aborting_with_keep_leaves_every_device_as_it_is()
    {
        Fleet fleet = new(4);
        fleet.Install("dev-0");

        fleet.Apply(new RolloutEvent.AbortAsked(Revert: false) { AtMs = fleet.NowMs });

        Assert.IsType<RolloutState.Kept>(fleet.State);
        Assert.Equal(TargetOrder.New, fleet.Target("dev-0").Order);
        Assert.All(["dev-1", "dev-2", "dev-3"], name => Assert.Equal(TargetOrder.None, fleet.Target(name).Order));
    }

    [Fact]
    public void Aborting_with_revert_takes_back_devices_that_are_away_as_soon_as_they_return()
    {
        Fleet fleet = new(4);
        fleet.Install("dev-0");
        fleet.Judge(GateVerdict.Pass);
        fleet.Install("dev-1", "dev-2");
        fleet.Presence("dev-2", online: false);

        fleet.Apply(new RolloutEvent.AbortAsked(Revert: true) { AtMs = fleet.NowMs });
        fleet.Report("dev-0", Old, UpdateState.Committed);
        fleet.Report("dev-1", Old, UpdateState.Committed);
        fleet.Report("dev-3", Old, UpdateState.Idle);

        Assert.IsType<RolloutState.Reverted>(fleet.State);
        Assert.Equal(TargetOrder.Old, fleet.Target("dev-2").Order);
        Assert.Equal(TargetState.Reverting, fleet.Target("dev-2").State);
        fleet.Presence("dev-2", online: true);
        fleet.Report("dev-2", Old, UpdateState.Committed);
        Assert.Equal(TargetState.Reverted, fleet.Target("dev-2").State);
    }

    [Fact]
    public void What_a_device_says_about_an_earlier_order_changes_nothing()
    {
        Fleet fleet = new(4);
        long generation = fleet.Target("dev-0").Generation;

        fleet.Apply(new RolloutEvent.UpdateStepped(Name("dev-0"), New.Digest, generation - 1, UpdateState.Undone, "long ago") { AtMs = 0 });
        fleet.Apply(new RolloutEvent.DeviceReported(Name("dev-0"), New.Digest, generation - 1, UpdateState.Committed) { AtMs = 0 });

        Assert.Equal(TargetState.Ordered, fleet.Target("dev-0").State);
        Assert.IsType<RolloutState.Installing>(fleet.State);
    }

    [Fact]
    public void A_device_that_joins_late_gets_the_package_in_the_last_stage_only()
    {
        Fleet fleet = new(4);

        fleet.Apply(new RolloutEvent.DeviceJoined(Name("late"), Old, Online: true) { AtMs = 0 });
        Assert.Null(fleet.Target("late").Stage);
        fleet.Install("dev-0");
        Assert.Null(fleet.Target("late").Stage);
        fleet.Judge(GateVerdict.Pass);

        Assert.Equal(1, fleet.Target("late").Stage);
        Assert.Equal(TargetOrder.New, fleet.Target("late").Order);
    }

    [Fact]
    public void Named_canaries_are_the_first_stage_and_no_other_device_is()
    {
        Fleet fleet = new(6, new RolloutPlan { Canary = ["dev-4", "dev-2"] });

        Assert.Equal(["dev-2", "dev-4"], fleet.Exposed);
    }

    [Fact]
    public void A_device_that_is_away_is_not_chosen_as_canary()
    {
        Fleet fleet = new(4, offline: ["dev-0"]);

        Assert.Equal(["dev-1"], fleet.Exposed);
    }

    [Fact]
    public void The_last_stage_does_not_wait_for_a_device_that_is_away_and_leaves_it_its_order()
    {
        Fleet fleet = new(4, offline: ["dev-3"]);
        fleet.Install("dev-0");
        fleet.Judge(GateVerdict.Pass);

        fleet.Install("dev-1", "dev-2");
        fleet.Judge(GateVerdict.Pass);

        Assert.IsType<RolloutState.Completed>(fleet.State);
        Assert.Equal(TargetOrder.New, fleet.Target("dev-3").Order);
    }

    [Fact]
    public void A_verdict_on_a_stage_that_is_over_changes_nothing()
    {
        Fleet fleet = new(4);
        fleet.Install("dev-0");
        fleet.Judge(GateVerdict.Pass);

        fleet.Apply(new RolloutEvent.GateJudged(0, GateVerdict.Fail, "too late") { AtMs = fleet.NowMs });

        Assert.IsType<RolloutState.Installing>(fleet.State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20_260_101)]
    public void No_sequence_of_events_exposes_more_devices_than_the_stage_allows_or_orders_forward_once_reverting(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 60; round++)
        {
            Fleet fleet = new(random.Next(1, 12), RandomPlan(random));
            bool reverting = false;
            for (int step = 0; step < 150; step++)
            {
                fleet.Apply(AnyEvent(fleet, random));

                string where = $"seed {seed}, round {round}, step {step}: {fleet.State}";
                int exposed = fleet.Rollout.Targets.Count(target => target is { Stage: not null, Joined: false });
                Assert.True(exposed <= fleet.Rollout.Quota(fleet.State.Stage), where);
                Assert.True(fleet.Rollout.Targets.All(t => !t.Joined || t.Stage is null || fleet.Rollout.IsLast(t.Stage.Value)), where);
                Assert.True(fleet.Rollout.Targets.All(t => t.Stage is not null || t.Order == TargetOrder.None), where);
                reverting |= fleet.State is RolloutState.Reverting;
                Assert.True(!reverting || fleet.Rollout.Targets.All(t => t.From is null || t.Order != TargetOrder.New || fleet.State is RolloutState.Kept), where);
            }
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(20_260_102)]
    public void A_reverted_rollout_ends_with_every_exposed_device_ordered_back_and_every_one_that_answers_back(int seed)
    {
        Random random = new(seed);
        int reverted = 0;
        for (int round = 0; round < 80; round++)
        {
            Fleet fleet = new(random.Next(2, 12), RandomPlan(random) with { RevertOnHalt = true });
            for (int step = 0; step < random.Next(5, 80) && fleet.State is not RolloutState.Completed and not RolloutState.Kept; step++)
            {
                fleet.Apply(AnyEvent(fleet, random));
            }

            if (fleet.State is RolloutState.Completed or RolloutState.Kept)
            {
                continue;
            }

            fleet.Apply(new RolloutEvent.AbortAsked(Revert: true) { AtMs = fleet.NowMs });
            foreach (RolloutTarget target in fleet.Rollout.Targets.ToArray())
            {
                fleet.Presence(target.Device.ToString(), online: true);
                fleet.Report(target.Device.ToString(), Old, UpdateState.Committed);
            }

            reverted++;
            Assert.True(fleet.State is RolloutState.Reverted, $"seed {seed}, round {round}: {fleet.State}");
            Assert.All(fleet.Rollout.Targets.Where(t => t.Stage is not null), target =>
            {
                Assert.Equal(TargetOrder.Old, target.Order);
                Assert.Equal(TargetState.Reverted, target.State);
            });
        }

        Assert.True(reverted > 20, $"seed {seed}: only {reverted} rounds came to a revert");
    }

    private static RolloutPlan RandomPlan(Random random) => new()
    {
        Stages = random.Next(3) switch
        {
            0 => [new("all", 100)],
            1 => [new("canary", 25), new("all", 100)],
            _ => [new("canary", 10), new("half", 50), new("all", 100)],
        },
        RevertOnHalt = random.Next(2) == 0,
        Gate = new GateLimits { MaxFailedInstalls = random.Next(3), TimeoutSeconds = 100 },
    };

    private static RolloutEvent AnyEvent(Fleet fleet, Random random)
    {
        RolloutTarget target = fleet.Rollout.Targets[random.Next(fleet.Rollout.Targets.Count)];
        long generation = target.Generation - (random.Next(8) == 0 ? 1 : 0);
        PackageLabel package = random.Next(4) == 0 ? Old : New;
        return random.Next(12) switch
        {
            0 => new RolloutEvent.Ticked { AtMs = fleet.NowMs += random.Next(20_000) },
            1 or 2 => new RolloutEvent.PresenceChanged(target.Device, random.Next(4) > 0) { AtMs = fleet.NowMs },
            3 => new RolloutEvent.DeviceJoined(Name($"late-{random.Next(5)}"), Old, random.Next(2) == 0) { AtMs = fleet.NowMs },
            4 or 5 or 6 => new RolloutEvent.DeviceReported(target.Device, package.Digest, generation, (UpdateState)random.Next(5)) { AtMs = fleet.NowMs },
            7 or 8 => new RolloutEvent.UpdateStepped(target.Device, package.Digest, generation, (UpdateState)random.Next(1, 5), null) { AtMs = fleet.NowMs },
            9 => new RolloutEvent.UpdateStepped(target.Device, package.Digest, generation, random.Next(20) == 0 ? UpdateState.Undone : UpdateState.Committed, "why") { AtMs = fleet.NowMs },
            10 => new RolloutEvent.GateJudged(fleet.State.Stage, random.Next(8) == 0 ? GateVerdict.Fail : GateVerdict.Pass, "so") { AtMs = fleet.NowMs },
            _ => random.Next(6) switch
            {
                0 => new RolloutEvent.AbortAsked(random.Next(2) == 0) { AtMs = fleet.NowMs },
                1 => new RolloutEvent.ResumeAsked { AtMs = fleet.NowMs },
                _ => new RolloutEvent.Ticked { AtMs = fleet.NowMs },
            },
        };
    }

    private static DeviceId Name(string text) => DeviceId.Parse(text);

    private static ModelId Digest(char hex) => ModelId.TryParse(new string(hex, 64), out ModelId id) ? id : default;

    /// <summary>A rollout with a driver that issues every order at once, as the real one does.</summary>
    private sealed class Fleet
    {
        private long _generation;

        public Fleet(int devices, RolloutPlan? plan = null, string[]? offline = null)
        {
            plan ??= new RolloutPlan();
            Rollout = new Rollout
            {
                Id = "r",
                Model = "vitals",
                Package = New,
                Plan = plan,
                CreatedMs = 0,
                State = new RolloutState.Installing(0) { Stage = 0 },
                Targets = [.. Enumerable.Range(0, devices).Select(i => $"dev-{i}")
                    .OrderByDescending(name => plan.Canary.Contains(name)).ThenBy(name => name, StringComparer.Ordinal)
                    .Select(name => new RolloutTarget { Device = Name(name), From = Old, Online = offline?.Contains(name) != true })],
            };
            Tick(0);
        }

        public Rollout Rollout { get; private set; }

        public RolloutState State => Rollout.State;

        public long NowMs { get; set; }

        public IEnumerable<string> Exposed =>
            Rollout.Targets.Where(target => target.Stage is not null).Select(target => target.Device.ToString()).Order(StringComparer.Ordinal);

        public RolloutTarget Target(string name) => Rollout.Target(Name(name))!;

        public void Apply(RolloutEvent happened)
        {
            Rollout = Rollout.Next(Rollout, happened);
            List<IssuedOrder> orders = [.. Rollout.Targets
                .Where(target => Rollout.Wanted(target) != target.Order && Rollout.Wanted(target) != TargetOrder.None)
                .Select(target => new IssuedOrder(target.Device, Rollout.Wanted(target), ++_generation))];
            if (orders.Count > 0)
            {
                Apply(new RolloutEvent.OrdersIssued(orders) { AtMs = happened.AtMs });
            }
        }

        public void Tick(long nowMs)
        {
            NowMs = nowMs;
            Apply(new RolloutEvent.Ticked { AtMs = nowMs });
        }

        public void Presence(string name, bool online) =>
            Apply(new RolloutEvent.PresenceChanged(Name(name), online) { AtMs = NowMs });

        public void Step(string name, UpdateState step, string? reason) =>
            Apply(new RolloutEvent.UpdateStepped(Name(name), New.Digest, Target(name).Generation, step, reason) { AtMs = NowMs });

        public void Report(string name, PackageLabel active, UpdateState phase) =>
            Apply(new RolloutEvent.DeviceReported(Name(name), active.Digest, Target(name).Generation, phase) { AtMs = NowMs });

        public void Install(params string[] names)
        {
            foreach (string name in names)
            {
                Step(name, UpdateState.Downloading, null);
                Step(name, UpdateState.Soaking, null);
                Report(name, New, UpdateState.Committed);
            }
        }

        public void Judge(GateVerdict verdict, string summary = "so") =>
            Apply(new RolloutEvent.GateJudged(State.Stage, verdict, summary) { AtMs = NowMs });
    }
}
