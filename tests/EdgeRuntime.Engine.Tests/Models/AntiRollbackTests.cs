using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>
/// What may go back and what may not: the floor rises by a signed statement alone, and nothing below it comes by any way.
/// Orders without a key and orders that are replayed are the business of UpdateAgentTests.
/// </summary>
public sealed class AntiRollbackTests
{
    private static readonly StoredPackage Four = Package(4);
    private static readonly StoredPackage Five = Package(5);
    private static readonly StoredPackage Six = Package(6) with { Floor = 5 };

    [Fact]
    public void A_newer_package_that_states_no_floor_leaves_the_way_back_open()
    {
        LineState state = Commit(Commit(LineState.Empty, Four), Five);
        Assert.Equal(0, state.Floor);

        Assert.Equal(Four, Offer(state, Four).Active);
    }

    [Fact]
    public void A_floor_holds_once_the_package_that_states_it_is_committed_and_not_before()
    {
        LineState soaking = Soak(Commit(LineState.Empty, Five), Six);
        Assert.Equal(0, soaking.Floor);
        Assert.Equal(0, Activation.Next(soaking, new ActivationEvent.Failed("bad", PackageAtFault: true)).Floor);

        Assert.Equal(5, Activation.Next(soaking, new ActivationEvent.TrialPassed()).Floor);
    }

    [Fact]
    public void A_floor_never_sinks()
    {
        LineState state = Commit(Commit(Commit(LineState.Empty, Five), Six), Package(7) with { Floor = 2 });

        Assert.Equal(5, state.Floor);
    }

    [Theory]
    [InlineData(4, false, false)]
    [InlineData(4, true, false)]
    [InlineData(5, false, true)]
    [InlineData(5, true, true)]
    [InlineData(7, false, true)]
    [InlineData(7, true, true)]
    public void An_order_or_a_revert_is_obeyed_at_the_floor_and_above_and_refused_below(long counter, bool revert, bool taken)
    {
        LineState state = Commit(Commit(LineState.Empty, Five), Six);

        LineState after = Offer(state, Package(counter), revert);

        Assert.Equal(taken ? counter : 6, after.Active!.ReleaseCounter);
        if (!taken)
        {
            Assert.Equal("its release counter 4 is below 5, the floor that a release committed here has set",
                Assert.IsType<Outcome.Rejected>(after.Last).Reason);
        }
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public void A_local_undo_works_without_anybody_at_the_floor_and_above(long before, bool works)
    {
        LineState state = Commit(Commit(LineState.Empty, Package(before)), Six);

        LineState after = Activation.Next(state, new ActivationEvent.UndoAsked("asked for"));

        Assert.Equal(works ? before : 6, after.Active!.ReleaseCounter);
        Assert.Equal(5, after.Floor);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, true)]
    public void The_configuration_goes_upwards_only_whatever_the_floor_is(long counter, bool taken)
    {
        LineState back = Activation.Next(Commit(Commit(LineState.Empty, Five), Package(6)), new ActivationEvent.UndoAsked("asked for"));
        StoredPackage configured = Package(counter) with { Digest = Named($"configured-{counter}") };

        LineState after = Activation.Next(back, new ActivationEvent.Configured(Order(configured, 0) with { Configured = true }, counter));

        Assert.Equal(taken, after.Phase is Activation.Verifying);
    }

    [Fact]
    public void A_crash_loop_goes_back_once_and_not_to_and_fro()
    {
        LineState state = Commit(Commit(LineState.Empty, Five), Package(6));

        LineState back = Activation.Next(state, new ActivationEvent.CrashLooped("it crashes"));
        Assert.Equal(5, back.Active!.ReleaseCounter);
        Assert.Equal("it crashes", Assert.IsType<Outcome.Undone>(back.Last).Reason);

        Assert.Same(back, Activation.Next(back, new ActivationEvent.CrashLooped("it crashes")));
    }

    private static LineState Offer(LineState state, StoredPackage package, bool revert = false)
    {
        state = Soak(state, package, revert);
        return Activation.Next(state, new ActivationEvent.TrialPassed());
    }

    private static LineState Commit(LineState state, StoredPackage package)
    {
        LineState committed = Offer(state, package);
        Assert.Equal(package, committed.Active);
        return committed;
    }

    private static LineState Soak(LineState state, StoredPackage package, bool revert = false)
    {
        state = Activation.Next(state, new ActivationEvent.Ordered(Order(package, state.Generation + 1) with { Revert = revert }));
        state = Activation.Next(state, new ActivationEvent.Fetched());
        state = Activation.Next(state, new ActivationEvent.Verified(package));
        state = Activation.Next(state, new ActivationEvent.Installed());
        return Activation.Next(state, new ActivationEvent.SwitchedOver());
    }

    private static StoredPackage Package(long counter) =>
        new(Named($"p{counter}"), $"{counter}.0.0", counter, new string('0', 64), 100);

    private static ModelId Named(string name) => ModelId.Of(System.Text.Encoding.UTF8.GetBytes(name));

    private static UpdateOrder Order(StoredPackage package, long generation) => new()
    {
        Deployment = $"d{generation}",
        Generation = generation,
        Digest = package.Digest,
        Version = package.Version,
        ArchiveSha256 = package.ArchiveSha256,
        Size = package.Size,
        ChunkBytes = 10,
    };
}
