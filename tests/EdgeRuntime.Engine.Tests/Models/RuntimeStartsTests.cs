using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class RuntimeStartsTests
{
    private static readonly ModelId Package = ModelId.Of("one"u8);
    private readonly SimulatedDisk _disk = new();
    private readonly ManualTime _clock = new();

    [Fact]
    public void A_package_on_trial_is_started_once_and_that_it_died_before_it_served_is_said()
    {
        Assert.Null(Starts().Begin(Package, trial: 7));
        _clock.Advance(3);

        Assert.Equal("it did not come to serve: the process ended within 3 s of its start", Starts().Begin(Package, trial: 7));
    }

    [Fact]
    public void A_package_that_served_and_ended_in_its_trial_is_not_started_again_and_a_newer_order_tries_it_anew()
    {
        Starts().Begin(Package, trial: 7);
        Starts().Served(Package, trial: 7);

        Assert.Equal("the process ended during its trial", Starts().Begin(Package, trial: 7));
        Assert.Equal("the machine restarted in its trial", Starts("other").Begin(Package, trial: 7));
        Assert.Null(Starts().Begin(Package, trial: 8));
    }

    [Fact]
    public void A_trusted_package_that_never_comes_to_serve_is_started_twice_in_one_run_of_the_machine()
    {
        Assert.Null(Starts().Begin(Package, null));
        Assert.Null(Starts().Begin(Package, null));
        Assert.Contains("2 times in a row", Starts().Begin(Package, null), StringComparison.Ordinal);

        Assert.Null(Starts("other").Begin(Package, null));
    }

    [Fact]
    public void A_trusted_package_that_serves_is_started_as_often_as_its_process_ends()
    {
        for (int start = 0; start < 10; start++)
        {
            Assert.Null(Starts().Begin(Package, null));
            Starts().Served(Package, null);
        }
    }

    private RuntimeStarts Starts(string boot = "boot") => new(_disk, boot, _clock);
}
