using System.Text;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>The ways back: reverts by the fleet, undos, and slots and packages that are damaged.</summary>
public sealed class UpdateReturnTests
{
    private static readonly byte[] One = TestPackages.Make(counter: 1, gain: 1);
    private static readonly byte[] Two = TestPackages.Make(counter: 2, gain: 2);
    private static readonly byte[] Three = TestPackages.Make(counter: 3, gain: 3);

    private readonly SimulatedDisk _disk = new();

    [Fact]
    public void A_revert_goes_back_below_the_floor_without_a_download_or_a_trial()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Obey(device.OrderFor(Two, generation: 1));
        int sent = device.Sent;
        device.Judge = _ => throw new InvalidOperationException("a revert needs no trial");

        device.Obey(device.OrderFor(One, generation: 2, revert: true));

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal(sent, device.Sent);
        Assert.Equal(["verifying", "committed"], device.Story.TakeLast(2));
    }

    [Fact]
    public void A_revert_to_a_package_committed_two_updates_ago_fetches_it_again()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Obey(device.OrderFor(Two, generation: 1));
        device.Obey(device.OrderFor(Three, generation: 2));

        device.Obey(device.OrderFor(One, generation: 3, revert: true));

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal(["downloading", "verifying", "committed"], device.Story.TakeLast(3));
    }

    [Fact]
    public void A_downgrade_below_the_floor_of_a_committed_release_is_rejected()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Obey(device.OrderFor(TestPackages.Make(2, gain: 2, manifest => manifest with { Floor = 2 }), generation: 1));

        device.Obey(device.OrderFor(One, generation: 2));

        Assert.Equal("2.0.0", device.Version);
        Assert.Equal("rejected: its release counter 1 is below 2, the floor that a release committed here has set", device.Story[^1]);
    }

    [Fact]
    public void A_fleet_that_reverts_in_the_middle_of_the_trial_is_obeyed_at_once()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Judge = _ => null;
        device.Obey(device.OrderFor(Two, generation: 1));

        device.Obey(device.OrderFor(One, generation: 2, revert: true));

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal(["undone: generation 2 of deployment d-2 took its place", "committed"], device.Story.TakeLast(2));
        Assert.Equal(1, device.Held);
    }

    [Fact]
    public void An_undo_returns_to_the_package_before_and_survives_a_restart()
    {
        using (SimulatedDevice device = new SimulatedDevice(_disk, One).Start())
        {
            device.Obey(device.OrderFor(Two, generation: 1));

            string answer = device.Agent.Undo("plant", out bool done);
            device.Run();

            Assert.True(done);
            Assert.Equal("'plant' leaves 2.0.0 and returns to 1.0.0", answer);
            Assert.Equal("1.0.0", device.Version);
        }

        using SimulatedDevice again = new SimulatedDevice(_disk, One).Start();
        Assert.Equal("1.0.0", again.Version);
    }

    [Fact]
    public void An_undo_without_anything_to_return_to_says_so()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();

        Assert.Equal(
            "'plant' has no package before that was once committed, and no update is pending",
            device.Agent.Undo("plant", out bool done));
        Assert.False(done);
        Assert.Equal("this device takes no packages for 'pump'; it has 'plant'", device.Agent.Undo("pump", out _));
    }

    [Fact]
    public void An_undo_whose_package_is_damaged_returns_to_the_one_it_left()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Obey(device.OrderFor(Two, generation: 1));
        _disk.FlipBit(SlotOf(One), 700);

        device.Agent.Undo("plant", out _);
        device.Run();

        Assert.Equal("2.0.0", device.Version);
        Assert.Contains(
            $"the active package 1.0.0 cannot be loaded: {SlotOf(One)} does not have the hash of its archive; 2.0.0 takes its place",
            device.Notices);
    }

    [Fact]
    public void An_undo_during_the_download_gives_it_up_and_keeps_the_package()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Way = _ => null;
        device.Obey(device.OrderFor(Two, generation: 1));

        Assert.Equal("the pending update of 'plant' is given up; 1.0.0 stays", device.Agent.Undo("plant", out bool done));

        Assert.True(done);
        Assert.Equal("rejected: the package before was asked for", device.Story[^1]);
    }

    [Fact]
    public void A_damaged_active_package_yields_to_the_one_before_at_the_next_start()
    {
        using (SimulatedDevice device = new SimulatedDevice(_disk, One).Start())
        {
            device.Obey(device.OrderFor(Two, generation: 1));
        }

        _disk.FlipBit(SlotOf(Two), 2000);
        using SimulatedDevice again = new SimulatedDevice(_disk).Start();

        Assert.Equal("1.0.0", again.Version);
    }

    [Fact]
    public void With_both_slots_damaged_the_configured_package_answers_again()
    {
        using (SimulatedDevice device = new SimulatedDevice(_disk, One).Start())
        {
            device.Obey(device.OrderFor(Two, generation: 1));
        }

        _disk.FlipBit(SlotOf(One), 2000);
        _disk.FlipBit(SlotOf(Two), 2000);
        using SimulatedDevice again = new SimulatedDevice(_disk, One).Start();

        Assert.Equal("1.0.0", again.Version);
    }

    [Fact]
    public void A_newer_configured_package_goes_on_trial_at_the_next_start_and_once_only()
    {
        new SimulatedDevice(_disk, One).Start().Dispose();
        using (SimulatedDevice upgraded = new(_disk, Two) { Judge = _ => new SoakVerdict.Undo("bad") })
        {
            upgraded.Start();
            Assert.Equal(["1.0.0", "2.0.0", "1.0.0"], upgraded.Answered);
        }

        using SimulatedDevice again = new SimulatedDevice(_disk, Two).Start();
        Assert.Equal(["1.0.0"], again.Answered);
    }

    [Fact]
    public void A_configured_package_that_is_none_is_noticed_and_the_device_waits_for_the_fleet()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, Encoding.UTF8.GetBytes("hello")).Start();

        Assert.Null(device.Version);
        Assert.StartsWith("the configured package is not used: ", device.Notices[0], StringComparison.Ordinal);
        device.Obey(device.OrderFor(Two, generation: 1));
        Assert.Equal("2.0.0", device.Version);
    }

    [Fact]
    public void A_first_package_that_fails_its_trial_leaves_no_model_rather_than_a_bad_one()
    {
        using SimulatedDevice device = new(_disk) { Judge = _ => new SoakVerdict.Undo("bad") };
        device.Start();

        device.Obey(device.OrderFor(Two, generation: 1));

        Assert.Equal(["2.0.0", "none"], device.Answered);
        Assert.Null(device.Reported.Active);
        Assert.Equal(0, device.Held);
    }

    private static string SlotOf(byte[] archive) =>
        $"slots/plant/{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(archive))}/package.edgepkg";
}
