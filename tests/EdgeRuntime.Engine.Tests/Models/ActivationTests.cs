using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class ActivationTests
{
    private static readonly StoredPackage Old = Package("old", 1);
    private static readonly StoredPackage New = Package("new", 2);
    private static readonly StoredPackage Third = Package("third", 3);

    private static readonly LineState OnlyOld = LineState.Empty with
    {
        A = Old, ActiveSlot = Slot.A, Highest = 1, Trusted = [Old.Digest], Generation = 1, Deployment = "first",
    };

    [Fact]
    public void An_update_that_goes_well_passes_every_phase_and_is_committed()
    {
        LineState state = Ordered(OnlyOld, New, 2);
        Assert.IsType<Activation.Downloading>(state.Phase);

        state = Activation.Next(state, new ActivationEvent.Fetched());
        Assert.IsType<Activation.Verifying>(state.Phase);

        state = Activation.Next(state, new ActivationEvent.Verified(New));
        Assert.IsType<Activation.Installing>(state.Phase);

        state = Activation.Next(state, new ActivationEvent.Installed());
        Assert.IsType<Activation.Switching>(state.Phase);
        Assert.Equal(New, state.Serving);
        Assert.Equal(Old, state.Active);

        state = Activation.Next(state, new ActivationEvent.SwitchedOver());
        Assert.IsType<Activation.Soaking>(state.Phase);

        state = Activation.Next(state, new ActivationEvent.TrialPassed());
        Assert.IsType<Activation.Steady>(state.Phase);
        Assert.Equal(New, state.Active);
        Assert.Equal(Old, state.Previous);
        Assert.Equal((0, 2), (state.Floor, state.Highest));
        Assert.Equal(new Outcome.Committed("d2", 2, New.Digest, "new"), state.Last);
    }

    [Fact]
    public void A_failed_trial_returns_to_the_trusted_model_with_its_reason()
    {
        LineState state = Activation.Next(Soaking(OnlyOld, New), new ActivationEvent.Failed("too slow", PackageAtFault: true));

        Assert.Equal(Old, state.Serving);
        Assert.Equal(new Outcome.Undone("d2", 2, New.Digest, "new", "too slow"), state.Last);
        Assert.Null(state.Previous);
    }

    [Fact]
    public void Power_loss_during_a_trial_returns_to_the_model_that_was_trusted()
    {
        LineState state = Activation.Next(Soaking(OnlyOld, New), new ActivationEvent.Restarted(IncomingIsHere: false));

        Assert.Equal(Old, state.Serving);
        Assert.Equal("the device restarted during the trial", Assert.IsType<Outcome.Undone>(state.Last).Reason);
    }

    [Fact]
    public void A_restart_during_the_download_goes_on_with_it()
    {
        LineState state = Ordered(OnlyOld, New, 2);

        Assert.Same(state, Activation.Next(state, new ActivationEvent.Restarted(IncomingIsHere: true)));
    }

    [Fact]
    public void A_package_that_takes_the_device_down_while_it_is_checked_is_refused_after_the_second_time()
    {
        LineState state = Activation.Next(Ordered(OnlyOld, New, 2), new ActivationEvent.Fetched());

        state = Activation.Next(state, new ActivationEvent.Restarted(IncomingIsHere: true));
        Assert.IsType<Activation.Verifying>(state.Phase);

        state = Activation.Next(state, new ActivationEvent.Restarted(IncomingIsHere: true));
        Assert.Equal(
            "the device restarted 2 times while it checked the package", Assert.IsType<Outcome.Rejected>(state.Last).Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restart_during_the_installation_checks_the_bytes_again_where_they_are(bool incomingIsHere)
    {
        LineState state = Activation.Next(Ordered(OnlyOld, New, 2), new ActivationEvent.Fetched());
        state = Activation.Next(state, new ActivationEvent.Verified(New));

        state = Activation.Next(state, new ActivationEvent.Restarted(incomingIsHere));

        Activation.Verifying again = Assert.IsType<Activation.Verifying>(state.Phase);
        Assert.Equal(incomingIsHere ? PackageSource.Incoming : PackageSource.Spare, again.Source);
        Assert.Equal(2, again.Attempt);
        Assert.Equal(incomingIsHere ? null : New, state.Spare);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-5)]
    public void An_order_of_a_generation_not_above_the_highest_changes_nothing(long generation)
    {
        Assert.Same(OnlyOld, Ordered(OnlyOld, New, generation));
    }

    [Fact]
    public void An_order_for_the_active_package_is_committed_at_once()
    {
        LineState state = Ordered(OnlyOld, Old, 2);

        Assert.IsType<Activation.Steady>(state.Phase);
        Assert.Equal(new Outcome.Committed("d2", 2, Old.Digest, "old"), state.Last);
    }

    [Fact]
    public void A_newer_order_for_the_same_bytes_keeps_the_work_done()
    {
        LineState state = Activation.Next(Ordered(OnlyOld, New, 2), new ActivationEvent.Fetched());

        state = Ordered(state, New, 3);

        Assert.Equal(3, Assert.IsType<Activation.Verifying>(state.Phase).Order.Generation);
        Assert.Empty(state.Untold);
    }

    [Fact]
    public void A_newer_order_for_other_bytes_takes_the_place_of_the_pending_one()
    {
        LineState state = Ordered(Ordered(OnlyOld, New, 2), Third, 3);

        Assert.Equal(Third.Digest, Assert.IsType<Activation.Downloading>(state.Phase).Order.Digest);
        Assert.Equal(
            "generation 3 of deployment d3 took its place", Assert.IsType<Outcome.Rejected>(Assert.Single(state.Untold)).Reason);
    }

    [Fact]
    public void A_fleet_that_reverts_during_the_trial_gets_both_ends_told()
    {
        LineState state = Ordered(Soaking(OnlyOld, New), Old, 3, revert: true);

        Assert.Equal(Old, state.Serving);
        Assert.IsType<Outcome.Undone>(state.Untold[0]);
        Assert.Equal(new Outcome.Committed("d3", 3, Old.Digest, "old"), state.Untold[1]);
    }

    [Fact]
    public void A_revert_to_a_package_never_committed_here_still_needs_its_trial()
    {
        LineState state = Ordered(OnlyOld, New, 2, revert: true);
        state = Activation.Next(state, new ActivationEvent.Fetched());
        state = Activation.Next(state, new ActivationEvent.Verified(New));
        state = Activation.Next(state, new ActivationEvent.Installed());

        state = Activation.Next(state, new ActivationEvent.SwitchedOver());

        Assert.IsType<Activation.Soaking>(state.Phase);
    }

    [Fact]
    public void There_is_no_undo_to_a_package_that_was_never_committed()
    {
        LineState undone = Activation.Next(Soaking(OnlyOld, New), new ActivationEvent.Failed("bad", true));

        Assert.Same(undone, Activation.Next(undone, new ActivationEvent.UndoAsked("asked for")));
    }

    [Fact]
    public void An_active_package_that_cannot_be_loaded_any_more_yields_to_the_one_before()
    {
        LineState state = Activation.Next(Committed(OnlyOld, New), new ActivationEvent.ActiveUnusable());

        Assert.Equal(Old, state.Active);
        Assert.Null(state.Spare);
    }

    [Fact]
    public void A_device_without_any_model_takes_the_configured_package_without_a_trial()
    {
        LineState state = Activation.Next(LineState.Empty, new ActivationEvent.Configured(ConfiguredOrder(Old), 1));
        state = Activation.Next(state, new ActivationEvent.Verified(Old));
        state = Activation.Next(state, new ActivationEvent.Installed());

        state = Activation.Next(state, new ActivationEvent.SwitchedOver());

        Assert.Equal(Old, state.Active);
        Assert.IsType<Activation.Steady>(state.Phase);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void A_newer_configured_package_goes_on_trial_and_no_other_does(long counter, bool taken)
    {
        LineState state = Activation.Next(OnlyOld, new ActivationEvent.Configured(ConfiguredOrder(New), counter));

        Assert.Equal(taken, state.Phase is Activation.Verifying);
    }

    [Fact]
    public void A_configured_package_that_was_undone_once_is_not_tried_at_every_start()
    {
        LineState undone = Activation.Next(Soaking(OnlyOld, New), new ActivationEvent.Restarted(false));

        Assert.Same(undone, Activation.Next(undone, new ActivationEvent.Configured(ConfiguredOrder(New), 2)));
    }

    [Fact]
    public void An_end_is_told_until_the_fleet_knows_it()
    {
        LineState state = Committed(OnlyOld, New);
        Assert.Single(state.Untold);

        state = Activation.Next(state, new ActivationEvent.Told(state.Untold[0]));

        Assert.Empty(state.Untold);
        Assert.NotNull(state.Last);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20_260_101)]
    public void No_sequence_of_events_trusts_a_package_that_never_passed_a_trial(int seed)
    {
        Random random = new(seed);
        StoredPackage[] packages = [.. Enumerable.Range(0, 60).Select(i => Package($"p{i}", i / 4) with { Floor = i % 3 == 0 ? i / 8 : 0 })];
        LineState state = LineState.Empty;
        int commits = 0;
        int undos = 0;
        for (int step = 0; step < 50_000; step++)
        {
            if (step % 200 == 0)
            {
                // A new device: an old one has climbed to the highest floor, and refuses nearly everything.
                state = LineState.Empty;
            }

            ActivationEvent happened = AnyEvent(random, state, packages);
            LineState before = state;

            state = Activation.Next(before, happened);

            string story = $"seed {seed}, step {step}: {before.Phase} -> {state.Phase} by {happened}";
            Assert.True(state.Contradiction() is null, $"{story}: {state.Contradiction()}");
            Assert.True(state.Floor >= before.Floor && state.Generation >= before.Generation, story);
            Assert.True(state.Untold.Count <= LineState.UntoldLimit && state.Trusted.Count <= LineState.TrustedLimit, story);
            foreach (ModelId trusted in state.Trusted.Except(before.Trusted))
            {
                bool earned = before.Phase is Activation.Soaking && happened is ActivationEvent.TrialPassed;
                bool first = before.Active is null && happened is ActivationEvent.SwitchedOver;
                Assert.True((earned || first) && before.Spare?.Digest == trusted, story);
                commits++;
            }

            if (before.Active is { } active && state.ActiveSlot != before.ActiveSlot)
            {
                Assert.True(state.Active is null || state.IsTrusted(state.Active.Digest), story);
                Assert.True(state.Active is not null || happened is ActivationEvent.ActiveUnusable or ActivationEvent.OrderedNone, story);
            }

            bool kept = before.ActiveSlot is not Slot slot || state[slot] == before[slot]
                || happened is ActivationEvent.ActiveUnusable or ActivationEvent.OrderedNone;
            Assert.True(kept, $"{story}: the active slot changed");
            undos += state.Last is Outcome.Undone && !ReferenceEquals(state.Last, before.Last) ? 1 : 0;
        }

        Assert.True(commits > 300 && undos > 100, $"seed {seed}: only {commits} commits and {undos} undos");
    }

    private static ActivationEvent AnyEvent(Random random, LineState state, StoredPackage[] packages)
    {
        StoredPackage any = packages[random.Next(packages.Length)];
        StoredPackage pending = packages.FirstOrDefault(p => p.Digest == state.Phase.Pending?.Digest) ?? any;
        if (random.Next(4) != 0)
        {
            return Progress(state, pending);
        }

        return random.Next(16) switch
        {
            0 => new ActivationEvent.Ordered(Order(any, state.Generation + random.Next(-1, 3), random.Next(3) == 0)),
            1 => random.Next(8) == 0
                ? new ActivationEvent.OrderedNone(state.Generation + random.Next(-1, 2), "d")
                : new ActivationEvent.NotNamed(state.Generation + random.Next(-1, 2), "d"),
            2 => new ActivationEvent.Configured(ConfiguredOrder(any), any.ReleaseCounter),
            3 or 4 => new ActivationEvent.Fetched(),
            5 or 6 => new ActivationEvent.Verified(random.Next(10) == 0 ? any : pending),
            7 or 8 => new ActivationEvent.Installed(),
            9 or 10 => new ActivationEvent.SwitchedOver(),
            11 or 12 => new ActivationEvent.TrialPassed(),
            13 => random.Next(3) == 0 ? new ActivationEvent.Failed("f", random.Next(2) == 0) : new ActivationEvent.Restarted(random.Next(2) == 0),
            14 => random.Next(3) switch
            {
                0 => new ActivationEvent.UndoAsked("u"),
                1 => new ActivationEvent.CrashLooped("c"),
                _ => new ActivationEvent.Fetched(),
            },
            _ => random.Next(4) == 0 ? new ActivationEvent.ActiveUnusable()
                : state.Untold.Count > 0 ? new ActivationEvent.Told(state.Untold[0]) : new ActivationEvent.Installed(),
        };
    }

    private static ActivationEvent Progress(LineState state, StoredPackage pending) => state.Phase switch
    {
        Activation.Downloading => new ActivationEvent.Fetched(),
        Activation.Verifying => new ActivationEvent.Verified(pending),
        Activation.Installing => new ActivationEvent.Installed(),
        Activation.Switching => new ActivationEvent.SwitchedOver(),
        Activation.Soaking => new ActivationEvent.TrialPassed(),
        _ => new ActivationEvent.Ordered(Order(pending, state.Generation + 1)),
    };

    private static StoredPackage Package(string name, long counter) =>
        new(ModelId.Of(System.Text.Encoding.UTF8.GetBytes(name)), name, counter, new string('0', 64), 100);

    private static UpdateOrder Order(StoredPackage package, long generation, bool revert = false) => new()
    {
        Deployment = $"d{generation}",
        Generation = generation,
        Digest = package.Digest,
        Version = package.Version,
        ArchiveSha256 = package.ArchiveSha256,
        Size = package.Size,
        ChunkBytes = 10,
        Revert = revert,
    };

    private static UpdateOrder ConfiguredOrder(StoredPackage package) =>
        Order(package, 0) with { Deployment = UpdateOrder.ConfiguredDeployment, Configured = true };

    private static LineState Ordered(LineState state, StoredPackage package, long generation, bool revert = false) =>
        Activation.Next(state, new ActivationEvent.Ordered(Order(package, generation, revert)));

    private static LineState Soaking(LineState state, StoredPackage package)
    {
        state = Ordered(state, package, state.Generation + 1);
        state = Activation.Next(state, new ActivationEvent.Fetched());
        state = Activation.Next(state, new ActivationEvent.Verified(package));
        state = Activation.Next(state, new ActivationEvent.Installed());
        return Activation.Next(state, new ActivationEvent.SwitchedOver());
    }

    private static LineState Committed(LineState state, StoredPackage package) =>
        Activation.Next(Soaking(state, package), new ActivationEvent.TrialPassed());
}
