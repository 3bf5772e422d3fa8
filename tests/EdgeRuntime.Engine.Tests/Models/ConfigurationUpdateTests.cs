using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>What is different where packages bring a part of the device's configuration, beside the models'.</summary>
public sealed class ConfigurationUpdateTests : IDisposable
{
    private static readonly byte[] One = TestPackages.MakeConfiguration(counter: 1);
    private static readonly byte[] Two = TestPackages.MakeConfiguration(counter: 2, """{"labels": {"site": "north"}}""");

    private readonly SimulatedDisk _disk = new();
    private SimulatedDevice _device;

    public ConfigurationUpdateTests() => _device = Start();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_configuration_is_fetched_checked_tried_and_kept_as_a_model_is_and_the_models_stay_as_they_are()
    {
        Obey(One, generation: 1);

        Assert.Equal("1.0.0", _device.InForce?.Manifest.Version);
        Assert.Equal(["downloading", "verifying", "soaking", "committed"], _device.Story.TakeLast(4));
        Assert.Equal(["1.0.0"], _device.Answered);
        Assert.Equal((null, "config"), (_device.Agent.Report()[0].Kind, _device.Agent.Report()[1].Kind));
        Restart();
        Assert.Equal("1.0.0", _device.InForce?.Manifest.Version);
    }

    [Fact]
    public void An_undo_of_the_first_configuration_leads_back_to_the_devices_own_file()
    {
        Obey(One, generation: 1);

        string said = _device.Agent.Undo(TestPackages.ConfigurationName, out bool done);
        _device.Run();

        Assert.True(done, said);
        Assert.Equal("'settings' leaves 1.0.0 and returns to no package", said);
        Assert.Null(_device.InForce);
        Restart();
        Assert.Null(_device.InForce);
        Assert.Empty(_device.Notices);
    }

    [Fact]
    public void A_configuration_that_fails_its_trial_leaves_the_one_before_in_force()
    {
        Obey(One, generation: 1);
        _device.Judge = _ => new SoakVerdict.Undo("the sensor 'line' does not deliver");

        Obey(Two, generation: 2);

        Assert.Equal("1.0.0", _device.InForce?.Manifest.Version);
        Assert.Equal("undone: the sensor 'line' does not deliver", _device.Story[^1]);
    }

    [Fact]
    public void A_configuration_that_the_device_cannot_take_over_is_undone_with_the_reason()
    {
        _device.Objects = package => package is LoadedConfiguration ? "the sensor 'line' cannot be opened" : null;

        Obey(One, generation: 1);

        Assert.Null(_device.InForce);
        Assert.Equal("undone: the sensor 'line' cannot be opened", _device.Story[^1]);
    }

    [Fact]
    public void A_configuration_in_force_that_a_later_start_cannot_take_over_is_given_up_and_said()
    {
        Obey(One, generation: 1);

        Restart(package => package is LoadedConfiguration ? "the sensor 'line' cannot be opened" : null);

        Assert.Null(_device.InForce);
        Assert.Equal("1.0.0", _device.Version);
        Assert.Equal(
            "the active package 1.0.0 cannot be used: the sensor 'line' cannot be opened; no package is left in the slots", Assert.Single(_device.Notices));
    }

    [Fact]
    public void A_configuration_with_a_mistake_is_refused_before_it_is_in_force()
    {
        Obey(TestPackages.MakeConfiguration(1, """{"models": [{"sensor": "nowhere"}]}"""), generation: 1);

        Assert.Equal("rejected: edge.json: models[0].sensor: there is no sensor 'nowhere'", _device.Story[^1]);
        Assert.DoesNotContain("soaking", _device.Story.Skip(1));
    }

    [Fact]
    public void A_package_of_another_kind_is_refused_whatever_its_name()
    {
        Obey(TestPackages.Make(1, change: manifest => manifest with { Name = TestPackages.ConfigurationName }), generation: 1);

        Assert.Equal("rejected: it is of the kind model, and 'settings' is of the kind config", _device.Story[^1]);
    }

    [Fact]
    public void A_crash_loop_after_the_first_configuration_ends_with_the_devices_own_file()
    {
        Obey(One, generation: 1);
        LineState state = SlotStore.Open(_disk, TestPackages.ConfigurationName).State;

        LineState model = Activation.Next(state, new ActivationEvent.CrashLooped("it crashes"));
        LineState own = Activation.Next(state, new ActivationEvent.CrashLooped("it crashes", ToNone: true));

        Assert.Same(state, model);
        Assert.Null(own.Active);
        Assert.Equal("it crashes", Assert.IsType<Outcome.Undone>(own.Last).Reason);
        Assert.Null(own.Contradiction());
    }

    private void Obey(byte[] archive, long generation) =>
        _device.Obey(_device.OrderFor(archive, generation, model: TestPackages.ConfigurationName));

    private SimulatedDevice Start(Func<LoadedPackage, string?>? objects = null) =>
        new SimulatedDevice(_disk, TestPackages.Make(counter: 1), null, TestPackages.Site, TestPackages.OwnFile)
        {
            Objects = objects ?? (_ => null),
        }.Start();

    private void Restart(Func<LoadedPackage, string?>? objects = null)
    {
        _device.Dispose();
        _device = Start(objects);
    }
}
